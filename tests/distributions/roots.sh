# shellcheck shell=bash
# Roots of Debian releases in ROOTS (/var/cache/tcpstates-tests/roots), each made once; remove one to begin with
# the release's newest packages. What sources this has set SOURCE.
ROOTS=${ROOTS:-/var/cache/tcpstates-tests/roots}
[ "$(id -u)" = 0 ] || { echo "SKIP: not root"; exit 77; }
command -v mmdebstrap >/dev/null || { echo "SKIP: no mmdebstrap"; exit 77; }
mkdir -p "$ROOTS"

# root_make NAME SUITE [OPTION...]: of the mirror that this machine uses. A mirror that is frozen has expired after a
# week. The options are mmdebstrap's.
root_make() {
	local mirror name=$1 suite=$2
	shift 2
	[ ! -e "$ROOTS/$name/made" ] || return 0
	rm -rf "${ROOTS:?}/$name"
	mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Identifier: Packages' 'Origin: Debian' 2>/dev/null | head -n 1)
	# dash knows the descriptors below 10, so apt's shell gets none of these.
	mmdebstrap --mode=root --variant=minbase --aptopt='Acquire::Check-Valid-Until "false"' "$@" \
		"$suite" "$ROOTS/$name" "${mirror:-http://deb.debian.org/debian}" \
		3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-
	printf '#!/bin/sh\nexit 101\n' >"$ROOTS/$name/usr/sbin/policy-rc.d"
	chmod +x "$ROOTS/$name/usr/sbin/policy-rc.d"
	touch "$ROOTS/$name/made"
}

# root_copy NAME: the tree goes to /src there. A build/ that is there stays.
root_copy() {
	mkdir -p "$ROOTS/$1/src"
	find "$ROOTS/$1/src" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
	tar -C "$SOURCE" --exclude-vcs --exclude=./build --exclude='./build-*' -c . | tar -C "$ROOTS/$1/src" -x
}

# root_enter ROOT COMMAND...: in namespaces of its own. The root is a mount, as tests/kit.sh expects of /.
root_enter() {
	cd "$1"
	shift
	mount --bind . .
	cd .
	mount --rbind /proc proc # the host's processes: the tests see the host's sockets
	mount --rbind /sys sys
	mount --rbind /dev dev
	mount -t tmpfs -o mode=755 none run
	mount -t tmpfs none tmp
	[ ! -e /etc/resolv.conf ] || mount --bind "$(readlink -f /etc/resolv.conf)" etc/resolv.conf
	mkdir run/host
	pivot_root . run/host
	umount -l /run/host
	exec env -i HOME=/root LC_ALL=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin TEST_PREFIX="${TEST_PREFIX-}" "$@"
}

# root_run NAME COMMAND...
root_run() {
	local root=$ROOTS/$1
	shift
	touch "$root/etc/resolv.conf"
	unshare --mount --propagation private -- \
		bash -euc "$(declare -f root_enter)"'; root_enter "$@"' root_enter "$root" "$@"
}
