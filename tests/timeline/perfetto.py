#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""--format perfetto: read as Perfetto's trace processor reads JSON, and compared with the picture."""
import collections
import json
import os
import subprocess
import unittest

from timeline import SAMPLE, TOOL, Picture, busy_host, json_of, moment, run, sample_lines, traffic

CORPUS = os.environ["SOURCE"] + "/tests/timeline/corpus"
Thread = collections.namedtuple("Thread", "process name slices instants")


class Trace:
    """Its tables: names of processes and threads, slices and instants of each thread."""

    def __init__(self, data):
        assert data.startswith(b'{"'), "Perfetto does not take it for JSON"
        self.file = json.loads(data)
        self.processes, self.threads, self.lost = {}, {}, []
        names, of = {}, {}
        for event in self.file["traceEvents"]:
            kind, key = event["ph"], event["tid"]
            assert of.setdefault(key, event["pid"]) == event["pid"], "a thread of two processes"
            if kind == "M" and event["name"] == "process_name":
                assert event["pid"] not in self.processes
                self.processes[event["pid"]] = event["args"]["name"]
            elif kind == "M" and event["name"] == "thread_name":
                assert key not in names, "a thread with two names"
                names[key] = event["args"]["name"]
                self.threads[key] = Thread(event["pid"], event["args"]["name"], [], [])
            elif kind == "X":
                assert type(event["ts"]) is int and type(event["dur"]) is int, "it rounds what is no whole number"
                self.threads[key].slices.append((event["ts"], event["dur"], event["name"], event["args"]))
            elif kind == "i" and event["s"] == "t":
                self.threads[key].instants.append((event["ts"], event["name"]))
            elif kind == "i":
                assert event["pid"] == event["tid"] == 0, "Perfetto makes a process of it"
                self.lost.append((event["ts"], event["name"]))
            else:
                assert kind == "M" and event["name"].endswith("_sort_index"), event
        assert not set(self.threads) & set(self.processes), "a session that is the main thread of a process"
        for thread in self.threads.values():
            for (begin, lasts, *_), following in zip(thread.slices, thread.slices[1:]):
                assert begin + lasts <= following[0], "slices of a thread that overlap"

    def process_of(self, thread):
        return self.processes[thread.process]


