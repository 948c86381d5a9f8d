# shellcheck shell=bash
# A root of its own in which a real systemd runs as a container, without any image: /usr is this
# machine's, read-only, and all else is new and in memory. Source it after kit.sh.

# root_make: the root, in $root, with what the build installs under /usr/local.
root_make() {
	local name
	root=$work/root
	mkdir "$root"
	mount -t tmpfs -o mode=755 none "$root"
	mkdir -p "$root"/{usr,etc,var,run,proc,sys,dev,tmp}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$root/$name"
	done
	cp /etc/ld.so.cache /etc/passwd /etc/group "$root/etc/"
	systemd-id128 new >"$root/etc/machine-id"
	DESTDIR=$root cmake --install "$BUILD" >"$work/installed"
}

# root_default: the packages' default options, for the test's own sockets.
root_default() {
	mkdir -p "$root/etc/default"
	sed 's/^OPTIONS="/&--netns self /' "$SOURCE/packaging/tcpstates.default" >"$root/etc/default/tcpstates"
	grep -q '^OPTIONS="--netns self -' "$root/etc/default/tcpstates" || fail "the packages' default options have changed"
}

# In its namespaces, so that nothing of the host's is ever below $work where that is removed. /proc is
# the host's still, so the number is the one that the host knows it by.
root_enter() {
	local init name
	read -r init _ </proc/self/stat
	echo "$init" >"$2"
	cd "$1"
	mount --bind usr/local tmp
	mount --bind -o ro /usr usr
	mount --move tmp usr/local
	mount -t proc none proc
	mount -t sysfs -o ro none sys
	mount -t cgroup2 none sys/fs/cgroup
	mount -t tmpfs -o mode=755 none dev
	for name in null zero full random urandom tty; do
		: >dev/$name
		mount --bind /dev/$name dev/$name
	done
	mkdir dev/pts
	mount -t devpts -o newinstance,ptmxmode=666 none dev/pts
	ln -s pts/ptmx dev/ptmx
	pivot_root . run
	umount -l /run
	mount -t tmpfs -o mode=755 none /run
	exec env -i container=test /lib/systemd/systemd >/dev/null 2>&1
}

# root_boot: until all that is enabled has been started. The manager is $init, in a cgroup of its own.
root_boot() {
	mkdir "$work/cgroup"
	mount -t cgroup2 none "$work/cgroup"
	root_cgroup=$(mktemp -d "$work/cgroup/test-XXXXXX.slice")
	trap root_end EXIT
	mkfifo "$work/init"
	(
		echo "$BASHPID" >"$root_cgroup/cgroup.procs"
		exec unshare --pid --fork --kill-child --mount --uts --ipc --cgroup --propagation private \
			-- bash -euc "$(declare -f root_enter); root_enter '$root' '$work/init'"
	) &
	root_pid=$!
	read -r init <"$work/init"
	until [ -S "/proc/$init/root/run/systemd/private" ]; do
		kill -0 "$init" 2>/dev/null || fail "systemd ended"
	done
	inside systemctl is-system-running --wait >"$work/booted" || :
}

# inside COMMAND...: in the root.
inside() {
	nsenter --target "$init" --mount --uts --ipc --pid --cgroup --root --wdns=/ -- "$@"
}

root_end() {
	kill -KILL "$init" 2>/dev/null || :
	wait "$root_pid" 2>/dev/null || :
	find "$root_cgroup" -depth -type d -exec rmdir {} +
	umount "$work/cgroup" "$root"
	end
}
