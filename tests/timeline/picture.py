#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the timeline makes of a trace, and of what is none."""
import decimal
import itertools
import json
import os
import random
import re
import signal
import subprocess
import sys
import unittest

from timeline import SAMPLE, STATES, TOOL, Picture, busy_host, json_of, moment, run, sample_lines, traffic

S = 1000000
NASTY = ["</script><script>alert(1)</script>", "]]>", "\" onload=\"alert(1)", "' onclick='x", "<!--",
         "&lt;b&gt;&", "\x00\x01\x1b[2J", "\ud800", "\udcff\udc80", "\ufffe\uffff", "a\u2028b\u202ec\u0085",
         "\n\r\t", "日本語", "%s\\"]


def sample(*arguments):
    return Picture(run(*arguments, SAMPLE)[0])


def changed(change):
    """The sample's lines, each event changed."""
    lines = sample_lines()
    for line in lines:
        if line["record"] == "event":
            change(line)
    return lines


def csv_of(columns):
    """The sample's events as -s has them: columns are pairs of a title and a function of the line."""
    rows = [",".join(title for title, _ in columns)]
    rows += [",".join(str(value(line)) for _, value in columns)
             for line in sample_lines() if line["record"] == "event"]
    return ("\n".join(rows) + "\n").encode()


def seconds(line):
    """Of the day, in decimal: that is exact."""
    hours, minutes, rest = re.search(r"T(\d+):(\d+):([\d.]+)", line["isotime"]).groups()
    return int(hours) * 3600 + int(minutes) * 60 + decimal.Decimal(rest)


CSV = [("SKADDR", lambda line: line["skaddr"]), ("LADDR", lambda line: line["laddr"]),
       ("LPORT", lambda line: line["lport"]), ("RADDR", lambda line: line["raddr"]),
       ("RPORT", lambda line: line["rport"]), ("OLDSTATE", lambda line: line["oldstate"]),
       ("NEWSTATE", lambda line: line["newstate"]), ("MS", lambda line: f"{line['ms'] or 0:.3f}")]


