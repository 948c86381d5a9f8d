# SPDX-License-Identifier: Apache-2.0
"""What -x adds to accept(): the program that sees who accepts, by itself."""
import subprocess

import bench

HEAD = ["ns a session"]


def run(host, rounds, quick):
    runs = bench.Runs()
    for _ in range(rounds):
        said = subprocess.run([host.accept], check=True, capture_output=True, text=True,
                              timeout=bench.PATIENCE)
        runs.add("accept", program=float(said.stdout))
    return [bench.Table("The program that sees accept()", HEAD, runs.rows({"program": "{:,.0f}"}),
                        "nanoseconds of 100,000 runs, as the kernel counts them, without the way from the end of the"
                        " kernel's function into the program; %s" % bench.of_runs(rounds))]
