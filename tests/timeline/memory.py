#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""100 MB of input take less than 1 GB of memory: as the tool writes it, and made to take the most."""
import itertools
import json
import os
import subprocess
import sys
import tempfile

from timeline import TOOL, traffic

sys.path.insert(0, os.path.dirname(TOOL))
sys.dont_write_bytecode = True
import limits  # noqa: E402

SIZE = 100 * 10 ** 6
MOST = 10 ** 9
SESSIONS = 61000  # of traffic() in so many bytes


def json_lines():
    yield traffic(SESSIONS, 3000)


def csv_lines():
    """The same as -stx -o +skaddr has it, and again, later, until it is as long."""
    yield b"TIME(s),SKADDR,LADDR,LPORT,RADDR,RPORT,OLDSTATE,NEWSTATE,MS,O-PID,O-COMM,WHY\n"
    events = [json.loads(line) for line in traffic(SESSIONS // 3, 3000).splitlines()[1:-1]]
    for again in itertools.count():
        lines = []
        for event in events:
            hours, minutes, seconds = event["isotime"][11:26].split(":")
            at = int(hours) * 3600 + int(minutes) * 60 + float(seconds) + again * 6000
            words = (event[name] for name in ("skaddr", "laddr", "lport", "raddr", "rport", "oldstate", "newstate"))
            lines.append(f"{at:.6f},{','.join(map(str, words))},{event['ms'] or 0:.3f},{event['opid']},"
                         f"{event['ocomm']},{event['why'] or '-'}\n")
        yield "".join(lines).encode()


def wide_fields():
    """As many sessions open as there may be, each with as many fields."""
    for i in range(10 ** 9):
        more = "".join(f',"f{k}":1{k}{i % 100}' for k in range(limits.FIELDS))
        yield (f'{{"record":"event","time_s":{i},"skaddr":"{i:x}","oldstate":"LISTEN","newstate":"SYN_RECV"'
               f'{more}}}\n').encode()


def measure(make, folder):
    """Its peak of resident memory, in bytes: of a child of its own, as the figure is that of the greatest one."""
    path = os.path.join(folder, make.__name__)
    size = 0
    with open(path, "wb") as file:
        for part in make():
            file.write(part)
            size += len(part)
            if size >= SIZE:
                break
    assert size >= SIZE, (make.__name__, size)
    code = ("import resource, subprocess, sys\nsubprocess.run(sys.argv[1:], check=True)\n"
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    done = subprocess.run([sys.executable, "-c", code, TOOL, "-o", path + ".svg", path], capture_output=True,
                          check=True)
    return int(done.stdout) * 1024


def main():
    failed = False
    for make in (json_lines, csv_lines, wide_fields):
        with tempfile.TemporaryDirectory() as folder:
            peak = measure(make, folder)
        print(f"{make.__name__}: {peak / 10 ** 6:.0f} MB")
        failed |= not 0 < peak < MOST
    sys.exit(failed)


main()
