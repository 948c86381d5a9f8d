# SPDX-License-Identifier: Apache-2.0
"""What a tracer takes from those who make connections."""
import bench

COLUMNS = {"one": "{:,.0f}", "one_share": "{:,.1f}", "added": "{:,.2f}", "all": "{:,.0f}",
           "all_share": "{:,.1f}"}
HEAD = ["one thread, conn/s", "% of untraced", "added, us/conn", "all CPUs, conn/s",
        "% of untraced"]


def run(host, rounds, quick):
    runs = bench.Runs()
    seconds = 0.4 if quick else 0.8
    loads = (("-t", 1, "-s", seconds), ("-s", seconds))
    for tool in host.turns(rounds):
        # Before each, as the machine's speed wanders.
        free = [host.load(*options).rate for options in loads]
        runs.add("untraced", one=free[0], one_share=100, added=0, all=free[1], all_share=100)
        with bench.Tracer(host, tool) as tracer:
            traced = []
            for options in loads:
                traced.append(host.load(*options).rate)
                tracer.settle()
        runs.add(tool.label, one=traced[0], one_share=100 * traced[0] / free[0],
                 added=1e6 / traced[0] - 1e6 / free[0], all=traced[1],
                 all_share=100 * traced[1] / free[1])
    return [bench.Table("Rate", HEAD, runs.rows(COLUMNS),
                        "connections a second that the generator makes (10 events each) while"
                        " traced to /dev/null, against a run just before without a tracer;"
                        " %s" % bench.of_runs(rounds))]
