# SPDX-License-Identifier: Apache-2.0
"""What the tests of the timeline share: they run it, read its picture, and make long traces."""
import collections
import json
import os
import random
import re
import subprocess
import xml.etree.ElementTree

TOOL = os.environ["SOURCE"] + "/tools/timeline/tcpstates-timeline"
SAMPLE = os.environ["SOURCE"] + "/tests/timeline/sample.json"
STATES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE",
          "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV")  # include/net/tcp_states.h

Row = collections.namedtuple("Row", "who what says begin states flags paths y")


def run(*arguments, stdin=b"", status=0):
    """Its output, and what it says on stderr."""
    done = subprocess.run([TOOL, *arguments], input=stdin, capture_output=True, timeout=60, check=False)
    assert done.returncode == status, (done.returncode, done.stderr)
    return done.stdout, done.stderr.decode()


def sample_lines():
    with open(SAMPLE, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def json_of(records):
    return "".join(json.dumps(record) + "\n" for record in records).encode()


class Picture:
    """An SVG's rows and texts."""

    def __init__(self, svg):
        self.svg = svg.decode()
        self.root = xml.etree.ElementTree.fromstring(svg)
        self.rows = [self.row(g) for g in self.all("g") if g.get("class") == "r"]
        self.texts = ["".join(text.itertext()) for text in self.all("text")]
        self.headings = [g[0].text for g in self.all("g") if g.get("class") == "g"]

    def all(self, name):
        return self.root.iter("{http://www.w3.org/2000/svg}" + name)

    @staticmethod
    def row(g):
        who, what, *says = g[0].text.split("\n")
        begin, *states = g.get("data-t").split(" ")
        states = [(STATES[int(number)], int(length)) for number, length in (s.split(":") for s in states)]
        paths = [(path.get("class"), path.get("d")) for path in g if path.tag.endswith("path")]
        y = float(re.search(r",([\d.]+)", g.get("transform"))[1])
        return Row(who, what, says, int(begin), states, g.get("data-f", ""), paths, y)

    def find(self, pattern):
        """The rows whose first line has it."""
        return [row for row in self.rows if re.search(pattern, row.who)]

    def one(self, pattern):
        row, = self.find(pattern)
        return row

    def has(self, pattern):
        return any(re.search(pattern, text) for text in self.texts)


def traffic(count, seconds=600):
    """A made-up trace of so many sessions, as bytes."""
    chance = random.Random(count)
    names = ["nginx", "curl", "postgres", "haproxy", "envoy", "java"]
    events = []
    for i in range(count):
        kind, port, at = i % 6, chance.randrange(20000, 60000), chance.randrange(seconds * 1000000)
        states = (["CLOSE", "SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE"] if kind % 2 else
                  ["LISTEN", "SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK", "CLOSE"])
        for old, new in zip(states, states[1:]):
            us = 0 if old == states[0] else int(chance.lognormvariate(14 if old == "ESTABLISHED" else 9, 2))
            at += us
            if at > seconds * 1000000:
                break
            events.append((at, {
                "record": "event", "isotime": moment(at), "skaddr": f"{0xffff888100000000 + i * 2048:x}",
                "pid": 0, "comm": "swapper/0", "laddr": "192.0.2.10", "lport": port if kind % 2 else 443,
                "raddr": f"10.0.{i >> 8 & 255}.{i & 255}", "rport": 443 if kind % 2 else port,
                "oldstate": old, "newstate": new, "ms": us / 1000 if us else None, "opid": 1000 + kind,
                "ocomm": names[kind], "ofrom": "self", "why": "fin" if new == "CLOSE" else None}))
    events.sort(key=lambda event: event[0])
    start = {"record": "start", "isotime": moment(0), "schema": 1, "host": "made-up"}
    end = {"record": "end", "isotime": moment(seconds * 1000000), "events": len(events)}
    return json_of([start, *(event for _, event in events), end])


def moment(us):
    seconds = us // 1000000
    clock = f"{12 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{us % 1000000:06}"
    return f"2026-11-24T{clock}+00:00"
