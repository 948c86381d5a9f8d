# SPDX-License-Identifier: Apache-2.0
"""Runs a tcpstates and BCC's at once over the same sessions, and pairs their lines.

usage: lines.py TCPSTATES TRAFFIC

Every line of one must be a line of the other, equal to the byte but for
- MS, which may differ by 0.02 ms or 2 %;
- TIME, which in the original is when the line is printed;
- TIME(s), whose zero is each tool's own first line;
- the original's 0.000 where -L or -D made it forget when the state began;
- the width of -w's addresses, which was 26 columns before bcc 0.29.
The kernel's socket addresses are in the lines, so that they name the same sockets in both.

A few durations may be further apart: the two programs run one after the other, and an interrupt may
come between; and the original notes a state's beginning only after it has sent the event and woken
its reader, so that now and then its duration lacks those microseconds.
"""
import atexit
import itertools
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import time

import bcc

# One processor for all: events that are alike then come in the same order in both tools.
ONE_CPU = ["taskset", "-c", "0"]
ORIGINAL = ["/usr/bin/python3", "-u", "/usr/sbin/tcpstates-bpfcc"]
PORT = 6101
PORTS = range(PORT, PORT + 4)  # with the ports of what is refused
SESSIONS = 11  # of each kind in each family
FAR = 0.10  # of all lines may be further apart in MS; half of a case, as MEDIAN says
MEDIAN = 0.02  # milliseconds that the lines may be apart in the median, in MS and in TIME(s)
PATIENCE = 60  # seconds for a header or a mark
TRIES = 10
MARKS = itertools.count(1000)
WIDE = 39  # columns of an address under -w
WIDE_ORIGINAL = 39 if tuple(map(int, bcc.__version__.split(".")[:2])) >= (0, 29) else 26

FORMS = ["", "-w", "-s", "-t", "-T", "-tT", "-wtT", "-st", "-sT", "-stT"]
FILTERS = ["-4", "-6", "-L %d" % PORT, "-L %d,%d" % (PORT, PORT + 2), "-D %d" % PORT,
           "-D '%d, %d'" % (PORT + 1, PORT + 2), "-4 -L %d" % PORT, "-6 -D %d" % PORT]
OURS = ["--probe tracepoint", "--kernel-headers"]  # options that the original does not have
SCENARIOS = ["client-fin", "server-fin", "client-rst", "server-rst", "half-close", "refused",
             "listen"]


class Tracer:
    """A running tracer, whose lines are read as they come: other programs' lines may be many, and a
    tracer that waits for its reader loses events."""

    def __init__(self, command):
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(ONE_CPU + command, stdout=subprocess.PIPE,
                                        stderr=self.errors)
        atexit.register(self.process.kill)
        self.lines, self.marks, self.ended = [], set(), False
        self.news = threading.Condition()
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            if not line.endswith(b"\n"):
                break  # it was ended in the middle of a line
            with self.news:
                self.lines.append(line.rstrip(b"\n"))
                self.marks.update(re.findall(rb"mark\d+", line))
                self.news.notify()
        with self.news:
            self.ended = True
            self.news.notify()

    def wait(self, seen, timeout=PATIENCE):
        """Whether it has come, within the time and before the tracer's end."""
        with self.news:
            self.news.wait_for(lambda: seen() or self.ended, timeout)
            return seen()

    def header(self):
        if not self.wait(lambda: self.lines):
            sys.exit("%s: no header; %s" % (self.process.args, self.said()))
        return self.lines[0]

    def said(self):
        self.errors.seek(0)
        return self.errors.read().decode()

    def refused(self):
        """Whether it ends because the kernel's headers are newer than it can compile."""
        return not self.wait(lambda: self.lines) and "Failed to compile BPF" in self.said()

    def end(self, number):
        """What it said on stderr."""
        self.process.send_signal(number)
        self.reader.join()
        self.process.wait()
        return self.said()


def session(traffic, family, port, count, *scenarios, comm="traffic"):
    subprocess.run([*ONE_CPU, traffic, "-" + family, "-p", str(port), "-n", str(count), "-c", comm,
                    *scenarios], check=True)


def is_own(line):
    """Whether the test's own sessions made it: the ports of another program are other ones."""
    *_, lport, _, rport, _, _, _ = re.split(rb"[ ,]+", line.replace(b" -> ", b" "))
    return not {int(lport), int(rport)}.isdisjoint(PORTS)


def events(tracer):
    """The lines that count: neither the header, nor another program's, nor a mark's."""
    return [line for line in tracer.lines[1:] if is_own(line) and b"mark" not in line]


def mark(tracers, traffic, options):
    """Sessions of a task with a name of its own, in each family that the options show, until each
    tracer shows one. It shows what came before, too: one processor's events come in order."""
    shown = int(options[-1].split(",")[-1]) if options and options[-1][0] != "-" else PORT
    for family in [option[1] for option in options if option in ("-4", "-6")] or ["4", "6"]:
        name, deadline = b"mark%d" % next(MARKS), time.monotonic() + PATIENCE
        waiting = tracers
        while waiting:
            if time.monotonic() > deadline:
                sys.exit("%s: does not show the mark" % [tracer.process.args for tracer in waiting])
            session(traffic, family, shown, 1, "client-fin", comm=name.decode())
            waiting = [tracer for tracer in waiting
                       if not tracer.wait(lambda: name in tracer.marks, 0.1)]


