# SPDX-License-Identifier: Apache-2.0
"""How old a line is when it can be read, while many come."""
import os
import threading
import time

import bench

COLUMNS = {"median": "{:,.1f}", "most": "{:,.1f}", "all": "{:,.1f}"}
HEAD = ["median, ms", "99 of 100 within, ms", "all within, ms"]
RATES = (100, 1000, 5000)  # connections a second


def ages(pipe):
    """The age of the first line, the oldest, of all that could be read at once, in ms."""
    found, rest = [], b""
    while text := os.read(pipe, 1 << 20):
        now = time.monotonic_ns()
        lines = (rest + text).split(b"\n")
        rest = lines.pop()
        if lines and lines[0].isdigit():
            found.append((now - int(lines[0])) / 1e6)
    return sorted(found)


def measure(host, rate, seconds):
    ours = host.tools[0]
    got, pipe = [], os.pipe()
    reader = threading.Thread(target=lambda: got.extend(ages(pipe[0])))
    with bench.Tracer(host, ours, ("-H", "-o", "ts_ns"), "/dev/fd/%d" % pipe[1]) as tracer:
        os.close(pipe[1])
        reader.start()
        host.load("-r", rate, "-s", seconds)
        tracer.settle()
    reader.join(bench.PATIENCE)
    os.close(pipe[0])
    if not got:
        raise bench.Failed("no line at %d connections a second" % rate)
    return {"median": got[len(got) // 2], "most": got[len(got) * 99 // 100], "all": got[-1]}


def run(host, rounds, quick):
    runs = bench.Runs()
    for _ in range(rounds):
        for rate in RATES:
            runs.add("%s connections/s" % format(rate, ","), **measure(host, rate, 1 if quick else 3))
    return [bench.Table("Lines on a busy host", HEAD, runs.rows(COLUMNS),
                        "how long after its event a line of this tool can be read from a pipe, the"
                        " oldest line of each piece that comes; all CPUs make connections of 10"
                        " events; %s" % bench.of_runs(rounds))]
