# SPDX-License-Identifier: Apache-2.0
"""How the cost of an event grows with the rate and with the sockets that are open."""
import contextlib
import subprocess
import time

import bench

RATES = [1000, 5000, 10000, 20000, 40000]  # connections a second
OPEN = [10, 10000, 40000, 100000]  # sockets, two of a connection
DURATIONS = 39800


def open_sockets():
    with open("/proc/net/sockstat6") as file:
        return int(file.readline().split()[2])


def wait_for(what, condition):
    end = time.monotonic() + bench.PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise bench.Failed("no " + what)
        time.sleep(0.02)


@contextlib.contextmanager
def held(host, sockets):
    """So many sockets are open meanwhile: another generator's, over IPv6, where it is in nobody's
    way. Its holders close them when it is gone."""
    before = open_sockets()
    holder = subprocess.Popen([host.generator, "-6", "-k", str(sockets // 2), "-t", "1", "-r", "0.5",
                               "-s", "600"], stdout=subprocess.DEVNULL)
    try:
        wait_for("%d open sockets" % sockets, lambda: open_sockets() >= before + sockets)
        yield
    finally:
        holder.terminate()
        holder.wait()
        wait_for("end of the sockets", lambda: open_sockets() <= before)


def by_rate(host, rounds, seconds, rates):
    """The program's time and the tracer's, each for an event, at rising rates."""
    runs, reached = {"ns": bench.Runs(), "us": bench.Runs()}, bench.Runs()
    path = host.path("out")
    for tool in host.turns(rounds):
        for rate in rates:
            with bench.Tracer(host, tool, output=path) as tracer:
                before, spent = tracer.program(), tracer.cpu_ns()
                load = host.load("-r", rate, "-s", seconds)
                tracer.settle()
                after, spent = tracer.program(), tracer.cpu_ns() - spent
            printed = bench.lines_in(path)
            runs["ns"].add(tool.label, **{str(rate): bench.ns_per_run(before, after)})
            runs["us"].add(tool.label, **{str(rate): spent / 1000 / max(1, printed)})
            reached.add(tool.label, **{str(rate): load.rate})
    return runs["ns"], runs["us"], reached


def by_open(host, rounds, count, sizes):
    runs = bench.Runs()
    for tool in host.turns(rounds):
        with bench.Tracer(host, tool) as tracer:
            for size in sizes:
                with held(host, size):
                    tracer.settle()
                    before = tracer.program()
                    host.load("-4", "--rst", "-t", 1, "-n", count)
                    after = tracer.program()
                runs.add(tool.label, **{str(size): bench.ns_per_run(before, after)})
    return runs


def durations(host, rounds):
    """Of the changes that end a state whose beginning was traced, the share that has a duration;
    and of those that end ESTABLISHED, which is never so short that 0.000 is right."""
    runs = bench.Runs()
    path = host.path("out")
    for tool in host.turns(rounds):
        with bench.Tracer(host, tool, tool.times, path) as tracer:
            host.load("-t", 1, "-n", 1000, "-k", DURATIONS // 2)
            tracer.settle()
        ended = right = held_ended = held_right = 0
        for line in tool.lines(path):
            if line.old == "CLOSE" or line.new == "SYN_RECV":
                continue
            ended += 1
            right += line.ms != "0.000"
            if line.old == "ESTABLISHED":
                held_ended += 1
                held_right += line.ms != "0.000"
        runs.add(tool.label, lines=ended, right=right / max(1, ended),
                 held=held_right / max(1, held_ended))
    return runs


def run(host, rounds, quick):
    seconds = 0.7 if quick else 1.5
    rates = RATES[::4] if quick else RATES
    sizes = OPEN[::2] if quick else OPEN
    with bench.program_stats():
        program, tracer, reached = by_rate(host, rounds, seconds, rates)
        opened = by_open(host, rounds, 3000 if quick else 10000, sizes)
    timed = durations(host, rounds)
    heads = [format(rate, ",") for rate in rates]
    whole, exact = (dict.fromkeys(map(str, rates), form) for form in ("{:,.0f}", "{:,.2f}"))
    return [
        bench.Table("Growth with the rate: program", heads, program.rows(whole),
                    "nanoseconds per event at so many connections a second asked of all CPUs"),
        bench.Table("Growth with the rate: tracer", heads, tracer.rows(exact),
                    "microseconds of the tracer's process per printed line, columns to a file"),
        bench.Table("Growth with the rate: reached", heads, reached.rows(whole),
                    "connections a second that were made of those asked for"),
        bench.Table("Growth with open sockets", [format(size, ",") for size in sizes],
                    opened.rows(dict.fromkeys(map(str, sizes), "{:,.0f}")),
                    "nanoseconds of program per event, one thread, with so many sockets open"),
        bench.Table("Durations with %s sockets open" % format(DURATIONS, ","),
                    ["states ended", "with a duration", "of ESTABLISHED"],
                    timed.rows({"lines": "{:,.0f}", "right": "{:.1%}", "held": "{:.1%}"}),
                    "lines that end a state whose beginning was traced, and the share of them whose"
                    " MS is not 0.000"),
    ]
