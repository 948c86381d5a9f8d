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

Row = collections.namedtuple("Row", "who what says begin states flags word paths texts y")


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
    """An SVG's texts, its data, which timeline.js draws, and what is drawn without it."""

    def __init__(self, svg):
        self.svg = svg.decode()
        self.root = xml.etree.ElementTree.fromstring(svg)
        data, = self.all("metadata")
        self.settings, *records = (json.loads(line) for line in data.text.split("\n") if line)
        self.groups = [record for record in records if isinstance(record, dict)]
        drawn = {g[0].text: g for g in self.all("g") if g.get("class") == "r"}
        self.rows = [self.row(*record, drawn=drawn) for record in records if isinstance(record, list)]
        self.drawn = [row for row in self.rows if row.y is not None]
        self.texts = ["".join(text.itertext()) for text in self.all("text")]
        self.headings = [g[1].text + ": " + "".join(part.text or "" for part in g[1])
                         for g in self.all("g") if g.get("class") == "g"]
        self.rests = ["".join(g[0].itertext()) for g in self.all("g") if g.get("class") == "t"]

    def all(self, name):
        return self.root.iter("{http://www.w3.org/2000/svg}" + name)

    @staticmethod
    def row(times, flags, word, who, what, *says, drawn):
        says = list(says)
        begin, *states = times.split(" ")
        states = [(STATES[int(number)], int(length)) for number, length in (s.split(":") for s in states)]
        g = drawn.get("\n".join([who, what, *says]))
        if g is None:
            return Row(who, what, says, int(begin), states, flags, word, None, None, None)
        paths = [(path.get("class"), path.get("d")) for path in g if path.tag.endswith("path")]
        texts = [part.text for part in g if part.tag.endswith("text")]
        y = float(re.search(r",([\d.]+)", g.get("transform"))[1])
        return Row(who, what, says, int(begin), states, flags, word, paths, texts, y)

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


WAYS = {  # of a session that connects, and of the other end: its states, then how it ends
    "fin": ("SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2", "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK", "fin", "fin"),
    "reset": ("SYN_SENT ESTABLISHED", "SYN_RECV ESTABLISHED", "reset-unread", "reset-by-peer"),
    "refused": ("SYN_SENT", "", "refused", ""),
    "timeout": ("SYN_SENT", "", "timeout", ""),
    "stuck": ("SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2", "SYN_RECV ESTABLISHED CLOSE_WAIT", None, None),
}


def busy_host(count, seconds=600):
    """A made-up trace of a host on which much goes wrong: some sessions have both ends there."""
    chance = random.Random(count)
    servers = [("nginx", 443), ("postgres", 5432), ("redis-server", 6379), ("java", 8080)]
    clients = ["curl", "gunicorn: worker", "node", "haproxy", "envoy"]
    events, made = [], 0
    while made < count:
        way = chance.choices(list(WAYS), (85, 6, 3, 3, 3))[0]
        (server, port), both = chance.choice(servers), chance.random() < 0.2
        near, far = ("127.0.0.1", "127.0.0.1") if both else ("192.0.2.10", f"198.51.100.{chance.randrange(1, 200)}")
        if way == "timeout":
            both, far = False, "203.0.113.9"
        inbound = not both and chance.random() < 0.5 and WAYS[way][1]
        at = max(int(chance.betavariate(2, 3) * seconds * 1000000), 1)
        ends = [(0, chance.choice(clients), near, 20000 + made, far, port)]
        if both and WAYS[way][1]:
            ends.append((1, server, far, port, near, 20000 + made))
        if inbound:
            ends = [(1, server, near, port, far, 20000 + made)]
        lengths = [int(chance.lognormvariate(15 if state == 1 else 10.5, 1.6)) for state in range(4)]
        for side, name, laddr, lport, raddr, rport in ends:
            events += session_events(chance, made, at, lengths, WAYS[way][side].split(), WAYS[way][2 + side],
                                     {"laddr": laddr, "lport": lport, "raddr": raddr, "rport": rport,
                                      "opid": 1000 + sum(map(ord, name)), "ocomm": name, "ofrom": "self"}, seconds)
            made += 1
    events.sort(key=lambda event: event[0])
    start = {"record": "start", "isotime": moment(0), "schema": 2, "host": "web1"}
    end = {"record": "end", "isotime": moment(seconds * 1000000), "events": len(events)}
    return json_of([start, *(event for _, event in events), end])


def session_events(chance, number, at, lengths, states, why, fields, seconds):
    """Its changes up to the end of the trace; one that does not end is stuck in its last state."""
    made, us = [], None
    old = "CLOSE" if states[0] == "SYN_SENT" else "LISTEN"
    for new, length in zip(states + ([] if why is None else ["CLOSE"]), [None] + lengths):
        us = length
        at += us or 0
        made.append((at, {"record": "event", "isotime": moment(at), "skaddr": f"{number + 1:x}", "oldstate": old,
                          "newstate": new, "ms": us and us / 1000, **fields, "why": why if new == "CLOSE" else None,
                          "first": None}))
        old = new
    if why is None:
        made.append((at + 60000000, {**made[-1][1], "isotime": moment(at + 60000000), "oldstate": old,
                                     "newstate": "(stuck)", "ms": 60000}))
    return [event for event in made if event[0] <= seconds * 1000000]


def moment(us):
    seconds = us // 1000000
    clock = f"{12 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{us % 1000000:06}"
    return f"2026-11-24T{clock}+00:00"
