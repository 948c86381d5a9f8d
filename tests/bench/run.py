# SPDX-License-Identifier: Apache-2.0
"""usage: run.py TCPSTATES PROGRAMS FOLDER [--quick] [--only NAME,...] [--rounds N]

Runs each benchmark, a module of this folder, and prints its tables at once; the same tables in
Markdown come last.
"""
import argparse
import datetime
import importlib
import os
import platform
import signal
import subprocess
import sys
import time
import traceback

import bench

# What each takes by itself in a full and in a quick run.
ROUNDS = {"start": (25, 2), "program": (5, 1), "accept": (5, 1), "rate": (5, 1), "cpu": (3, 1), "loss": (3, 1),
          "maxrate": (2, 1), "pages": (5, 1), "asked": (5, 1), "sessions": (7, 1), "scan": (5, 2), "growth": (1, 1),
          "stopped": (3, 1), "lone": (1, 1), "busy": (3, 1)}


def arguments():
    parser = argparse.ArgumentParser(prog="run", description="Measures this tool and its peers.")
    parser.add_argument("--quick", action="store_true", help="a rough look, in three minutes")
    parser.add_argument("--only", metavar="NAME,...", help=", ".join(ROUNDS))
    parser.add_argument("--rounds", type=int, metavar="N", help="runs of each tool, in turn")
    for name in ("tool", "programs", "folder"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    args = parser.parse_args()
    # max-rate is what it is called in words, maxrate what a module can be called
    args.names = args.only.replace("-", "").split(",") if args.only else list(ROUNDS)
    unknown = set(args.names) - set(ROUNDS)
    if unknown or (args.rounds is not None and args.rounds < 1):
        parser.error("no such benchmark: %s" % ", ".join(unknown) if unknown else "no rounds")
    return args


def processor():
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":")[1].strip()
    return platform.machine()


def heading(tools):
    with open("/proc/meminfo") as info:
        memory = int(info.readline().split()[1]) / 1048576
    version = subprocess.run([*tools[0].command, "--version"], capture_output=True, text=True,
                             check=False).stdout.strip()
    return ("%s, %d CPUs, %.0f GB; Linux %s; %s; %s; load average before the run %.2f. A figure is"
            " the median of runs in turn, in parentheses the least and the greatest." % (
                processor(), os.cpu_count(), memory, platform.release(), datetime.date.today(),
                version, os.getloadavg()[0]))


def main():
    # A shell's background job ignores it, and what is started here would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    args = arguments()
    host = bench.Host(args.tool, args.programs, args.folder)
    head, tables, failed = heading(host.tools), [], []
    print(head, flush=True)
    for name in args.names:
        rounds = args.rounds or ROUNDS[name][args.quick]
        begin = time.monotonic()
        try:
            new = importlib.import_module(name).run(host, rounds, args.quick)
        except (bench.Failed, OSError, subprocess.SubprocessError):
            failed.append(name)
            print("\n%s could not be measured:" % name)
            traceback.print_exc(file=sys.stdout)
            continue
        for table in new:
            print("\n" + table.plain(), flush=True)
        print("[%s: %.0f s; disturbed runs so far: %d of %d]" % (
            name, time.monotonic() - begin, host.disturbed, host.turned), flush=True)
        tables += new
    print("\n---- Markdown ----\n\n" + head + "\n")
    print("\n\n".join(table.markdown() for table in tables))
    if host.disturbed:
        print("\nSomebody else was tracing at the beginning of %d of the %d runs, and their figures"
              " are worse for it." % (host.disturbed, host.turned))
    if failed:
        sys.exit("not measured: " + ", ".join(failed))


if __name__ == "__main__":
    main()
