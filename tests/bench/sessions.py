# SPDX-License-Identifier: Apache-2.0
"""What --sessions saves: time of those who make connections, and bytes for the journal."""
import contextlib
import os
import socket
import subprocess
import threading

import bench

COLUMNS = {"rate": "{:,.0f}", "added": "{:,.2f}", "of_plain": "{:,.2f}", "bytes": "{:,.0f}", "bytes_of_changes": "{:,.2f}"}
HEAD = ["one thread, conn/s", "added, us/conn", "of the plain trace's", "bytes/conn into the journal", "of the changes'"]
VARIANTS = {"changes": ((), ("-Y",)), "-x": (("-x",), ("-Y", "-x")), "--sessions": (("--sessions",), ("-Y", "--sessions"))}
JOURNAL = "/run/systemd/journal"


class Journal:
    """Counts what is sent to journald's socket, in place of journald."""

    def __init__(self):
        self.bytes = 0
        os.makedirs(JOURNAL, exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "none", JOURNAL], check=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(JOURNAL + "/socket")
        self.socket.settimeout(0.2)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.receive)

    def receive(self):
        while not self.ended.is_set():
            with contextlib.suppress(TimeoutError):
                self.bytes += len(self.socket.recv(1 << 20))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.socket.close()
        subprocess.run(["umount", JOURNAL], check=True)


def journal_bytes(host, options):
    """Of loads that are small enough to lose nothing."""
    connections = 0
    with Journal() as journal:
        with bench.Tracer(host, host.tools[0], options) as tracer:
            for _ in range(20):
                connections += host.load("-t", 1, "-n", 10).events / 10
                tracer.settle()
        return journal.bytes / connections


def run(host, rounds, quick):
    runs = bench.Runs()
    seconds = 0.4 if quick else 0.8
    sizes = {}  # always the same
    for _ in range(rounds):
        added = {}
        for label, (options, logged) in VARIANTS.items():
            free = host.load("-t", 1, "-s", seconds).rate
            with bench.Tracer(host, host.tools[0], options) as tracer:
                traced = host.load("-t", 1, "-s", seconds).rate
                tracer.settle()
            added[label] = 1e6 / traced - 1e6 / free
            size = sizes.get(label) or journal_bytes(host, logged)
            sizes[label] = size
            runs.add(label, rate=traced, added=added[label], of_plain=added[label] / added["changes"], bytes=size,
                     bytes_of_changes=size / sizes["changes"])
    return [bench.Table("Sessions in place of changes", HEAD, runs.rows(COLUMNS),
                        "as in Rate, one thread; and what a connection makes journald receive with"
                        " -Y and these options; %s" % bench.of_runs(rounds))]
