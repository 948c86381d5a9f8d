# shellcheck shell=bash
# What the shell tests share. Source it first: the test then runs in a network and a mount namespace
# of its own, which end with it. BUILD and SOURCE name the build and the source tree, and TRACE_OPTIONS
# options that each trace has before its own: another probe, or more time to compile. After TEST_SECONDS
# the test fails and says where it was.
set -eu

: "${BUILD:?}" "${SOURCE:?}"
# shellcheck disable=SC2034
binary=$BUILD/tools/tcpstates
tool=${TOOL:-$binary} # tests/analysis/memcheck may stand in for it
traffic=$BUILD/tests/traffic/traffic
sanitized=0
! grep -qF __asan_init "$binary" || sanitized=1
[ $sanitized = 0 ] || PATH=$SOURCE/tests/analysis/path:$PATH
read -ra trace_options <<<"${TRACE_OPTIONS-}"

# A trace shows what the test does, whatever else happens on the machine.
own=(--netns self)
[ -e /sys/kernel/btf/vmlinux ] || own=() # only a machine of tests/kernels, where nothing else happens

[ "$(id -u)" = 0 ] || { echo "SKIP: not root"; exit 77; }
if [ -z "${KIT_INSIDE-}" ]; then
	KIT_INSIDE=1 exec ${TEST_SECONDS:+timeout "$TEST_SECONDS"} \
		unshare --net --mount --propagation private -- "$0" "$@"
fi
ip link set lo up
mount -t tmpfs -o mode=755 none /var/cache # each test begins with no compiled object, and leaves none

# The size of a table of sockets, by which a test knows its BPF maps: another that runs meanwhile has another.
# shellcheck disable=SC2034
table=$((10001 + 2 * ($$ % 25000)))

# For a trace of the whole host: no other run has it in a namespace of its own.
# shellcheck disable=SC2034
own_port=$((20000 + $$ % 10000))

work=$(mktemp -d)
chmod 755 "$work" # a stand-in for the compiler runs as another user
started=() # processes that must not outlive the test
end() {
	local pid jobs
	jobs=" $(jobs -p | xargs) "
	for pid in "${started[@]}"; do
		# The number of one that has ended may be somebody else's by now.
		if [[ $jobs = *" $pid "* ]] || [ "/proc/$pid/ns/mnt" -ef /proc/self/ns/mnt ]; then
			kill -KILL "$pid" 2>/dev/null || :
		fi
	done
	rmdir "$trace_instance" 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'echo "FAIL: $0:$LINENO: status $?: $BASH_COMMAND"' ERR
exec {console}>&1 # the step that takes too long may have another stdout
trap 'tail -v -- "$work"/*.err >&"$console" || :; fail "$0 takes too long: $BASH_COMMAND" >&"$console"' TERM

# tracefs_mount: in this mount namespace, if it is not there.
tracefs_mount() {
	# mountpoint(1) would take one for it that another /sys covers.
	[ -e /sys/kernel/tracing/events ] || mount -t tracefs none /sys/kernel/tracing
}
[ "$tool" = "$binary" ] || tracefs_mount # for memcheck; if it came later it would seem to stay

# fields_but_sessions: the names of all fields that go into one record: those of a whole session are too many beside.
fields_but_sessions() {
	"$tool" -o help | awk '{ print $1 }' |
		grep -vxE 'start|start_time|opened|(connect|close|syn_sent|syn_recv|established|fin_wait.|close_wait|last_ack|closing)_ms'
}

fail() {
	echo "FAIL: $*"
	exit 1
}

# tool_start OUT ERR OPTION...: in the background, in $tracer. OUT and ERR are its stdout and stderr.
tool_start() {
	local out=$1 err=$2 own=("${own[@]}")
	shift 2
	case " $* " in
	*" --netns "* | *" --bpf-text"*) own=() ;;
	esac
	"$tool" "${trace_options[@]}" "${own[@]}" "$@" >"$out" 2>"$err" &
	tracer=$!
	started+=("$tracer")
}

# whole_host COMMAND...: with it, a trace is of the whole host, or without what --netns requires.
whole_host() {
	local own=()
	"$@"
}

# trace NAME OPTION...: starts the tool and waits for its header, so that it is attached. Its output
# goes to $work/NAME.out and NAME.err, its process number is in $tracer.
trace() {
	local name=$1 header
	shift
	: >"$work/$name.out"
	rm -f "$work/$name.fifo"
	mkfifo "$work/$name.fifo"
	tool_start "$work/$name.fifo" "$work/$name.err" "$@"
	exec {fifo}<"$work/$name.fifo"
	read -r header <&"$fifo" || { cat "$work/$name.err"; fail "$name: no header"; }
	{ printf '%s\n' "$header"; cat <&"$fifo"; } >"$work/$name.out" &
	reader=$!
	exec {fifo}<&-
}