def run(tool, traffic, options, extra):
    """Both tools' headers and lines of the same sessions, and what each said; extra are options of ours
    alone."""
    original, ours = Tracer(ORIGINAL + options), Tracer([tool] + options + extra)
    headers = original.header(), ours.header()
    mark([original], traffic, options)  # it opens its buffers after its header
    for family in "46m":
        for port in (PORT, PORT + 2):
            session(traffic, family, port, SESSIONS, *SCENARIOS)
            # The original's perf buffers hold little more than these. At SIGINT our tool waits for no
            # reader, so all must have been read before.
            mark([original, ours], traffic, options)
    said = ours.end(signal.SIGINT)
    # bcc's callback swallows the exception that SIGINT raises in the middle of a line.
    original_said = original.end(signal.SIGTERM)
    if any("w" in option for option in options):
        ours.lines = [as_original(line) for line in ours.lines]
        headers = headers[0], as_original(headers[1])
    return (headers[0], events(original), original_said), (headers[1], events(ours), said)


def run_whole(*args):
    """The same again where the original says that it has lost lines: its buffers are small, and on a
    busy machine it may get no processor in time."""
    for _ in range(TRIES):
        original, ours = run(*args)
        if "lost" not in original[2]:
            break
        print("the original: %s" % original[2].strip(), flush=True)
    return original, ours


def as_original(line):
    """A line or header of ours under -w, with addresses as wide as the original's. What stands
    behind the local address has no blanks in it."""
    before, laddr, lport, raddr, rest = re.fullmatch(
        rb"(.*?)(\S+ *) (\S+ *) (\S+ *) (\S+ +\S+ +-> \S+ +\S+)", line).groups()
    if len(laddr) != WIDE or len(raddr) != WIDE:
        return line
    return before + b" ".join((laddr.rstrip().ljust(WIDE_ORIGINAL), lport,
                               raddr.rstrip().ljust(WIDE_ORIGINAL), rest))


def split(line, options):
    """A line as (TIME or None, TIME(s) or None, the rest, MS)."""
    flags = "".join(option for option in options if option.startswith("-"))
    comma = b"," if "s" in flags else b" "
    rest, ms = line.rsplit(comma, 1)
    clock = stamp = None
    if "T" in flags:
        clock, rest = re.fullmatch(rb"(\d\d:\d\d:\d\d)" + comma + rb"(.*)", rest).groups()
    if "t" in flags:
        # In columns 9 wide: one space more before the next, if there is none in it.
        stamp, rest = re.fullmatch(rb"(\d+\.\d{6} *)" + comma + rb"(.*)", rest).groups()
    return clock, stamp, rest, ms


def seconds(clock):
    hours, minutes, secs = map(int, clock.split(b":"))
    return hours * 3600 + minutes * 60 + secs


def middle(numbers):
    return sorted(numbers)[len(numbers) // 2] if numbers else 0


def pair(original, ours, options):
    """Pairs each line of the original with one of ours: what is wrong, and how far MS is apart."""
    filtered = "-L" in options or "-D" in options
    waiting, wrong, offsets, apart, far = {}, [], [], [], []
    for line in ours:
        parts = split(line, options)
        waiting.setdefault(parts[2], []).append(parts)
    for line in original:
        clock, stamp, rest, ms = split(line, options)
        if not waiting.get(rest):
            wrong.append("only the original has: %s" % line.decode())
            continue
        best = waiting[rest].pop(0)  # lines that are alike come in the same order
        if not (filtered and float(ms) == 0):
            apart.append(abs(float(best[3]) - float(ms)))
            if apart[-1] > max(0.02, 0.02 * float(ms)):
                far.append("MS is %s in ours: %s" % (best[3].decode(), line.decode()))
        if clock and not -1 <= seconds(clock) - seconds(best[0]) <= 5:
            wrong.append("TIME is not that of %s: %s" % (best[0], line.decode()))
        if stamp:
            offsets.append(float(stamp) - float(best[1]))
    wrong += ["only ours has: %s" % parts[2].decode()
              for rest in waiting.values() for parts in rest]
    zero = middle(offsets)
    drift = middle([abs(offset - zero) for offset in offsets])
    if drift > MEDIAN / 1000:
        wrong.append("TIME(s) differs by %.6f in the median" % drift)
    median = middle(apart)
    if median > MEDIAN:
        wrong += far
    return wrong, len(far), median


def main(tool, traffic):
    failed, lines, further = False, 0, 0
    first = Tracer(ORIGINAL)
    if first.refused():
        print("SKIP: bcc %s does not compile with these kernel headers" % bcc.__version__)
        return 77
    first.end(signal.SIGTERM)
    for case in FORMS + FILTERS + OURS:
        options, extra = ([], shlex.split(case)) if case in OURS else (shlex.split(case), [])
        (header, original, _), (our_header, ours, said) = run_whole(tool, traffic, options, extra)
        wrong, far, median = pair(original, ours, options)
        if wrong and said:  # of another program's sessions it may have missed something
            wrong.insert(0, "ours said: %s" % said)
        if header != our_header:
            wrong.append("headers: %s\n    ours: %s" % (header, our_header))
        if len(original) < SESSIONS:
            wrong.append("only %d lines" % len(original))
        print("%-18s %4d lines of the original, %4d of ours: %s; MS %.3f apart in the median,"
              " %d further than 0.02 or 2 %%" % (case or "(none)", len(original), len(ours),
              "DIFFERENT" if wrong else "equal", median, far), flush=True)
        for text in wrong[:10]:
            print("  " + text)
        failed |= bool(wrong)
        lines, further = lines + len(original), further + far
    if further > FAR * lines:
        print("MS is too far apart in %d of %d lines" % (further, lines))
        failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