class Sessions(unittest.TestCase):
    """What a session is, and from when to when its states are."""

    @classmethod
    def setUpClass(cls):
        cls.picture = sample()

    def test_states(self):
        row = self.picture.one(r"^curl\[2001\] 192.0.2.1:40001 → 203.0.113.5:80$")
        self.assertEqual(row.begin, 3 * S)
        self.assertEqual(row.states, [("SYN_SENT", S), ("ESTABLISHED", 6 * S), ("FIN_WAIT1", 2 * S),
                                      ("FIN_WAIT2", 3 * S)])
        self.assertEqual(row.says, ["SYN_SENT 1000.000 ms", "ESTABLISHED 6000.000 ms", "FIN_WAIT1 2000.000 ms",
                                    "FIN_WAIT2 3000.000 ms"])
        self.assertEqual(row.what, "closed: fin, first closed by local, owner by self")
        # 20 s are 724 pixels, from 360 on.
        self.assertEqual(row.paths, [("s2", "M468.6 0h36.2"), ("s1", "M504.8 0h217.2"), ("s4", "M722 0h72.4"),
                                     ("s5", "M794.4 0h108.6")])
        self.assertFalse(self.picture.settings["fixed"])

    def test_width(self):
        """20 s are 1124 pixels."""
        picture = sample("--width", "1720")
        self.assertTrue(picture.settings["fixed"])
        self.assertEqual(picture.one("50001").paths[:2], [("s3", "M536.2 0h14.1"), ("s1", "M550.3 0h210.8")])

    def test_all(self):
        self.assertEqual(len(self.picture.rows), 10)
        self.assertEqual(self.picture.headings, [
            "nginx: 4 sessions · 1 stuck · 1 reset-by-peer", "curl: 3 sessions · 1 timeout",
            "owner not known: 1 session · 1 reset", "postgres: 1 session", "</script><b a=\"1\">]]>: 1 session"])
        self.assertTrue(self.picture.has(
            r"^10 sessions, 32 changes in 20.000 s from 2026-11-24 15:30:00.000\+01:00; 2 open before, 2 with no"))
        self.assertTrue(self.picture.has(r"^15:30:05$"))

    def test_open_before(self):
        row = self.picture.one("postgres")
        self.assertEqual((row.begin, row.flags), (0, "b"))
        self.assertEqual(row.says[:2], ["ESTABLISHED at least 8000.000 ms", "FIN_WAIT1 3000.000 ms"])
        self.assertIn(("m", "M360 0h3"), row.paths)
        self.assertTrue(row.what.startswith("open before the trace, closed: fin"))

    def test_no_end(self):
        row = self.picture.one("50002")
        self.assertEqual((row.flags, row.states[-1]), ("exs", ("CLOSE_WAIT", 16 * S)))
        self.assertEqual(row.says[-1], "CLOSE_WAIT at least 16000.000 ms")
        self.assertIn(("m", "M1081 0h3"), row.paths)

    def test_address_again(self):
        first, second = self.picture.one("50001"), self.picture.one("50003")
        self.assertEqual((first.begin, sum(us for _, us in first.states)), (S, 8 * S + S // 2))
        self.assertEqual((second.begin, second.states), (12 * S, [("SYN_RECV", S // 2),
                                                                   ("ESTABLISHED", 11 * S // 2)]))

    def test_address_again_unseen(self):
        """Without its CLOSE a session ends before the next one with its address begins."""
        lines = [line for line in sample_lines()
                 if (line.get("newstate"), line.get("rport")) != ("CLOSE", 50001)]
        first, second = sorted(Picture(run(stdin=json_of(lines))[0]).find("5000[13]"), key=lambda row: row.begin)
        self.assertEqual((first.flags, first.says[-1]), ("e", "not seen 3000.000 ms"))
        self.assertEqual((second.begin, second.flags), (12 * S, "x"))

    def test_other_ends(self):
        """Where lines are missing, other ports tell that it is another session."""
        lines = changed(lambda line: line.update(lport=41111) if line["oldstate"] == "FIN_WAIT2"
                        and line["lport"] == 40004 else None)
        picture = Picture(run(stdin=json_of(lines))[0])
        self.assertEqual(picture.one("40004").says, ["SYN_SENT 500.000 ms", "not seen 9000.000 ms"])
        self.assertEqual(picture.one("41111").states, [("FIN_WAIT2", 2 * S)])

    def test_gap(self):
        row = self.picture.one("40004")
        self.assertEqual(row.states, [("SYN_SENT", S // 2), ("", 9 * S), ("FIN_WAIT2", 2 * S)])
        self.assertEqual(row.says[1], "not seen 9000.000 ms")
        self.assertEqual(row.paths[1][0], "s0")

    def test_short(self):
        """It is two pixels wide, and its figures are there."""
        row = self.picture.one("40005")
        self.assertEqual(row.paths, [("s1", "M722 0h2")])
        self.assertEqual(row.states, [("SYN_SENT", 200), ("ESTABLISHED", 700), ("FIN_WAIT1", 100),
                                      ("FIN_WAIT2", 10)])

    def test_lost(self):
        mark, = (path for path in self.picture.all("path")
                 if path.get("class") == "lost" and path.get("data-t"))
        self.assertEqual(mark.get("data-t"), str(7 * S))
        self.assertEqual(mark[0].text, "lost: 12 buffer_full")
        self.assertTrue(self.picture.has("^lost: 12 buffer_full$"))
        lines = sample_lines()
        lines[-1]["missed"] = 3
        self.assertTrue(Picture(run(stdin=json_of(lines))[0]).has("^lost: 12 buffer_full, 3 missed$"))
        lines[-1]["missed"] = None
        self.assertTrue(Picture(run(stdin=json_of(lines))[0]).has("^what was missed while the program was busy is not known$"))

    def test_groups(self):
        self.assertEqual(sample("--group", "port").headings[0], "port 443: 4 sessions · 1 stuck · 1 reset-by-peer")
        self.assertIn("203.0.113.5: 3 sessions", sample("--group", "peer").headings)
        self.assertEqual(sample("--group", "none").headings, [])

    def test_many_groups(self):
        headings = Picture(run("--group", "peer", stdin=traffic(80))[0]).headings
        self.assertEqual((len(headings), headings[-1]), (51, "30 others: 30 sessions"))

    def test_sampling(self):
        """Bad ends are shown before longer sessions."""
        picture = sample("--max-sessions", "3")
        self.assertEqual([row.word for row in picture.rows], ["stuck", "timeout", "reset"])
        self.assertTrue(picture.has("^3 of 10 sessions: bad ends, then the longest; each of the others lasted "
                                    "19,500.000 ms or less; 1 of them ended badly .--max-sessions.$"))
        self.assertEqual(picture.headings, ["nginx: 1 of 4 sessions · 1 stuck", "curl: 1 of 3 sessions · 1 timeout",
                                            "owner not known: 1 session · 1 reset"])
        self.assertFalse(self.picture.has("the longest"))
        picture = sample("--max-sessions", "5")
        self.assertEqual({row.states[0][0] for row in picture.rows if not row.word}, {"LISTEN"})
        self.assertTrue(picture.has("each of the others lasted 17,000.000 ms or less .--max-sessions.$"))

    def test_size(self):
        """Some sessions of each group are drawn; the others are there, as data."""
        svg, _ = run(stdin=traffic(10000))
        picture = Picture(svg)
        self.assertEqual(len(picture.rows), 10000)
        self.assertEqual(len(picture.drawn), 72)
        self.assertEqual(len(picture.rests), 6)
        self.assertEqual(picture.rests[0], "1,655 more")
        self.assertLess(len(svg), 4000000)

    def test_few(self):
        """A single session is not left over."""
        for count, drawn, rests in ((150, 150, []), (151, 50, ["101 more"])):
            lines = [{"record": "event", "isotime": moment(i), "skaddr": f"{i:x}", "oldstate": "CLOSE",
                      "newstate": "LISTEN", "opid": 1, "ocomm": "x"} for i in range(count)]
            picture = Picture(run(stdin=json_of(lines))[0])
            self.assertEqual((len(picture.drawn), picture.rests), (drawn, rests))

    def test_netns(self):
        """Two sockets may have a number in two namespaces."""
        lines = [line for line in changed(lambda line: line.update(netns=7)) if line["record"] == "event"]
        lines = sorted(lines + sample_lines(), key=lambda line: line["isotime"])
        self.assertEqual(len(Picture(run(stdin=json_of(lines))[0]).rows), 20)

    def test_second_trace(self):
        """A trace behind another one has sockets of its own."""
        lines = sample_lines()
        picture = Picture(run(stdin=json_of(lines + lines))[0])
        self.assertEqual(len(picture.rows), 20)
        self.assertEqual([row.says[-1] for row in picture.find("50002")], ["CLOSE_WAIT at least 16000.000 ms"] * 2)

    def test_filtered(self):
        """Where a filter leaves neither a beginning nor an end, an earlier state is another session's."""
        event = next(line for line in sample_lines() if line.get("oldstate") == "ESTABLISHED")
        event.update(newstate="FIN_WAIT1", ms=500)
        lines = [event, {**event, "isotime": event["isotime"].replace(":04.", ":07.")}]
        first, second = Picture(run(stdin=json_of(lines))[0]).rows
        self.assertEqual(first.states, [("ESTABLISHED", S // 2), ("", 5 * S // 2)])
        self.assertEqual(second.states[0], ("ESTABLISHED", S // 2))


class Ends(unittest.TestCase):
    """How sessions end, and their two ends."""

    def changes(self, *lines, **fields):
        """Lines of one session, a second apart."""
        return [{"record": "event", "isotime": moment(at * S), "skaddr": fields.get("skaddr", "1"), "oldstate": old,
                 "newstate": new, "why": why, **fields} for at, (old, new, why) in enumerate(lines)]

    def test_words(self):
        """Each reason but fin has a mark and a word; a listener that closes is nothing bad."""
        with open(os.environ["SOURCE"] + "/docs/events.schema.json.in", encoding="utf-8") as file:
            text = file.read()
        reasons = json.loads(re.search(r'\n    "why": \{\s*"enum": (\[.*?\])', text, re.S)[1])
        self.assertGreater(len(reasons), 15)
        for why in reasons:
            lines = self.changes(("CLOSE", "SYN_SENT", None), ("SYN_SENT", "CLOSE", why))
            row, = Picture(run(stdin=json_of(lines))[0]).rows
            kinds = {kind for kind, _ in row.paths} & {"x", "y", "o"}
            bad = why not in (None, "fin", "listen-end")
            self.assertEqual(row.texts[1:], [] if why in (None, "fin") else [why])
            self.assertEqual(kinds, {"x"} if bad else {"o"} if why == "listen-end" else set(), why)
            self.assertEqual("x" in row.flags, bad)

    def test_long_word(self):
        """Room for it is beside the times only."""
        lines = self.changes(("CLOSE", "SYN_SENT", None), ("SYN_SENT", "CLOSE", "x" * 200))
        row, = Picture(run(stdin=json_of(lines))[0]).rows
        self.assertEqual((row.texts[1:], row.word), (["x" * 19 + "…"], "x" * 19 + "…"))

    def test_stuck(self):
        """Until its state changes."""
        lines = self.changes(("CLOSE", "SYN_SENT", None), ("SYN_SENT", "(stuck)", None), ("SYN_SENT", "CLOSE", "fin"))
        row, = Picture(run(stdin=json_of(lines[:2]))[0]).rows
        self.assertEqual((row.flags, row.texts[1:]), ("exs", ["stuck"]))
        self.assertIn("stuck in SYN_SENT", row.what)
        row, = Picture(run(stdin=json_of(lines))[0]).rows
        self.assertEqual((row.flags, row.texts[1:]), ("", []))

    def test_bad_first(self):
        """Groups with bad ends before others, and in a group the bad ends, by their beginning."""
        picture = Picture(run(stdin=busy_host(1000))[0])
        bad = [["x" in row.flags or row.begin for row in picture.rows if row.who.startswith(f"{name}[")]
               for name in ("curl", "node")]
        self.assertGreater(sum(flag is True for flags in bad for flag in flags), 20)
        alone = Picture(run("--group", "none", stdin=traffic(300))[0]).rows
        self.assertEqual([row.begin for row in alone], sorted(row.begin for row in alone))
        rows = Picture(run("--group", "none", stdin=busy_host(1000))[0]).rows
        rows = [row for row, before in zip(rows, [None] + rows) if not before or "j" not in before.flags]
        keys = [("x" not in row.flags, row.begin) for row in rows]
        self.assertEqual(keys, sorted(keys))

    PAIR = {"laddr": "10.0.0.1", "lport": 40000, "raddr": "10.0.0.2", "rport": 80}
    MIRROR = {"laddr": "10.0.0.2", "lport": 80, "raddr": "10.0.0.1", "rport": 40000}
    CLIENT = (("CLOSE", "SYN_SENT", None), ("SYN_SENT", "ESTABLISHED", None), ("ESTABLISHED", "CLOSE", "reset"))
    SERVER = (("LISTEN", "SYN_RECV", None), ("SYN_RECV", "ESTABLISHED", None), ("ESTABLISHED", "CLOSE", None))

    def joined(self, *sessions):
        lines = [line for number, (changes, fields) in enumerate(sessions)
                 for line in self.changes(*changes, **{"skaddr": f"{number + 1:x}", **fields})]
        return Picture(run(stdin=json_of(sorted(lines, key=lambda line: line["isotime"])))[0])

    def test_joined(self):
        """Both ends of a session are next to each other, in the group of the one that comes first."""
        picture = self.joined((self.CLIENT, {**self.PAIR, "opid": 7, "ocomm": "curl"}),
                              (self.CLIENT, {**self.PAIR, "lport": 40001, "opid": 7, "ocomm": "curl"}),
                              (self.SERVER, {**self.MIRROR, "opid": 8, "ocomm": "nginx"}))
        self.assertEqual([(row.who[:row.who.index("[")], row.flags) for row in picture.rows],
                         [("curl", "xj"), ("nginx", "g"), ("curl", "x")])
        self.assertEqual(picture.headings, ["curl: 2 sessions, and the other ends of 1 · 2 reset",
                                            "nginx: 1 session, 1 shown at their other ends"])
        self.assertEqual(sum(kind == "j" for row in picture.rows for kind, _ in row.paths), 1)

    def test_joined_by_address(self):
        """IPv4 in IPv6's form is the same address."""
        picture = self.joined((self.CLIENT, self.PAIR),
                              (self.SERVER, {**self.MIRROR, "laddr": "::ffff:10.0.0.2", "raddr": "::ffff:10.0.0.1"}))
        self.assertEqual([row.flags for row in picture.rows], ["xj", ""])

    def test_not_joined(self):
        """Whatever is not certain."""
        loop = {"laddr": "127.0.0.1", "lport": 40000, "raddr": "127.0.0.1", "rport": 80}
        other = {**loop, "lport": 80, "rport": 40000}
        later = [(old, new, why) for old, new, why in self.SERVER]
        for what, *sessions in (
                ("other port", (self.CLIENT, self.PAIR), (self.SERVER, {**self.MIRROR, "rport": 40001})),
                ("two that may be it", (self.CLIENT, self.PAIR), (self.SERVER, self.MIRROR), (self.SERVER, self.MIRROR)),
                ("both connected", (self.CLIENT, self.PAIR), (self.CLIENT, self.MIRROR)),
                ("no port", (self.CLIENT, {**self.PAIR, "lport": 0}), (self.SERVER, {**self.MIRROR, "rport": 0})),
                ("loopback of two namespaces", (self.CLIENT, {**loop, "netns": 1}), (self.SERVER, {**other, "netns": 2}))):
            self.assertNotIn("j", "".join(row.flags for row in self.joined(*sessions).rows), what)
        picture = self.joined((self.CLIENT, {**loop, "netns": 1}), (later, {**other, "netns": 1}))
        self.assertEqual([row.flags for row in picture.rows], ["xj", ""])

    def test_not_at_once(self):
        """A session after another one with the same ports is not its other end."""
        first = self.changes(*self.CLIENT, **self.PAIR)
        second = [{**line, "skaddr": "2", "isotime": moment(9 * S + i)}
                  for i, line in enumerate(self.changes(*self.SERVER, **self.MIRROR))]
        self.assertEqual([row.flags for row in Picture(run(stdin=json_of(first + second))[0]).rows], ["x", ""])

    def test_many_of_the_same_ports(self):
        """Comparisons are bounded."""
        lines = [{"record": "event", "isotime": moment(i), "skaddr": f"{i:x}", "oldstate": "x", "newstate": "CLOSE",
                  **(self.PAIR if i % 2 else self.MIRROR)} for i in range(50000)]
        self.assertEqual(len(Picture(run("--max-sessions", "50000", stdin=json_of(lines))[0]).rows), 50000)


class Overview(unittest.TestCase):
    """How many sessions are open, over time."""

    def levels(self, *sessions):
        """Of sessions as (begin, end) in an occupancy of its own; with the mean of each column, computed anew."""
        sys.path.insert(0, os.path.dirname(TOOL))
        import occupancy
        import sessions as program
        made = occupancy.Occupancy()
        for begin, end in sessions:
            session = program.Session(1, {})
            session.spans = [program.Span("ESTABLISHED", begin, end, None)]
            made.add(session)
        left = min(begin for begin, _ in sessions)
        right = max(end for _, end in sessions)
        return list(made.levels(left, right)), left, right

    def test_means(self):
        """Whatever the lengths, and however often the columns became wider."""
        chance = random.Random(3)
        for longest in (1, 100, 5000, 10 ** 9, 10 ** 13):
            some = []
            for _ in range(200):
                begin = chance.randrange(-longest, longest)
                some.append((begin, begin + chance.randrange(longest)))
            levels, left, right = self.levels(*some)
            if right - left > 2000:
                self.assertGreater(len(levels), 255)
            self.assertLessEqual(len(levels), 512)
            self.assertEqual((levels[0][0], levels[-1][1]), (left, right))
            for (begin, end, states), following in zip(levels, levels[1:] + [None]):
                time = sum(max(min(last, end) - max(first, begin), 0) for first, last in some)
                self.assertAlmostEqual(states.get(1, 0), time / (end - begin), 9)
                self.assertTrue(following is None or following[0] == end)

    def test_band(self):
        """The greatest height, and a color for each state there is."""
        picture = sample()
        band, = (part for part in picture.all("svg") if part.get("id") == "overview")
        self.assertEqual({part.get("class") for part in band} - {"under", "bad"},
                         {"a s" + str(STATES.index(state)) for row in picture.rows for state, _ in row.states})
        self.assertTrue(picture.has("^up to 8.0 .mean over 66 ms.$"))
        bad, = (part for part in band if part.get("class") == "bad")
        self.assertEqual(len(re.findall("M", bad.get("d"))), 3)

    def test_left_out(self):
        """Sessions that are not shown are in it, too."""
        few, every = (next(part for part in sample(*more).all("svg") if part.get("id") == "overview")
                      for more in (("--max-sessions", "1"), ()))
        self.assertEqual([part.attrib for part in few], [part.attrib for part in every])


class Whole(unittest.TestCase):
    """The records of tcpstates --sessions."""

    RECORD = {"record": "session", "isotime": moment(20 * S), "start": moment(10 * S), "opid": 7, "ocomm": "curl",
              "ofrom": "self", "ip": 4, "laddr": "10.0.0.1", "lport": 40000, "raddr": "10.0.0.2", "rport": 80,
              "opened": "active", "connect_ms": 1000.0, "established_ms": 6000.0, "close_ms": 3000.0, "tx_bytes": 5,
              "why": "fin", "first": "local"}
    TIMES = {"syn_sent_ms": 1000.0, "syn_recv_ms": 0.0, "fin_wait1_ms": 1000.0, "fin_wait2_ms": 2000.0,
             "closing_ms": 0.0, "close_wait_ms": 0.0, "last_ack_ms": 0.0}

    def one(self, **change):
        picture = Picture(run(stdin=json_of([{**self.RECORD, **change}]))[0])
        row, = picture.rows
        return row, picture

    def test_short(self):
        """By default, the states from the first FIN on are not in it."""
        row, picture = self.one()
        self.assertEqual(row.who, "curl[7] 10.0.0.1:40000 → 10.0.0.2:80")
        self.assertEqual(row.states, [("SYN_SENT", S), ("ESTABLISHED", 6 * S), ("", 3 * S)])
        self.assertEqual(row.what, "closed: fin, first closed by local, owner by self, tx_bytes 5")
        self.assertTrue(picture.has("^the states of closing are known with"))

    def test_all_states(self):
        row, picture = self.one(**self.TIMES)
        self.assertEqual(row.states, [("SYN_SENT", S), ("ESTABLISHED", 6 * S), ("FIN_WAIT1", S), ("FIN_WAIT2", 2 * S)])
        self.assertEqual(row.says[-1], "FIN_WAIT2 2000.000 ms")
        self.assertFalse(picture.has("^the states of closing"))

    def test_passive(self):
        """What is before ESTABLISHED is SYN_RECV then."""
        row, _ = self.one(opened="passive", connect_ms=None)
        self.assertEqual(row.states, [("SYN_RECV", S), ("ESTABLISHED", 6 * S), ("", 3 * S)])

    def test_before(self):
        row, _ = self.one(start=None, connect_ms=None, established_ms=None)
        self.assertEqual((row.flags, row.states), ("b", [("", 0), ("", 3 * S)]))
        row, _ = self.one(start=None, connect_ms=None, established_ms=None, close_ms=None)
        self.assertEqual((row.flags, row.states), ("b", [("", 0)]))

    def test_hole(self):
        row, _ = self.one(established_ms=None, close_ms=None)
        self.assertEqual(row.states, [("SYN_SENT", S), ("", 9 * S)])
        row, _ = self.one(connect_ms=999.998, established_ms=6000.001)
        self.assertEqual([state for state, _ in row.states], ["SYN_SENT", "ESTABLISHED", ""])
        self.assertEqual(sum(us for _, us in row.states), 10 * S)

    def test_odd_values(self):
        for change, why in (({"start": 5}, "a time of the session has a wrong value"),
                            ({"close_ms": "x"}, "a time of the session has a wrong value"),
                            ({"established_ms": 1e300}, "a time of the session has a wrong value"),
                            ({"start": moment(21 * S)}, "the session ends before it starts"),
                            ({"isotime": None}, "a session has no isotime")):
            _, err = run(stdin=json_of([self.RECORD, {**self.RECORD, **change}]))
            self.assertEqual(err, f"tcpstates-timeline: stdin: line 2: {why}; left out\n")
        row, _ = self.one(established_ms=10 ** 11, close_ms=10 ** 11, opened=[])
        self.assertEqual(sum(us for _, us in row.states), 10 * S)
        row, _ = self.one(start=None, **{name: 9.9 * 10 ** 11 for name in (*self.TIMES, "established_ms")})
        self.assertLessEqual(sum(us for _, us in row.states), 10 ** 15)


class Inputs(unittest.TestCase):
    """Other ways of saying the same, and what cannot be read."""

    def middle(self, picture):
        """The sessions that no edge of the picture cuts."""
        return sorted((row.who.rsplit(" ", 3)[1:], row.states) for row in picture.rows if not self.is_cut(row))

    def is_cut(self, row):
        return set("be") & set(row.flags)

    def test_csv(self):
        picture = Picture(run(stdin=csv_of([("TIME(s)", lambda line: seconds(line) - 55800)] + CSV))[0])
        self.assertEqual(self.middle(picture), self.middle(sample()))
        self.assertTrue(picture.has("CSV does not say what was lost"))
        self.assertEqual(picture.one("postgres|40003").flags, "b")

    def test_csv_to_the_second(self):
        picture = Picture(run(stdin=csv_of([("TIME", lambda line: line["isotime"][11:19])] + CSV))[0])
        self.assertEqual(sorted(row.says for row in picture.rows if not self.is_cut(row)),
                         sorted(row.says for row in sample().rows if not self.is_cut(row)))
        # Its own figures are finer.
        self.assertEqual(picture.one("40005").states, sample().one("40005").states)
        self.assertTrue(picture.has("from 15:30:00 .*times are to the second"))

    def test_csv_midnight(self):
        lines = (b"TIME,SKADDR,OLDSTATE,NEWSTATE,MS\n23:59:58,1,CLOSE,LISTEN,0.000\n"
                 b"00:00:08,1,LISTEN,CLOSE,10000.000\n")
        picture = Picture(run(stdin=lines)[0])
        self.assertEqual(picture.rows[0].states, [("LISTEN", 10 * S)])
        self.assertTrue(picture.has(r"^\+1d 00:00:02$"))

    def test_csv_quoted(self):
        lines = b'TIME(s),SKADDR,C-COMM,C-PID,OLDSTATE,NEWSTATE\n0.0,1,"a,""b""",5,CLOSE,LISTEN\n'
        self.assertTrue(Picture(run(stdin=lines)[0]).one(r'^a,"b"\[5\] '))

    def test_monotonic(self):
        """Of lines with ts_ns alone, the marks have no place, but their count is there."""
        lines = changed(lambda line: line.update(ts_ns=int(seconds(line) * 1000000000), isotime=None))
        picture = Picture(run(stdin=json_of(lines))[0])
        self.assertEqual(self.middle(picture), self.middle(sample()))
        self.assertTrue(picture.has("^lost: 12"))
        self.assertNotIn('class="lost"', picture.svg)

    def test_bad_lines(self):
        svg, err = run("-", stdin=json_of(sample_lines()[:20]) + b'{"record":7}\nwhat\n')
        self.assertEqual(err, "tcpstates-timeline: stdin: line 21: it has no record; left out\n"
                              "tcpstates-timeline: stdin: 2 lines in all were left out\n")
        self.assertTrue(Picture(svg).has("^2 lines could not be read$"))
        self.assertTrue(Picture(svg).has("^the trace has no end record"))

    def test_odd_values(self):
        event = next(line for line in sample_lines() if line["record"] == "event")
        for name, value in {"ms": "NaN", "isotime": "2026-11-24T15:30:00", "lport": -1, "opid": True,
                            "skaddr": 5, "newstate": None, "comm": ["x"]}.items():
            _, err = run(stdin=json_of([event, {**event, name: value}]))
            self.assertIn("line 2: ", err, name)
        for time in ("0001-01-01T00:00:00.000000+23:59", "9999-12-31T23:59:59.000000-23:59"):
            _, err = run(stdin=json_of([event, {**event, "isotime": time}]))
            self.assertIn("line 2: isotime has a wrong value", err)
        for text in (b"[" * 100000, b'{"record":"event","ms":1e999}', b'{"a":NaN}', b"\xff\xfe"):
            _, err = run(stdin=json_of([event]) + text + b"\n")
            self.assertIn("line 2: ", err, text)

    def test_any_order(self):
        """Whatever is missing or late: no state ends before it begins, and all are in the picture."""
        chance = random.Random(1)
        lines = sample_lines()[:1]
        for i in range(5000):
            lines.append({"record": "event", "isotime": moment(chance.randrange(10 * S)),
                          "skaddr": f"{i // 10:x}", "oldstate": chance.choice(STATES[1:]),
                          "newstate": chance.choice(STATES[1:] + ("(stuck)", "(open)", "13")),
                          "ms": chance.choice([None, 0, chance.random() * 1000]),
                          "lport": chance.randrange(3), "rport": chance.randrange(3)})
        picture = Picture(run("--max-sessions", "9999", stdin=json_of(lines))[0])
        self.assertGreater(len(picture.rows), 1000)
        span = picture.settings["span"]
        for row in picture.rows:
            self.assertGreaterEqual(min([row.begin] + [us for _, us in row.states]), 0, row)
            self.assertLessEqual(row.begin + sum(us for _, us in row.states), span, row)

    def test_cut_short(self):
        with open(SAMPLE, "rb") as file:
            text = file.read()
        _, err = run(stdin=text[:-20])
        self.assertEqual(err, "tcpstates-timeline: stdin: line 36: cut short, at the end of the input; left out\n")
        _, err = run(stdin=csv_of([("TIME(s)", seconds)] + CSV)[:-3])
        self.assertIn("cut short", err)

    def test_other_records(self):
        lines = sample_lines() + [{"record": "summary"}, {"record": "summary"}]
        self.assertTrue(Picture(run(stdin=json_of(lines))[0]).has("^not shown: 2 records 'summary'$"))

    def test_nothing_happened(self):
        picture = Picture(run(stdin=json_of([sample_lines()[0], sample_lines()[-1]]))[0])
        self.assertTrue(picture.has("^0 sessions"))

    def refuses(self, stdin, why):
        out, err = run(stdin=stdin, status=1)
        self.assertEqual((out, err.count("\n")), (b"", 1))
        self.assertIn("tcpstates-timeline: stdin: " + why, err)

    def test_refuses(self):
        self.refuses(b"", "it is empty")
        self.refuses(b"SKADDR           C-PID OLDSTATE\n", "line 1: these are columns")
        self.refuses(b"1,2,3\n", "line 1: neither JSON nor the header line of CSV")
        self.refuses(csv_of(CSV), "its lines have no time")
        self.refuses(csv_of([("TIME(s)", seconds)] + CSV[1:]), "its lines have no skaddr")
        self.refuses(json_of([{"record": "summary"}, {"record": "\x1b[2J\n"}]),
                     "no change of a state is in it, but records of summary, \\u001b[2J\\u000a")
        _, err = run("/no/such", status=1)
        self.assertEqual(err, "tcpstates-timeline: /no/such: No such file or directory\n")
        for arguments in (["--width", "9"], ["--max-sessions", "0"], ["--group", "x"], ["a", "b"], ["--no"]):
            run(*arguments, status=2)

    def test_full_disk(self):
        _, err = run("-o", "/dev/full", SAMPLE, status=1)
        self.assertEqual(err, "tcpstates-timeline: /dev/full: No space left on device\n")


class Safe(unittest.TestCase):
    """Nothing in the input is more than text, and nothing is asked of anybody else."""

    def test_hostile_names(self):
        names = itertools.cycle(NASTY)

        def hostile(line):
            fields = ("comm", "ocomm", "why", "first", "ofrom", "laddr", "raddr", "unit", "odd<\"'>")
            line.update(zip(fields, names), opid=5)
        lines = changed(hostile)
        lines[0]["host"] = NASTY[0]
        lines.insert(3, {"record": NASTY[0]})
        lines.insert(3, {"record": "lost", "cause": NASTY[2], "count": 1})
        for by in ("owner", "peer"):
            self.plain(Picture(run("--group", by, "--title", NASTY[2], stdin=json_of(lines))[0]))
        self.plain(Picture(run(stdin=json_of(lines))[0]))

    def plain(self, picture):
        names = {tag.tag.split("}")[1] for tag in picture.root.iter()}
        self.assertLessEqual(names, {"svg", "style", "defs", "pattern", "path", "rect", "g", "title", "text",
                                     "tspan", "line", "metadata", "script"})
        self.assertEqual(len(list(picture.all("script"))), 1)
        ours = set(sample().root.attrib) | {"class", "d", "data-f", "data-t", "transform", "x", "x1", "x2", "y",
                                            "y1", "y2", "id", "aria-live", "patternUnits",
                                            "viewBox", "preserveAspectRatio", "dx"}
        self.assertLessEqual({name for tag in picture.root.iter() for name in tag.attrib}, ours)
        self.assertTrue(all(c.isprintable() or c in "\n\t" for c in picture.svg))

    def test_script_is_ours(self):
        with open(os.path.dirname(TOOL) + "/timeline.js", encoding="utf-8") as file:
            script, = sample().all("script")
            self.assertEqual(script.text.strip(), file.read().strip())

    def test_no_network(self):
        svg = sample().svg
        self.assertEqual(set(re.findall(r"https?:[^\"'\s]*", svg)),
                         {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"})
        self.assertEqual(set(re.findall(r"url\([^)]*\)", svg)), {"url(#gap)"})
        self.assertNotRegex(svg, r"href|@import|fetch\(|XMLHttp|WebSocket|\beval\b|innerHTML")

    def test_lightness(self):
        """Both themes: texts are readable; states that follow on each other differ in CIE L* by 15, also without color."""
        light, dark = sample().svg.split("prefers-color-scheme: dark", 1)
        self.themes_differ(light)
        self.themes_differ(dark)

    def themes_differ(self, style):
        colors = dict(re.findall(r"\.s(\d+) \{ --c: #([0-9a-f]{6}); \}", style))
        self.assertEqual(len(colors), 12)
        back = re.search("--back: #([0-9a-f]{6})", style)[1]

        def light(color):
            linear = [((int(color[i:i + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for i in (0, 2, 4)]
            return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

        def lightness(state):
            return 116 * light(colors[str(STATES.index(state))]) ** (1 / 3) - 16

        def contrast(one, other):
            dark, bright = sorted((light(one), light(other)))
            return (bright + 0.05) / (dark + 0.05)
        for way in ("SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT", "FIN_WAIT1 CLOSING TIME_WAIT",
                    "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK", "SYN_RECV FIN_WAIT1"):
            states = way.split()
            for one, other in zip(states, states[1:]):
                self.assertGreater(abs(lightness(one) - lightness(other)), 15, (one, other))
        for name in ("text", "said", "bad", "accent"):
            text = re.search(f"--{name}: #([0-9a-f]{{6}})", style)[1]
            self.assertGreater(contrast(text, back), 4.5, name)  # as WCAG has it for small text
        for color in colors.values():
            self.assertGreater(contrast(color, back), 1.6, color)


class Signals(unittest.TestCase):
    """In a pipe."""

    def start(self, **more):
        return subprocess.Popen([TOOL], stdin=subprocess.PIPE, stderr=subprocess.PIPE, **more)

    def interrupt(self, tool):
        """Once it reads: then it has its handler, or the signal would be Python's at start."""
        tool.stdin.write(json_of(sample_lines()) * 30)
        tool.stdin.flush()
        tool.send_signal(signal.SIGINT)

    def test_interrupt(self):
        """Ctrl-C also ends the tracer, whose last lines are read, and the picture is drawn."""
        tool = self.start(stdout=subprocess.PIPE)
        self.interrupt(tool)
        out, err = tool.communicate(json_of(sample_lines()))
        self.assertEqual((tool.returncode, err), (0, b""))
        self.assertEqual(len(Picture(out).rows), 310)

    def test_interrupt_twice(self):
        tool = self.start(stdout=subprocess.DEVNULL)
        self.interrupt(tool)
        while tool.poll() is None:  # the second signal counts once the first one was dealt with
            tool.send_signal(signal.SIGINT)
        self.assertEqual((tool.returncode, tool.stderr.read()), (-signal.SIGINT, b""))
        tool.stdin.close()
        tool.stderr.close()

    def test_nobody_reads(self):
        reader, writer = os.pipe()
        os.close(reader)
        tool = self.start(stdout=writer)
        os.close(writer)
        _, err = tool.communicate(json_of(sample_lines()))
        self.assertEqual((tool.returncode, err), (-signal.SIGPIPE, b""))


if __name__ == "__main__":
    unittest.main()