# lines_wait FILE COUNT PATTERN [PID]: waits until COUNT lines of FILE match PATTERN, an extended regular expression.
# Returns 1 if the process PID, by default the tracer, ends first. It does not poll: a loop that starts a command each
# time takes the CPU from the tracer.
lines_wait() {
	[ "$(grep -cEm "$2" -e "$3" < <(exec tail -n +1 -F --pid="${4-$tracer}" "$1" 2>/dev/null))" = "$2" ]
}

# attach NAME OPTION...: as trace, for a tool that may print no header: what -v says is waited for.
attach() {
	reach 'attached ' "$@"
}

# reach STEP NAME OPTION...: the same up to the step that -v tells so.
reach() {
	local step=$1 name=$2 line=
	shift 2
	rm -f "$work/$name.fifo"
	mkfifo "$work/$name.fifo"
	tool_start "$work/$name.out" "$work/$name.fifo" -v "$@"
	exec {fifo}<"$work/$name.fifo"
	until [[ $line = "tcpstates: $step"* ]]; do
		read -r line <&"$fifo" || fail "$name: did not come to '$step': $line"
	done
	cat <&"$fifo" >"$work/$name.err" &
	reader=$!
	exec {fifo}<&-
}

# accept_seen: whether this kernel lets the tool see which process accepts a session.
accept_seen() {
	"$tool" -x -v -d 0.01 2>"$work/accept_seen" >/dev/null || fail "accept_seen: $(cat "$work/accept_seen")"
	! grep -q '^tcpstates: accept() is not seen: ' "$work/accept_seen"
}

# tool_install: below /usr/local, which is this mount namespace's alone from then on. With raised privileges the
# tool takes no other compiler.
tool_install() {
	mount -t tmpfs -o mode=755 none /usr/local
	cmake --install "$BUILD" >"$work/installed"
}

# told NAME: prints what the tool wrote to stderr. With a probe of perf it leaves out the count of misses, since the missed
# session may be another program's; it always leaves out that an old kernel counts none.
uncounted="tcpstates: events missed while the program is busy are not counted by this kernel"
told() {
	local misses='^$'
	[[ ${probe-} != tracepoint && ${probe-} != kprobe ]] ||
		misses='^tcpstates: (in all: )?[0-9]+ events missed: the program was busy$'
	grep -vxF -e "$uncounted" -e "tcpstates: Linux 6.7 counts them" "$work/$1.err" | grep -vE "$misses" || :
}

# trace_wait: the last tracer ends by itself, with status 0.
trace_wait() {
	local status=0
	wait "$tracer" || status=$?
	wait "$reader"
	[ "$status" = 0 ] || fail "the tracer ended with status $status"
}

# trace_end [SIGNAL]: ends the last tracer, which must say 0, and waits for all its output.
trace_end() {
	kill "-${1-INT}" "$tracer"
	trace_wait
}

# expect STATUS COMMAND...: the command's stdout and stderr go to $work/out and $work/err. It must
# end by itself.
expect() {
	local want=$1 status=0
	shift
	timeout 40 "$@" >"$work/out" 2>"$work/err" || status=$?
	[ "$status" = "$want" ] || { cat "$work/err"; fail "status $status, not $want: $*"; }
}

# says TEXT: one line on stderr is exactly "tcpstates: TEXT".
says() {
	[ "$(grep -cxF "tcpstates: $1" "$work/err")" = 1 ] ||
		{ cat "$work/err"; fail "does not say: $1"; }
}

session() {
	"$traffic" "$@"
}

# neighbours_make: one that takes all and answers nothing, 192.0.2.2, and an address that nobody has, 192.0.2.3.
# What is tried there is given up within seconds.
neighbours_make() {
	ip link add near type veth peer name far
	ip address add 192.0.2.1/24 dev near
	ip link set near up
	ip neighbour add 192.0.2.2 lladdr 02:00:00:00:00:02 dev near
	ip link set far up
	sysctl -qw net.ipv4.tcp_syn_retries=1 net.ipv4.neigh.near.mcast_solicit=1 \
		net.ipv4.neigh.near.retrans_time_ms=100
}

# changes_count FILE FILTER COMMAND...: runs it, and writes how many changes came meanwhile that the filter of the
# tracepoint lets through. An instance of tracefs sees all, where perf sees none as long as any BPF program on the
# tracepoint returns 0 (kernel/events/core.c, perf_trace_run_bpf_submit()), as other tracers' do.
trace_instance=/sys/kernel/tracing/instances/tcpstates-test-$$
changes_count() {
	local file=$1 filter=$2 event=$trace_instance/events/sock/inet_sock_set_state status=0
	shift 2
	tracefs_mount
	mkdir "$trace_instance"
	echo "$filter" >"$event/filter"
	echo 1 >"$event/enable"
	"$@" || status=$?
	echo 0 >"$event/enable"
	awk '/^(entries|overrun):/ { sum += $2 } END { print sum + 0 }' "$trace_instance"/per_cpu/cpu*/stats >"$file"
	rmdir "$trace_instance"
	return $status
}

