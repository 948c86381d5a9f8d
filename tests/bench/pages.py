# SPDX-License-Identifier: Apache-2.0
"""What the size of the perf buffers changes: it is how --buffer-pages got its default."""
import bench
import loss
import start

COLUMNS = {"made": "{:,.0f}", "said": "{:,.0f}", "silent": "{:,.0f}", "header": "{:,.1f}"}
HEAD = ["events made", "said lost", "silently lost", "to the header, ms"]
SIZES = (32, 64, 128, 256, 512, 1024)


def run(host, rounds, quick):
    runs = bench.Runs()
    ours = host.tools[0]
    for _ in range(rounds):
        for pages in SIZES:
            command = [*ours.command, "--buffer-pages=%d" % pages]
            figures = loss.measure(host, bench.Tool(ours.label, command, True), 1 if quick else 2)
            runs.add("%d pages" % pages, made=figures["made"],
                     said=figures["said"] * figures["made"], silent=figures["silent"],
                     header=start.measure(host, command)["header"])
    return [bench.Table("Perf buffers", HEAD, runs.rows(COLUMNS),
                        "the generator at full rate on all CPUs, lines to a file in memory, with"
                        " buffers of so many pages a CPU; %s" % bench.of_runs(rounds))]
