# SPDX-License-Identifier: Apache-2.0
"""What the benchmarks share: the tools, a running tracer, the load, and tables."""
import collections
import contextlib
import ctypes
import glob
import json
import os
import platform
import pty
import re
import select
import signal
import statistics
import subprocess
import time

PATIENCE = 60  # seconds for any one thing to happen
AGAIN = 3  # seconds until a tracer is told again to end
POLLS = {"7", "232", "271", "281", "441"}  # poll, epoll_wait, ppoll, epoll_pwait(2) on x86_64
SYS_BPF, BPF_ENABLE_STATS = {"x86_64": 321, "aarch64": 280}, 32
PORTS = range(9000, 10400)  # of the generator's listeners
LISTENING = 32  # events of one thread's listeners
EVENTS_FIN, EVENTS_RST = 10, 6  # events of one connection
EVENTS_LISTEN = 2  # of one listener that stops and listens again
LOST = [re.compile(pattern) for pattern in (
    r"in all: (\d+) events (?:lost|missed)", r"Possibly lost (\d+) samples", r"lost (\d+) events on CPU")]


class Failed(Exception):
    """A benchmark could not be run."""


# A line: its time or None, its socket, both ports, both states, the duration's text.
Line = collections.namedtuple("Line", "time socket lport rport old new ms")
Load = collections.namedtuple("Load", "connections seconds rate events")
Program = collections.namedtuple("Program", "ns count misses")


def stamped_read(text):
    """A line as -st has it; None if it is cut."""
    parts = text.rstrip("\n").split(",")
    if len(parts) < 12:
        return None
    return Line(float(parts[0]), parts[1], int(parts[-6]), int(parts[-4]), *parts[-3:])


def columns_read(text):
    """A line in columns. A task's name may have spaces, so the rest is counted from the end."""
    parts = text.split()
    if len(parts) < 11:
        return None
    return Line(None, parts[0], int(parts[-7]), int(parts[-5]), parts[-4], parts[-2], parts[-1])


class Tool:
    """A tracer: what it is called, how it is started, whether it can print times, and by what
    descriptor it has attached its program: of the program itself, or of a link."""

    def __init__(self, label, command, stamped, attached="bpf_link"):
        self.label, self.command, self.stamped, self.attached = label, command, stamped, attached
        self.times = ["-st"] if stamped else []

    def lines(self, path):
        """The lines of a file that are of the load."""
        with open(path, errors="replace") as file:
            read = stamped_read if file.readline().startswith("TIME(s),") else columns_read
            for text in file:
                line = read(text)
                if line and (line.lport in PORTS or line.rport in PORTS):
                    yield line


class Host:
    """Where the benchmarks run: the tools that are there, the generator, a folder in memory."""

    def __init__(self, tool, programs, folder):
        usage = subprocess.run([tool, "--help"], capture_output=True, text=True, check=False).stdout
        self.folder, self.generator = folder, programs + "/traffic/load"
        self.stamp = programs + "/bench/bench-stamp"
        self.accept = programs + "/bench/bench-accept"
        self.cpus = len(os.sched_getaffinity(0))
        self.cache = folder + "/cache" if "--cache-dir" in usage else None
        self.turned = self.disturbed = 0  # runs, and those begun while somebody else traced
        self.has_no_cache = "--no-cache" in usage
        command = [tool]
        if self.cache:
            os.mkdir(self.cache)
            command.append("--cache-dir=" + self.cache)
        tools = [Tool("tcpstates", command, True),
                 Tool("original", ["/usr/sbin/tcpstates-bpfcc"], True, "bpf-prog"),
                 Tool("CO-RE relative", ["/usr/sbin/tcpstates"], False)]
        self.tools = [tool for tool in tools if os.access(tool.command[0], os.X_OK)]

    def path(self, name):
        return os.path.join(self.folder, name)

    def load(self, *options):
        """Makes connections, or what else the options ask of the generator."""
        args = [str(option) for option in options]
        threads = int(args[args.index("-t") + 1]) if "-t" in args else self.cpus
        done = subprocess.run([self.generator, *args], capture_output=True, text=True, check=False,
                              timeout=2 * PATIENCE)
        match = re.match(r"connections=(\d+) seconds=([\d.]+) rate=(\d+)", done.stdout)
        if not match:
            raise Failed("load %s: %s" % (" ".join(args), done.stderr))
        connections = int(match[1])
        each = (EVENTS_RST if "--rst" in args else
                EVENTS_LISTEN if "--listen" in args else EVENTS_FIN)
        return Load(connections, float(match[2]), connections / float(match[2]),
                    connections * each + threads * LISTENING)

    def turns(self, rounds):
        """Each tool in turn, so that a change of the machine's speed meets them all."""
        for _ in range(rounds):
            for tool in self.tools:
                self.turned += 1
                self.disturbed += bool(strangers())
                yield tool


