# SPDX-License-Identifier: Apache-2.0
"""From exec to the header line, memory while tracing, and from Ctrl-C to the end."""
import os
import pty
import resource
import select
import signal
import struct
import time

import bench

COLUMNS = {"header": "{:,.1f}", "resident": "{:,.2f}", "private": "{:,.2f}", "peak": "{:,.1f}",
           "exit": "{:,.1f}"}
HEAD = ["to the header, ms", "resident, MB", "private, MB", "peak, MB", "to the end, ms"]


def memory_mb(pid):
    """Resident, of it private and anonymous, and the most that was resident since exec."""
    sizes = dict.fromkeys(["Rss", "Pss_Anon", "VmHWM"], 0)
    for name in "smaps_rollup", "status":
        with open("/proc/%d/%s" % (pid, name)) as file:
            sizes.update((line.split(":")[0], int(line.split()[1]) / 1024) for line in file
                         if line.split(":")[0] in sizes)
    return tuple(sizes.values())


def peak_mb(usage, own):
    """With the children that it waited for: the compiler. getrusage(2) begins with what there was
    before exec, which is a part of this process, and says nothing where that was more."""
    most = usage.ru_maxrss / 1024
    return most if most > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 else own


def measure(host, command):
    """Its output is a terminal, so that it writes its header at once."""
    # To attach to a tracepoint waits for RCU if its last program has only just gone: not here.
    time.sleep(0.1)
    began, begins = os.pipe()
    pid, terminal = pty.fork()
    if not pid:
        os.set_inheritable(begins, True)
        os.execv(host.stamp, [host.stamp, str(begins), *command])
    os.close(begins)
    try:
        text = b""
        while b"\n" not in text:
            if not select.select([terminal], [], [], bench.PATIENCE)[0]:
                raise bench.Failed("%s: no header" % command)
            text += os.read(terminal, 4096)
        header = time.monotonic()
        seconds, nanoseconds = struct.unpack("ll", os.read(began, 16))
        if b"SKADDR" not in text:
            raise bench.Failed("%s: %s" % (command, text.decode()))
        # It settles: the original opens its buffers after the header.
        bench.terminal_drain(terminal, 0.3)
        resident, private, own_peak = memory_mb(pid)
    finally:
        end = time.monotonic()
        for _ in range(bench.PATIENCE // bench.AGAIN):
            os.kill(pid, signal.SIGINT)
            if bench.terminal_drain(terminal, bench.AGAIN, pid):
                break
        else:
            os.kill(pid, signal.SIGKILL)
        _, _, usage = os.wait4(pid, 0)
        exited = time.monotonic()
        os.close(terminal)
        os.close(began)
    return {"header": (header - seconds) * 1000 - nanoseconds / 1e6, "resident": resident,
            "private": private, "peak": peak_mb(usage, own_peak), "exit": (exited - end) * 1000}


def commands(host):
    tool = host.tools[0].command[:1]
    if not (host.cache and host.has_no_cache):
        ours = {"tcpstates": host.tools[0].command}
    else:
        ours = {"tcpstates, cold": tool + ["--no-cache"],
                "tcpstates, warm": tool + ["--cache-dir=" + host.cache]}
    return {**ours, **{tool.label: tool.command for tool in host.tools[1:]}}


def run(host, rounds, _quick):
    runs = bench.Runs()
    for turn in range(rounds + 1):
        for label, command in commands(host).items():
            figures = measure(host, command)
            if turn:  # the first round warms the file cache, and the tool's own
                runs.add(label, **figures)
    return [bench.Table("Start", HEAD, runs.rows(COLUMNS),
                        "from exec to the header line; memory while tracing, the peak with the"
                        " compiler's process; from Ctrl-C to the end; %s" % bench.of_runs(rounds))]
