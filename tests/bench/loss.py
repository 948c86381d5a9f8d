# SPDX-License-Identifier: Apache-2.0
"""What a tracer makes of all that the machine can do: what is lost, and in what order it comes."""
import bench

COLUMNS = {"made": "{:,.0f}", "printed": "{:.1%}", "said": "{:.1%}", "silent": "{:,.0f}",
           "late": "{:,.0f}", "broken": "{:,.1f}", "status": "{:.0f}"}
HEAD = ["events made", "printed", "said lost", "silently lost", "late lines per 100,000",
        "broken chains per 100,000", "status"]


def account(tool, path):
    """How many lines there are, how many are older than one before them, and how many do not begin
    in the state their socket was left in. Both of the last are of the lines as they are printed."""
    count = late = broken = 0
    newest, states = float("-inf"), {}
    for line in tool.lines(path):
        count += 1
        if line.time is not None:
            late += line.time < newest
            newest = max(newest, line.time)
        state = states.pop(line.socket, "CLOSE")
        # The server's end begins as a copy of its listener.
        born = (line.old, line.new) == ("LISTEN", "SYN_RECV") and state == "CLOSE"
        broken += line.old != state and not born
        if line.new != "CLOSE":
            states[line.socket] = line.new
    return count, late, broken


def measure(host, tool, seconds):
    path = host.path("out")
    with bench.Tracer(host, tool, tool.times, path) as tracer:
        load = host.load("-s", seconds)
        tracer.settle()
        status = tracer.close()
        lost = tracer.lost()
    printed, late, broken = account(tool, path)
    share = 100000 / max(1, printed)
    return {"made": load.events, "printed": printed / load.events, "said": lost / load.events,
            "silent": load.events - printed - lost,
            "late": late * share if tool.stamped else None, "broken": broken * share,
            "status": status}


def run(host, rounds, quick):
    runs = bench.Runs()
    for tool in host.turns(rounds):
        runs.add(tool.label, **measure(host, tool, 1 if quick else 2))
    return [bench.Table("Loss and order", HEAD, runs.rows(COLUMNS),
                        "the generator at full rate on all CPUs, lines to a file in memory; a line"
                        " is late if its time is before that of a line above it, a chain is broken"
                        " where a line's OLDSTATE is not its socket's last NEWSTATE; the CO-RE"
                        " relative prints no times; silently lost: made, less printed and said;"
                        " %s" % bench.of_runs(rounds))]