def terminal_drain(terminal, seconds, pid=None):
    """Reads what comes for so long, or until the process has ended; false if it has not. A tracer
    whose terminal nobody reads stands still at the first traffic of somebody else's."""
    ended = [] if pid is None else [os.pidfd_open(pid)]
    end, watched = time.monotonic() + seconds, [terminal] + ended
    try:
        while (left := end - time.monotonic()) > 0:
            ready = select.select(watched, [], [], left)[0]
            if ended and ended[0] in ready:
                return True
            if terminal in ready:
                try:
                    os.read(terminal, 65536)
                except OSError:  # nobody has the other side any more
                    watched.remove(terminal)
        return False
    finally:
        for descriptor in ended:
            os.close(descriptor)


class Tracer:
    """A running tracer, attached and with its buffers open; ended at the end of its context."""

    def __init__(self, host, tool, options=(), output="/dev/null"):
        """Its output goes to a file, or to a terminal if that is called "pty"."""
        self.tool, self.terminal = tool, None
        self.errors = host.path("stderr")
        self.command = [*tool.command, *options]
        with contextlib.ExitStack() as stack:
            if output == "pty":
                self.terminal, target = pty.openpty()
                stack.callback(os.close, target)
            else:
                target = stack.enter_context(open(output, "wb"))
            errors = stack.enter_context(open(self.errors, "wb"))
            # On a terminal the peers have no colors either, and columns are looked for.
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=target,
                                            stderr=errors, env={**os.environ, "NO_COLOR": "1"})
        self.pid = self.process.pid

    def __enter__(self):
        try:
            self.wait_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def descriptors(self):
        found = []
        for path in glob.glob("/proc/%d/fd/*" % self.pid):
            with contextlib.suppress(OSError):
                found.append(os.readlink(path))
        return found

    def wait_ready(self):
        """Attached, and waiting for events: the header says less, as the original opens its
        buffers after it. To have loaded says less, too: this tool then waits for its compiler."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.process.poll() is not None:
                break
            attached = any(self.tool.attached in name for name in self.descriptors())
            with contextlib.suppress(OSError), open("/proc/%d/syscall" % self.pid) as file:
                if attached and file.read().split()[0] in POLLS:
                    return
            time.sleep(0.005)
        with open(self.errors, errors="replace") as file:
            raise Failed("%s does not trace: %s" % (self.command, file.read()[-1000:]))

    def cpu_ns(self):
        """The processor time it has had, to the nanosecond."""
        total = 0
        for path in glob.glob("/proc/%d/task/*/schedstat" % self.pid):
            with open(path) as file:
                total += int(file.read().split()[0])
        return total

    def settle(self, limit=20):
        """Waits until it has nothing more to do."""
        end, quiet = time.monotonic() + limit, 0
        last = self.cpu_ns()
        while quiet < 3 and time.monotonic() < end:
            time.sleep(0.1)
            now = self.cpu_ns()
            quiet = quiet + 1 if now - last < 2000000 else 0
            last = now

    def programs(self):
        """Its BPF programs by number: from the descriptors it has of them or of their links."""
        programs, linked = {}, set()
        for path in glob.glob("/proc/%d/fdinfo/*" % self.pid):
            with contextlib.suppress(OSError), open(path) as file:
                info = dict(line.split(":", 1) for line in file if ":" in line)
                if "run_time_ns" in info:
                    programs[int(info["prog_id"])] = Program(
                        int(info["run_time_ns"]), int(info["run_cnt"]),
                        int(info.get("recursion_misses", 0)))
                elif "prog_id" in info:
                    linked.add(int(info["prog_id"]))
        for number in linked - set(programs):
            shown = json.loads(subprocess.run(
                ["bpftool", "-j", "prog", "show", "id", str(number)], check=True,
                capture_output=True, timeout=PATIENCE).stdout)
            programs[number] = Program(shown.get("run_time_ns", 0), shown.get("run_cnt", 0),
                                       shown.get("recursion_misses", 0))
        return programs

    def program(self):
        """All of them as one: a tool may run several for an event, so the busiest has the count."""
        programs = self.programs().values()
        return Program(sum(program.ns for program in programs),
                       max((program.count for program in programs), default=0),
                       sum(program.misses for program in programs))

    def read(self, timeout):
        """What has come from its terminal, or nothing."""
        if not select.select([self.terminal], [], [], timeout)[0]:
            return b""
        return os.read(self.terminal, 65536)

    def close(self):
        """Ends it, as Ctrl-C does, and returns its status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGCONT)
            # Again if need be: in the original a Ctrl-C that comes within a callback goes by.
            for _ in range(PATIENCE // AGAIN):
                self.process.send_signal(signal.SIGINT)
                if self.terminal is not None:
                    terminal_drain(self.terminal, AGAIN, self.pid)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(AGAIN)
                    break
            else:
                self.process.kill()
                self.process.wait()
        if self.terminal is not None:
            os.close(self.terminal)
            self.terminal = None
        return self.process.returncode

    def lost(self):
        """The events that it said were lost; known when it has ended."""
        with open(self.errors, errors="replace") as file:
            text = file.read()
        return sum(int(number) for pattern in LOST for number in pattern.findall(text))


@contextlib.contextmanager
def program_stats():
    """The kernel counts what programs run and how long, as long as a descriptor is open: the switch
    in /proc/sys is anybody's to turn off."""
    libc = ctypes.CDLL(None, use_errno=True)
    attributes = (ctypes.c_uint32 * 32)()  # its first member is BPF_STATS_RUN_TIME, 0
    descriptor = libc.syscall(SYS_BPF[platform.machine()], BPF_ENABLE_STATS, attributes,
                              ctypes.sizeof(attributes))
    if descriptor < 0:
        raise Failed("bpf(BPF_ENABLE_STATS): %s" % os.strerror(ctypes.get_errno()))
    try:
        yield
    finally:
        os.close(descriptor)


def strangers():
    """How many programs of others see the same changes: they slow down every run."""
    shown = json.loads(subprocess.run(["bpftool", "-j", "prog", "show"], check=True,
                                      capture_output=True, timeout=PATIENCE).stdout)
    return sum("set_state" in program.get("name", "") or "sock__inet" in program.get("name", "")
               for program in shown)


def ns_per_run(before, after):
    count = after.count - before.count
    return (after.ns - before.ns) / count if count else None


def lines_in(path):
    """All lines of a tracer's output, others' traffic with them, less the header."""
    with open(path, "rb") as file:
        return sum(1 for _ in file) - 1


def of_runs(rounds):
    return "%d run%s" % (rounds, "s" if rounds != 1 else "")


def figure(values, form="{:,.1f}"):
    """A table's cell: the median, and how far the runs are apart."""
    values = [value for value in values if value is not None]
    if not values:
        return "-"
    texts = [form.format(value) for value in (statistics.median(values), min(values), max(values))]
    return texts[0] if texts[1] == texts[2] else "%s (%s to %s)" % tuple(texts)


class Runs:
    """The figures of some runs: a list for each tool and column."""

    def __init__(self):
        self.values = collections.defaultdict(lambda: collections.defaultdict(list))

    def add(self, label, **columns):
        for name, value in columns.items():
            self.values[label][name].append(value)

    def rows(self, forms):
        """forms: a column's name and its form, in their order."""
        return [[label] + [figure(columns[name], form) for name, form in forms.items()]
                for label, columns in self.values.items()]


class Table:
    def __init__(self, title, head, rows, note=""):
        self.title, self.head, self.rows, self.note = title, [""] + head, rows, note

    def plain(self):
        lines = [self.head] + self.rows
        widths = [max(len(row[i]) for row in lines) for i in range(len(self.head))]
        text = [self.title + (": " + self.note if self.note else "")]
        for row in lines:
            cells = [row[0].ljust(widths[0])] + [
                cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
            text.append("  ".join(cells).rstrip())
        return "\n".join(text)

    def markdown(self):
        text = ["### " + self.title, ""] + ([self.note[0].upper() + self.note[1:] + ".", ""]
                                            if self.note else [])
        for row in [self.head, ["---"] + ["---:"] * (len(self.head) - 1)] + self.rows:
            text.append("| " + " | ".join(row) + " |")
        return "\n".join(text)