# first_names FORMAT: each name that a thread of process 1 has, in that format.
first_names() {
	cat /proc/1/task/*/comm | sort -u | while read -r name; do
		# shellcheck disable=SC2059
		printf "$1" "$name"
	done
}

# hidden_count FILE FIRST-LAST COMMAND...: runs it, and writes how many changes of these ports came while process 1 was on
# the CPU: some kernels run no BPF program then, and count no miss. Its threads may come and go; they keep their names.
# shellcheck disable=SC2034
load_ports=9000-9999 # of tests/traffic/load
hidden_count() {
	local file=$1 first=${2%-*} last=${2#*-} tasks ports
	ports="sport>=$first&&sport<=$last||dport>=$first&&dport<=$last"
	tasks=$(first_names 'comm=="%s"||')
	shift 2
	changes_count "$file" "(${tasks%||})&&($ports)" "$@"
}

# kernel_since VERSION: the kernel is that one, or newer.
kernel_since() {
	printf '%s\n' "$1" "$(uname -r)" | sort -VC
}

# kprobe_may: the kprobe can be had: the kernel has kprobes, and libbcc takes the kernel's own headers, which an
# older one does not do with newer ones. If not, $why says so.
kprobe_may() {
	local modules source
	modules=/lib/modules/$(uname -r)
	source=$modules/source
	[ -e "$source" ] || source=$modules/build # one tree
	why="this kernel has no kprobes"
	[ -e /sys/bus/event_source/devices/kprobe ] || return 1
	# shellcheck disable=SC2034
	why="libbcc does not take this kernel's headers"
	"$BUILD/tools/bcc-compile" tree "$source" "$modules/build" >/dev/null 2>&1 <<-END
		#include <net/inet_sock.h>
		BPF_ARRAY(calls, u64, 1);
		int kprobe__tcp_set_state(void *ctx)
		{
			calls.increment(0);
			return 0;
		}
	END
}

# headers_find: the newest of the installed kernel headers, in Debian's split layout, in $build and $source.
headers_find() {
	build=$(find /usr/src -maxdepth 1 -name 'linux-headers-[0-9]*' ! -name '*-common' | sort -V | tail -n 1)
	[ -n "$build" ] || { echo "SKIP: no kernel headers in /usr/src"; exit 77; }
	source=$(sed -n 's|^include \(.*\)/Makefile$|\1|p' "$build/Makefile")
}

# peers_prepare: what BCC's tcpstates and its CO-RE relative look for, in this mount namespace: tracefs,
# and headers in /lib/modules/RELEASE. Any headers will do for the tracepoint's program.
peers_prepare() {
	local build source modules
	modules=/lib/modules/$(uname -r)
	tracefs_mount
	[ ! -e "$modules/build" ] || return 0
	headers_find
	mount -t tmpfs none /lib/modules
	mkdir "$modules"
	ln -s "$build" "$modules/build"
	ln -s "$source" "$modules/source"
}

# journald_prepare: a /run and a /var/log of the test's own for journald, which takes all that comes.
journald=/lib/systemd/systemd-journald
journald_prepare() {
	[ -x $journald ] || { echo "SKIP: no systemd-journald"; exit 77; }
	mount -t tmpfs none /run
	mount -t tmpfs none /var/log
	mkdir -p /run/systemd/journal
	journald_unlimited
}

# journald_unlimited: no rate limit in this /run, also for who runs the test in a unit.
journald_unlimited() {
	mkdir -p /run/systemd/journald.conf.d
	printf '[Journal]\nRateLimitIntervalSec=0\n' >/run/systemd/journald.conf.d/all.conf
}

# journald_start: one that accepts entries, in $journald_pid.
journald_start() {
	rm -f /run/systemd/journal/socket
	$journald 2>"$work/journald" &
	journald_pid=$!
	journald_wait
}

# journald_wait: until $journald_pid answers. Its sockets are no sign of that: it binds them before it listens, and
# another one before it may have left them.
journald_wait() {
	started+=("$journald_pid")
	until journalctl --sync 2>/dev/null; do
		kill -0 "$journald_pid" 2>/dev/null || { cat "$work/journald"; fail "journald ended"; }
	done
}

# journald_manage: as a service manager does, holds the socket, and has journald take it from there as often as
# journald_again is called; in $journald_pid.
journald_manage() {
	rm -f /run/systemd/journal/socket
	coproc manager { exec /usr/bin/python3 -c '
import os, signal, socket, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
held = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
held.bind("/run/systemd/journal/socket")
held.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
for _ in sys.stdin:
    pid = os.fork()
    if not pid:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(held.fileno(), 3)
        os.set_inheritable(3, True) # it may have been 3 before
        os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
        os.execv(sys.argv[1], sys.argv[1:])
    print(pid, flush=True)' "$journald" 2>>"$work/journald"; }
	started+=("$manager_PID")
	journald_again
}

journald_again() {
	rm -f /run/systemd/journal/io.systemd.journal
	echo >&"${manager[1]}"
	read -r journald_pid <&"${manager[0]}"
	journald_wait
}
