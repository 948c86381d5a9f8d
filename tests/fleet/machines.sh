# shellcheck shell=bash
# A collector and two hosts as docs/fleet.md makes them: machines that boot Debian's systemd as containers,
# each with a name, a machine id, a network namespace and files of its own, on one bridge. Source it in
# place of kit.sh, which it begins with.

# The machines must not outlive the test, however that ends: they live in its PID namespace.
if [ -z "${FLEET_INSIDE-}" ] && [ "$(id -u)" = 0 ]; then
	FLEET_INSIDE=1 exec unshare --pid --fork --kill-child --mount-proc -- "$0" "$@"
fi
: "${BUILD:?}" "${SOURCE:?}"
# shellcheck source=../kit.sh disable=SC1091
. "$SOURCE/tests/kit.sh"
for program in systemd-nspawn stunnel4 openssl curl /lib/systemd/systemd-journal-{remote,upload}; do
	command -v "$program" >/dev/null || { echo "SKIP: no $program"; exit 77; }
done

mount -t tmpfs none /run # for the names of network namespaces, and nspawn's locks
mount -t cgroup2 none /sys/fs/cgroup
cgroup=$(mktemp -d /sys/fs/cgroup/fleet-XXXXXX)
fleet=$SOURCE/docs/fleet
declare -A nspawn init # of each machine, the container and its first process

machines_end() {
	echo 1 >"$cgroup/cgroup.kill"
	until grep -q 'populated 0' "$cgroup/cgroup.events"; do :; done
	find "$cgroup" -depth -type d -exec rmdir {} +
	umount "$work"/*.example/root "$work"/*.example
	end
} 2>/dev/null
trap machines_end EXIT

# file_put NAME FILE: where its first line says.
file_put() {
	local place
	read -r _ place <"$2"
	install -D -m 644 "$2" "$work/$1/root$place"
}

# machine_make NAME ADDRESS DIR AS: its files, in $work/NAME/root, are this machine's but for what is changed:
# the configuration in DIR, and its certificate, there called AS.
machine_make() {
	local root=$work/$1/root file
	mkdir "$work/$1"
	mount -t tmpfs none "$work/$1"
	mkdir "$work/$1"/{up,work,root}
	mount -t overlay -o "lowerdir=/,upperdir=$work/$1/up,workdir=$work/$1/work" none "$root"
	rm -rf "$root/var/log/journal" "$root/var/lib/dbus/machine-id"
	echo "$1" >"$root/etc/hostname"
	echo "$1" | md5sum | cut -c -32 >"$root/etc/machine-id"
	echo "192.0.2.1 collector.example" >"$root/etc/hosts"
	ln -s /dev/null "$root/etc/systemd/system/network-online.target" # it is, before the machine is

	for file in "$3"/*; do
		file_put "$1" "$file"
	done
	install -D -m 644 "$work/keys/ca.pem" "$root/etc/tcpstates/ca.pem"
	install -m 644 "$work/keys/$1.pem" "$root/etc/tcpstates/$4.pem"
	install -m 600 "$work/keys/$1.key" "$root/etc/tcpstates/$4.key"

	ip netns add "$1"
	ip link add "veth${2##*.}" type veth peer name eth0 netns "$1"
	ip link set "veth${2##*.}" master fleet up
	ip -n "$1" link set lo up
	ip -n "$1" link set eth0 up
	ip -n "$1" address add "$2/24" dev eth0
}

# machine_boot NAME UNIT...: until all of them have been started.
machine_boot() {
	local name=$1
	shift
	cat >"$work/$name/root/etc/systemd/system/booted.service" <<-END
		[Unit]
		Requires=$*
		After=$*
		[Service]
		ExecStart=sh -c ': >/booted'
	END
	rm -f "$work/$name/booted"
	mkfifo "$work/$name/booted"
	mkdir -p "$cgroup/$name"
	(
		echo "$BASHPID" >"$cgroup/$name/cgroup.procs"
		exec systemd-nspawn -q --register=no --keep-unit --link-journal=no --resolv-conf=off \
			--timezone=off --console=pipe --capability=all \
			--system-call-filter="bpf perf_event_open open_by_handle_at" \
			--network-namespace-path="/run/netns/$name" --bind="$work/$name/booted:/booted" \
			--machine="$name" -D "$work/$name/root" \
			-b -- --unit=booted.service --show-status=no </dev/null >"$work/$name.console" 2>&1
	) &
	nspawn[$name]=$!
	timeout 60 cat "$work/$name/booted" || { cat "$work/$name.console"; fail "$name does not boot"; }
	init[$name]=$(pgrep -P $!)
}

# machine_kill NAME: as if its power were cut.
machine_kill() {
	echo 1 >"$cgroup/$1/cgroup.kill"
	wait "${nspawn[$1]}" 2>/dev/null || :
}

# on NAME COMMAND...: on that machine, as root.
on() {
	local name=$1
	shift
	nsenter --target "${init[$name]}" --all -- "$@"
}

# collector_boot: it listens, and will take what the hosts send.
collector_boot() {
	machine_boot collector.example systemd-journal-remote.socket stunnel@journal.service
}

# host_boot NAME [FILTER...]: it traces and uploads.
host_boot() {
	local name=$1
	shift
	sed -i "s/^OPTIONS=\"[^\"]*/& $*/" "$work/$name/root/etc/default/tcpstates"
	machine_boot "$name" tcpstates.service systemd-journal-upload.service
}

# fleet_make: the three machines, not yet booted.
fleet_make() {
	local n
	ip link add fleet type bridge
	ip link set fleet up
	"$fleet/certificates" "$work/keys" collector.example host{1,2}.example
	machine_make collector.example 192.0.2.1 "$fleet/collector" collector
	for n in 1 2; do
		machine_make host$n.example 192.0.2.1$n "$fleet/host" host
		DESTDIR=$work/host$n.example/root cmake --install "$BUILD" >"$work/installed"
	done
}

# host_journal NAME MATCH..., collector_journal MATCH...: journalctl there. Without --merge, -f would show the
# entries of one boot, and so of one host.
host_journal() {
	local name=$1
	shift
	journalctl -q -D "$(echo "$work/$name"/root/var/log/journal/*.tcpstates)" "$@"
}
collector_journal() {
	journalctl -q --merge -D "$work/collector.example/root/var/log/journal/remote" "$@"
}

# arrive COUNT MATCH...: waits until so many entries are on the collector.
arrive() {
	local count=$1
	shift
	until [ -d "$work/collector.example/root/var/log/journal/remote" ]; do # the first that comes makes it
		kill -0 "${init[collector.example]}"
	done
	[ "$(timeout 60 head -n "$count" < <(collector_journal -f --no-tail -o cat "$@") | wc -l)" = "$count" ] ||
		fail "they do not come: $*"
}
