# SPDX-License-Identifier: Apache-2.0
"""The tracer's own processor time for an event, at a rate that each tool can follow."""
import bench

COLUMNS = {"null": "{:,.3f}", "file": "{:,.3f}"}
HEAD = ["to /dev/null, us", "to a file, us"]
RATE = 10000  # connections a second, which each tool can follow


def measure(host, tool, output, seconds):
    with bench.Tracer(host, tool, output=output) as tracer:
        spent, runs = tracer.cpu_ns(), tracer.program().count
        host.load("-r", RATE, "-s", seconds)
        tracer.settle()
        spent, runs = tracer.cpu_ns() - spent, tracer.program().count - runs
        tracer.close()
        # What others do meanwhile is in both.
        printed = runs - tracer.lost() if output == "/dev/null" else bench.lines_in(output)
        return spent / 1000 / printed if printed > 0 else None


def run(host, rounds, quick):
    runs = bench.Runs()
    seconds = 1 if quick else 2
    with bench.program_stats():
        for tool in host.turns(rounds):
            runs.add(tool.label, null=measure(host, tool, "/dev/null", seconds),
                     file=measure(host, tool, host.path("out"), seconds))
    return [bench.Table("Processor time", HEAD, runs.rows(COLUMNS),
                        "microseconds of the tracer's process per printed event, at %s events/s, in"
                        " columns, to /dev/null and to a file in memory; %s" % (
                            format(RATE * bench.EVENTS_FIN, ","), bench.of_runs(rounds)))]
