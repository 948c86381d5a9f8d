# shellcheck shell=bash
# What a run may leave on the host, for the tests of faults. Source kit.sh first.

# Places for files that are this test's alone.
for place in /dev/shm /run /var/tmp; do mount -t tmpfs none $place; done

# The maps of that size, the processes in this network namespace, mounts, and what is in places for files.
kept_list() {
	local link
	link=$(readlink /proc/self/ns/net)
	bpftool -j map list | jq -r ".[] | select(.max_entries == $table) | \"map \(.id)\""
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/ns/net" 2>/dev/null)" != "$link" ] || [ "${process#/proc/}" = "$BASHPID" ] ||
			readlink "$process/exe" 2>/dev/null | grep -E '/(tcpstates|bcc-compile|memcheck)$' || :
	done
	cat /proc/self/mounts
	find /dev/shm /run /var/tmp /var/cache -mindepth 1 ! -name '*.o' ! -path /var/cache/tcpstates 2>/dev/null | sort
}

kept_list | sort >"$work/kept"

# gone WHAT: nothing is there that was not at first. What BPF leaves goes after a grace period, and what is
# killed with its parent a little after that, so it is waited for, but not for long.
gone() {
	for _ in $(seq 200); do
		kept_list | sort | comm -13 "$work/kept" - >"$work/stayed"
		[ -s "$work/stayed" ] || return 0
		sleep 0.05
	done
	cat "$work/stayed"
	fail "$1: something stayed"
}
