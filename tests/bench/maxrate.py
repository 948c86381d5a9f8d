# SPDX-License-Identifier: Apache-2.0
"""The highest rate that a tracer follows without loss."""
import math

import bench

COLUMNS = {"events": "{:,.0f}", "above": "{:,.0f}"}
HEAD = ["without loss, events/s", "with loss, events/s"]
LEAST = 1000  # connections a second
FULL = None  # as many as there can be
ALLOWED = 0.001  # of the events: runs the kernel left out are not the rate's fault


def follows(host, tool, rate, seconds):
    """The rate reached, in events a second, and whether nothing was lost at it."""
    path = host.path("out")
    with bench.Tracer(host, tool, output=path) as tracer:
        pace = ("-r", rate) if rate else ()  # to keep a pace takes the generator's time, too
        load = host.load(*pace, "-s", seconds)
        tracer.settle()
        tracer.close()
        lost = tracer.lost()
    printed = sum(1 for _ in tool.lines(path))
    return load.rate * bench.EVENTS_FIN, not lost and load.events - printed <= ALLOWED * load.events


def follows_mostly(*args):
    """A failure is tried again: it may be of somebody else's doing."""
    reached, fine = follows(*args)
    return (reached, fine) if fine else follows(*args)


def highest(host, tool, steps, seconds):
    """Halves the way between what it followed and what it did not, as factors."""
    above, fine = follows_mostly(host, tool, FULL, seconds)
    if fine:
        return above, None
    low, high, best = LEAST, above / bench.EVENTS_FIN, None
    for _ in range(steps):
        rate = math.sqrt(low * high)
        reached, fine = follows_mostly(host, tool, rate, seconds)
        if fine:
            low, best = rate, reached
        else:
            high, above = rate, reached
    return best, above


def run(host, rounds, quick):
    runs = bench.Runs()
    for tool in host.turns(rounds):
        events, above = highest(host, tool, 3 if quick else 6, 0.7 if quick else 1.5)
        runs.add(tool.label, events=events, above=above)
    return [bench.Table("Highest rate without loss", HEAD, runs.rows(COLUMNS),
                        "columns to a file in memory, all CPUs; none said lost and at most one in"
                        " 1,000 missing, in one of two tries; the second column is the lowest rate seen"
                        " to fail, - if none did; %s" % bench.of_runs(rounds))]
