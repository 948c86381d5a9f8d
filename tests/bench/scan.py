# SPDX-License-Identifier: Apache-2.0
"""How long it takes to find the sockets that are open: --now lists them, -x looks at its start."""
import re
import subprocess
import time

import bench
import growth

COLUMNS = {"listed": "{:,.0f}", "now": "{:,.1f}", "found": "{:,.0f}", "scan": "{:,.1f}",
           "header": "{:,.1f}"}
HEAD = ["listed by --now", "--now, ms", "found by -x", "the scan of -x, ms", "-x to the header, ms"]
OPEN = [0, 1000, 20000]


def now(host):
    """The sockets listed, and the milliseconds from exec to the end."""
    begin = time.monotonic()
    lines = subprocess.run([*host.tools[0].command, "--now", "-H"], check=True, capture_output=True,
                           timeout=bench.PATIENCE).stdout.count(b"\n")
    return lines, (time.monotonic() - begin) * 1000


def extended(host):
    begin = time.monotonic()
    tracer = subprocess.Popen([*host.tools[0].command, "-x", "-v", "-d", "0.1"], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    tracer.stdout.readline()
    header = (time.monotonic() - begin) * 1000
    said = tracer.communicate(timeout=bench.PATIENCE)[1]
    match = re.search(r"found (\d+) open sockets \(([\d.]+) ms\)", said)
    if not match:
        raise bench.Failed("-x: " + said)
    return int(match[1]), float(match[2]), header


def run(host, rounds, quick):
    runs = bench.Runs()
    for sockets in OPEN:
        with growth.held(host, sockets):
            now(host), extended(host)  # what is compiled is kept
            for _ in range(rounds):
                listed, spent = now(host)
                found, scan, header = extended(host)
                runs.add("%s open" % format(sockets, ","), listed=listed, now=spent, found=found,
                         scan=scan, header=header)
    return [bench.Table("Sockets that are there", HEAD, runs.rows(COLUMNS),
                        "of a generator's connections, which one process holds; from exec to the"
                        " end of --now, whose lines go to a pipe; a start with -x, with its"
                        " programs in the cache; %s" % bench.of_runs(rounds))]