class Tables(unittest.TestCase):
    read = Trace  # tests/timeline/perfetto-sql reads with Perfetto's trace processor

    def perfetto(self, *arguments, stdin=b""):
        return self.read(run("--format", "perfetto", *arguments, stdin=stdin)[0])

    def same(self, *arguments, stdin=b""):
        """Each session of the picture is a thread with its states, and no other thread is there."""
        trace, picture = self.perfetto(*arguments, stdin=stdin), Picture(run(*arguments, stdin=stdin)[0])
        threads = list(trace.threads.values())
        self.assertEqual(len(threads), len(picture.rows))
        for thread, row in zip(threads, picture.rows):
            self.assertEqual(thread.slices[0][3]["session"], row.who)
            self.assertEqual(thread.slices[0][3]["what"], row.what)
            self.assertTrue(row.who.endswith(" " + thread.name))
            name, _, pid = row.who.removesuffix(" " + thread.name).removesuffix("]").rpartition("[")
            self.assertIn(name or "owner not known", trace.process_of(thread))
            self.assertEqual(thread.process, int(pid) if name and 0 < int(pid) <= 2 ** 22 else 2 ** 22 + 1)
            at = row.begin
            for (begin, lasts, name, _), (state, us), text in zip(thread.slices, row.states, row.says, strict=True):
                self.assertEqual((begin, lasts), (at, us))
                self.assertIn(state, (name, ""))
                self.assertTrue(text.startswith(name + " "), text)
                at += us
            self.assertEqual(thread.instants, [(at, row.word)] if "x" in row.flags else [])
        return trace

    def test_sample(self):
        trace = self.same(SAMPLE)
        self.assertEqual(sorted(trace.processes.items()), [
            (66, "</script><b a=\"1\">]]>"), (812, "nginx"), (990, "postgres"), (2001, "curl"), (2002, "curl"),
            (4194305, "owner not known")])
        self.assertEqual(trace.lost, [(7000000, "lost: 12 buffer_full")])
        self.assertEqual(sorted(name for thread in trace.threads.values() for _, name in thread.instants),
                         ["reset", "reset-by-peer", "stuck", "timeout"])
        self.assertEqual(trace.file["otherData"]["title"], "TCP sessions of web1")
        self.assertIn("lost: 12 buffer_full", trace.file["otherData"]["notes"])

    def test_many(self):
        self.same(stdin=busy_host(1000))
        self.same("--group", "peer", stdin=traffic(300))
        self.assertEqual(len(self.perfetto("--max-sessions", "50", stdin=traffic(300)).threads), 50)

    def test_odd_owners(self):
        """One process with two names; numbers that no process has."""
        lines = [{"record": "event", "isotime": moment(i), "skaddr": f"{i:x}", "oldstate": "CLOSE",
                  "newstate": "SYN_SENT", "opid": pid, "ocomm": name}
                 for i, (pid, name) in enumerate([(5, "sh"), (5, "curl"), (5, "sh"), (0, "x"), (2 ** 32 - 1, "y"),
                                                  (4194306, "z"), (2 ** 22, "last")])]
        trace = self.perfetto(stdin=json_of(lines))
        self.assertEqual(trace.processes[5], "sh, curl")
        self.assertEqual(trace.processes[2 ** 22], "last")
        self.assertEqual(trace.processes[2 ** 22 + 1], "x, y, z")
        self.assertEqual(len(trace.processes), 3)

    def test_lost(self):
        """A loss adds no process: that of unknown owners appears only with their sessions."""
        lines = [{"record": "event", "isotime": moment(1), "skaddr": "a", "oldstate": "CLOSE", "newstate": "SYN_SENT",
                  "opid": 7, "ocomm": "sh"}, {"record": "lost", "isotime": moment(5), "count": 4, "cause": "full"}]
        trace = self.same(stdin=json_of(lines))
        self.assertEqual(trace.processes, {7: "sh"})
        self.assertEqual(trace.lost, [(4, "lost: 4 full")])

    def test_moments(self):
        """States that take no time, at the beginning, between others and before a bad end."""
        changes = [(1, "CLOSE", "SYN_SENT"), (1, "SYN_SENT", "ESTABLISHED"), (5, "ESTABLISHED", "FIN_WAIT1"),
                   (5, "FIN_WAIT1", "FIN_WAIT2"), (5, "FIN_WAIT2", "TIME_WAIT"), (9, "TIME_WAIT", "CLOSE")]
        lines = [{"record": "event", "isotime": moment(at if address == "a" else 1), "skaddr": address,
                  "oldstate": old, "newstate": new, "opid": 7, "ocomm": "sh", "why": new == "CLOSE" and "reset" or None}
                 for address in ("a", "b") for at, old, new in changes]
        trace = self.same(stdin=json_of(lines))
        self.assertEqual([[dur for _, dur, *_ in thread.slices] for thread in trace.threads.values()],
                         [[0, 4, 0, 0, 4], [0] * 5])

    def test_ages(self):
        """The longest time that an input can have. Perfetto counts nanoseconds in 63 bits."""
        trace = self.same(CORPUS + "/ages")
        self.assertGreater(max(begin + lasts for thread in trace.threads.values()
                               for begin, lasts, *_ in thread.slices), 2 ** 62 // 1000)

    def test_corpus(self):
        """Inputs of the fuzzer, some of which the tool refuses."""
        for name in sorted(os.listdir(CORPUS)):
            with self.subTest(name), open(f"{CORPUS}/{name}", "rb") as file:
                data = file.read()
                if subprocess.run([TOOL], input=data, capture_output=True, check=False).returncode == 0:
                    self.same(stdin=data)

    def test_names(self):
        """Characters beyond ASCII are there as they are: Perfetto refuses the escapes of surrogate pairs."""
        lines = sample_lines()
        for line in lines:
            line.update(ocomm="日本😀\u202e\x1b" if line["record"] == "event" else None)
        data, _ = run("--format", "perfetto", stdin=json_of(lines))
        self.assertIn("日本😀\\\\u202e\\\\u001b", data.decode())
        self.assertEqual(set(self.read(data).processes.values()), {"日本😀\\u202e\\u001b", "owner not known"})

    def test_empty(self):
        trace = self.perfetto(stdin=json_of([sample_lines()[0], sample_lines()[-1]]))
        self.assertEqual((trace.threads, trace.processes), ({}, {}))


if __name__ == "__main__":
    unittest.main()
