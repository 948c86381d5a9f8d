# SPDX-License-Identifier: Apache-2.0
"""A lone connection on a quiet host: when its line is there; and what the tracer does meanwhile."""
import glob
import socket
import statistics
import time

import bench

COLUMNS = {"line": "{:,.3f}", "most": "{:,.2f}", "wakeups": "{:,.1f}"}
HEAD = ["to the line, ms", "slowest of all, ms", "wake-ups a second"]
GIVE_UP = 5  # seconds for a line


def connect(tracer, listener):
    """Milliseconds from connect()'s return to the line of its last change; None if none came."""
    client = socket.socket()
    try:
        client.connect(listener.getsockname())
        begin = time.perf_counter()
        port, text = b" %d " % client.getsockname()[1], b""
        while time.perf_counter() < begin + GIVE_UP:
            text += tracer.read(GIVE_UP)
            for line in text.split(b"\n")[:-1]:
                if b"SYN_SENT    -> ESTABLISHED" in line and port in line:
                    return (time.perf_counter() - begin) * 1000
        return None
    finally:
        client.close()
        listener.accept()[0].close()


def switches(pid):
    """How often its threads went to sleep."""
    total = 0
    for path in glob.glob("/proc/%d/task/*/status" % pid):
        with open(path) as file:
            total += sum(int(line.split()[1]) for line in file
                         if line.startswith("voluntary_ctxt_switches"))
    return total


def measure(host, tool, count, quiet):
    with socket.socket() as listener, bench.Tracer(host, tool, output="pty") as tracer:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        bench.terminal_drain(tracer.terminal, 0.5)
        before, begin = switches(tracer.pid), time.monotonic()
        bench.terminal_drain(tracer.terminal, quiet)
        wakeups = (switches(tracer.pid) - before) / (time.monotonic() - begin)
        delays = []
        for i in range(count):
            delays.append(connect(tracer, listener))
            # In no step with any timer.
            bench.terminal_drain(tracer.terminal, 0.1 + 0.2 * (i * 37 % 100) / 100)
    return [delay for delay in delays if delay is not None], wakeups


def run(host, rounds, quick):
    runs = bench.Runs()
    count, quiet = (15, 2) if quick else (50, 5)
    for tool in host.turns(rounds):
        delays, wakeups = measure(host, tool, count, quiet)
        runs.add(tool.label, line=statistics.median(delays) if delays else None,
                 most=max(delays, default=None), wakeups=wakeups)
    return [bench.Table("A lone connection", HEAD, runs.rows(COLUMNS),
                        "from connect()'s return to its line SYN_SENT -> ESTABLISHED being readable"
                        " from the tracer's terminal, the median of %d on a quiet host; and how"
                        " often the tracer wakes in %d s without any event; %s" % (
                            count, quiet, bench.of_runs(rounds)))]
