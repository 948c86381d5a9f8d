# SPDX-License-Identifier: Apache-2.0
"""usage: start.py TCPSTATES ROUNDS

Each tool's output is a terminal, so that each writes its header at once.
"""
import datetime
import os
import platform
import pty
import signal
import statistics
import sys
import time

ORIGINAL = "original (tcpstates-bpfcc)"
FIGURES = ["header ms", "resident MB", "private MB", "peak MB", "exit ms"]


def tools(tool):
    return {
        "tcpstates": [tool, "--no-cache"],
        "tcpstates, from the cache": [tool],
        ORIGINAL: ["/usr/sbin/tcpstates-bpfcc"],
        "CO-RE relative (libbpf-tools)": ["/usr/sbin/tcpstates"],
    }


def memory_mb(pid):
    """Resident, and of it private and anonymous."""
    sizes = dict.fromkeys(["Rss", "Pss_Anon"], 0)
    with open("/proc/%d/smaps_rollup" % pid) as rollup:
        for line in rollup:
            name = line.split(":")[0]
            if name in sizes:
                sizes[name] = int(line.split()[1]) / 1024
    return sizes["Rss"], sizes["Pss_Anon"]


def measure(command):
    begin = time.monotonic()
    pid, terminal = pty.fork()
    if not pid:
        os.execv(command[0], command)
    text = b""
    while b"\n" not in text:
        text += os.read(terminal, 4096)
    header = time.monotonic()
    if b"SKADDR" not in text:
        sys.exit("%s: %s" % (command[0], text.decode()))
    time.sleep(0.3)  # it settles: the Python tool opens its buffers after the header
    resident, private = memory_mb(pid)
    end = time.monotonic()
    os.kill(pid, signal.SIGINT)
    _, _, usage = os.wait4(pid, 0)  # with the children it waited for: the compiler
    exited = time.monotonic()
    os.close(terminal)
    return [(header - begin) * 1000, resident, private, usage.ru_maxrss / 1024,
            (exited - end) * 1000]


def main(tool, rounds):
    runs = {name: [] for name in tools(tool)}
    for turn in range(int(rounds) + 1):
        for name, command in tools(tool).items():
            figures = measure(command)
            if turn:  # the first round warms the file cache
                runs[name].append(figures)
    print("%s, Linux %s, %d CPUs, %s; medians of %s runs in turn (min to max)" % (
        platform.machine(), platform.release(), os.cpu_count(), datetime.date.today(), rounds))
    print("%-32s" % "" + "".join("%26s" % name for name in FIGURES))
    medians = {}
    for name, rows in runs.items():
        columns = list(zip(*rows))
        medians[name] = [statistics.median(column) for column in columns]
        print("%-32s" % name + "".join("%26s" % ("%.1f (%.1f to %.1f)" % (
            statistics.median(column), min(column), max(column))) for column in columns))
    for name in list(runs)[1:]:
        print("%-32s" % ("ratio to " + name.split(" (")[0]) + "".join(
            "%26.3f" % (ours / theirs)
            for ours, theirs in zip(medians["tcpstates"], medians[name])))


if __name__ == "__main__":
    main(*sys.argv[1:])
