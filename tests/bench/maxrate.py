# SPDX-License-Identifier: Apache-2.0
"""The highest rate that a tracer follows without loss."""
import math

import bench

COLUMNS = {"fin": "{:,.0f}", "fin_above": "{:,.0f}", "listen": "{:,.0f}", "listen_above": "{:,.0f}"}
HEAD = ["connections, events/s", "lost at", "listeners, events/s", "lost at"]
LOADS = {"fin": ((), bench.EVENTS_FIN), "listen": (("--listen",), bench.EVENTS_LISTEN)}
LEAST = 10000  # events a second
FULL = None  # as many as there can be
ALLOWED = 0.001  # of the events: runs the kernel left out are not the rate's fault


def follows(host, tool, kind, rate, seconds):
    """The rate reached, in events a second, and whether nothing was lost at it."""
    path = host.path("out")
    options, each = LOADS[kind]
    with bench.Tracer(host, tool, output=path) as tracer:
        pace = ("-r", rate / each) if rate else ()  # to keep a pace takes the generator's time, too
        load = host.load(*options, *pace, "-s", seconds)
        tracer.settle()
        tracer.close()
        lost = tracer.lost()
    printed = sum(1 for _ in tool.lines(path))
    return load.rate * each, not lost and load.events - printed <= ALLOWED * load.events


def follows_mostly(*args):
    """A failure is tried again: it may be of somebody else's doing."""
    reached, fine = follows(*args)
    return (reached, fine) if fine else follows(*args)


def highest(host, tool, kind, steps, seconds):
    """Halves the way between what it followed and what it did not, as factors."""
    above, fine = follows_mostly(host, tool, kind, FULL, seconds)
    if fine:
        return above, None
    low, high, best = LEAST, above, None
    for _ in range(steps):
        rate = math.sqrt(low * high)
        reached, fine = follows_mostly(host, tool, kind, rate, seconds)
        if fine:
            low, best = rate, reached
        else:
            high, above = rate, reached
    return best, above


def run(host, rounds, quick):
    runs = bench.Runs()
    for tool in host.turns(rounds):
        found = {}
        for kind in LOADS:
            found[kind], found[kind + "_above"] = highest(
                host, tool, kind, 3 if quick else 6, 0.7 if quick else 1.5)
        runs.add(tool.label, **found)
    return [bench.Table("Highest rate without loss", HEAD, runs.rows(COLUMNS),
                        "columns to a file in memory, all CPUs, once of connections and once of"
                        " listeners that stop and listen again, which cost the generator less; none"
                        " said lost and at most one in 1,000 missing, in one of two tries; lost at: the"
                        " lowest rate seen to fail, - if none did; %s" % bench.of_runs(rounds))]
