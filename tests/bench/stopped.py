# SPDX-License-Identifier: Apache-2.0
"""A tracer that stood still while events came: what it prints and says of them afterwards."""
import signal

import bench

COLUMNS = {"made": "{:,.0f}", "printed": "{:,.0f}", "said": "{:,.0f}", "silent": "{:,.0f}"}
HEAD = ["made", "printed", "said lost", "silently lost"]
CONNECTIONS = 10000


def run(host, rounds, _quick):
    runs = bench.Runs()
    path = host.path("out")
    for tool in host.turns(rounds):
        with bench.Tracer(host, tool, tool.times, path) as tracer:
            tracer.process.send_signal(signal.SIGSTOP)
            load = host.load("--rst", "-t", 1, "-n", CONNECTIONS)
            tracer.process.send_signal(signal.SIGCONT)
            tracer.settle()
            tracer.close()
            lost = tracer.lost()
        printed = sum(1 for _ in tool.lines(path))
        runs.add(tool.label, made=load.events, printed=printed, said=lost,
                 silent=load.events - printed - lost)
    return [bench.Table("Stopped", HEAD, runs.rows(COLUMNS),
                        "events made while the tracer was stopped by SIGSTOP; it then went on and"
                        " was ended by Ctrl-C; %s" % bench.of_runs(rounds))]
