# SPDX-License-Identifier: Apache-2.0
"""What an event costs in the kernel: the programs' own time, as the kernel counts it."""
import bench

COLUMNS = {"one": "{:,.0f}", "one_misses": "{:,.2f}", "all": "{:,.0f}", "all_misses": "{:,.2f}"}
HEAD = ["one thread, ns", "misses per 100,000", "all CPUs, ns", "misses per 100,000"]


def measure(host, tracer, *options):
    before = tracer.program()
    load = host.load(*options)
    after = tracer.program()
    return bench.ns_per_run(before, after), (after.misses - before.misses) / load.events * 100000


def run(host, rounds, quick):
    runs = bench.Runs()
    count = 5000 if quick else 20000
    with bench.program_stats():
        for tool in host.turns(rounds):
            with bench.Tracer(host, tool) as tracer:
                host.load("--rst", "-t", 1, "-n", 1000)  # warms the caches
                one = measure(host, tracer, "--rst", "-t", 1, "-n", count)
                every = measure(host, tracer, "-n", count)
            runs.add(tool.label, one=one[0], one_misses=one[1], all=every[0], all_misses=every[1])
    return [bench.Table("Program", HEAD, runs.rows(COLUMNS),
                        "nanoseconds of BPF program per event, and runs that the kernel left out"
                        " because one was under way on the CPU; one thread closes by RST, all CPUs"
                        " by FIN, at full rate; %s" % bench.of_runs(rounds))]
