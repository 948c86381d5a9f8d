#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What the timeline makes of a trace, and of what is none."""
import decimal
import itertools
import os
import random
import re
import signal
import subprocess
import unittest

from timeline import SAMPLE, STATES, TOOL, Picture, json_of, moment, run, sample_lines, traffic

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
        # 20 s are 800 pixels, from 350 on.
        self.assertEqual(row.paths, [("s2", "M470 0h40"), ("s1", "M510 0h240"), ("s4", "M750 0h80"),
                                     ("s5", "M830 0h120")])

    def test_width(self):
        row = sample("--width", "1000").one("50001")
        self.assertEqual(row.paths[:2], [("s3", "M380 0h7.5"), ("s1", "M387.5 0h112.5")])

    def test_all(self):
        self.assertEqual(len(self.picture.rows), 10)
        self.assertEqual(self.picture.headings, [
            "nginx: 4 sessions", "curl: 3 sessions", "postgres: 1 session",
            "owner not known: 1 session", "</script><b a=\"1\">]]>: 1 session"])
        self.assertTrue(self.picture.has(
            r"^10 sessions, 32 changes in 20.000 s from 2026-11-24 15:30:00.000\+01:00; 2 open before, 2 with no"))
        self.assertTrue(self.picture.has(r"^15:30:05$"))

    def test_open_before(self):
        row = self.picture.one("postgres")
        self.assertEqual((row.begin, row.flags), (0, "b"))
        self.assertEqual(row.says[:2], ["ESTABLISHED at least 8000.000 ms", "FIN_WAIT1 3000.000 ms"])
        self.assertIn(("m", "M350 0h3"), row.paths)
        self.assertTrue(row.what.startswith("open before the trace, closed: fin"))

    def test_no_end(self):
        row = self.picture.one("50002")
        self.assertEqual((row.flags, row.states[-1]), ("e", ("CLOSE_WAIT", 16 * S)))
        self.assertEqual(row.says[-1], "CLOSE_WAIT at least 16000.000 ms")
        self.assertEqual(row.paths[-1], ("m", "M1147 0h3"))

    def test_address_again(self):
        first, second = self.picture.one("50001"), self.picture.one("50003")
        self.assertEqual((first.begin, sum(us for _, us in first.states)), (S, 8 * S + S // 2))
        self.assertEqual((second.begin, second.states), (12 * S, [("SYN_RECV", S // 2),
                                                                   ("ESTABLISHED", 11 * S // 2)]))

    def test_address_again_unseen(self):
        """Without its CLOSE a session ends before the next one with its address begins."""
        lines = [line for line in sample_lines()
                 if (line.get("newstate"), line.get("rport")) != ("CLOSE", 50001)]
        first, second = Picture(run(stdin=json_of(lines))[0]).find("5000[13]")
        self.assertEqual((first.flags, first.says[-1]), ("e", "not seen 3000.000 ms"))
        self.assertEqual((second.begin, second.flags), (12 * S, ""))

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
        self.assertEqual(row.paths, [("s1", "M750 0h2")])
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
        self.assertEqual(sample("--group", "port").headings[0], "port 443: 4 sessions")
        self.assertIn("203.0.113.5: 3 sessions", sample("--group", "peer").headings)
        self.assertEqual(sample("--group", "none").headings, [])

    def test_many_groups(self):
        headings = Picture(run("--group", "peer", stdin=traffic(80))[0]).headings
        self.assertEqual((len(headings), headings[-1]), (51, "30 others: 30 sessions"))

    def test_sampling(self):
        picture = sample("--max-sessions", "3")
        self.assertEqual({row.states[0][0] for row in picture.rows}, {"LISTEN", "SYN_RECV", "ESTABLISHED"})
        self.assertTrue(picture.has(r"^3 of 10 sessions: the longest; each of the others lasted 12,000.000 ms or"))
        self.assertEqual(picture.headings, ["nginx: 2 of 4 sessions", "postgres: 1 session"])
        self.assertFalse(self.picture.has("the longest"))

    def test_size(self):
        svg, _ = run(stdin=traffic(10000))
        self.assertEqual(len(Picture(svg).rows), 10000)
        self.assertLess(len(svg), 5000000)

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


class Inputs(unittest.TestCase):
    """Other ways of saying the same, and what cannot be read."""

    def middle(self, picture):
        """The sessions that no edge of the picture cuts."""
        return sorted((row.who.rsplit(" ", 3)[1:], row.states) for row in picture.rows if not row.flags)

    def test_csv(self):
        picture = Picture(run(stdin=csv_of([("TIME(s)", lambda line: seconds(line) - 55800)] + CSV))[0])
        self.assertEqual(self.middle(picture), self.middle(sample()))
        self.assertTrue(picture.has("CSV does not say what was lost"))
        self.assertEqual(picture.one("postgres|40003").flags, "b")

    def test_csv_to_the_second(self):
        picture = Picture(run(stdin=csv_of([("TIME", lambda line: line["isotime"][11:19])] + CSV))[0])
        self.assertEqual(sorted(row.says for row in picture.rows if not row.flags),
                         sorted(row.says for row in sample().rows if not row.flags))
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
        span = int(picture.root.get("data-span"))
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
                                     "line", "script"})
        self.assertEqual(len(list(picture.all("script"))), 1)
        ours = set(sample().root.attrib) | {"class", "d", "data-f", "data-t", "transform", "x", "x1", "x2", "y",
                                            "y1", "y2", "id", "stroke-width", "aria-live", "patternUnits"}
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
        """States that follow on each other can be told apart without color: CIE L* differs by 15."""
        colors = dict(re.findall(r"\.s(\d+) \{ stroke: #([0-9a-f]+); \}", sample().svg))

        def lightness(state):
            color = colors[str(STATES.index(state))]
            color = color if len(color) == 6 else "".join(digit * 2 for digit in color)
            linear = [((int(color[i:i + 2], 16) / 255 + 0.055) / 1.055) ** 2.4 for i in (0, 2, 4)]
            return 116 * (0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]) ** (1 / 3) - 16
        for way in ("SYN_SENT ESTABLISHED FIN_WAIT1 FIN_WAIT2 TIME_WAIT", "FIN_WAIT1 CLOSING TIME_WAIT",
                    "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK", "SYN_RECV FIN_WAIT1"):
            states = way.split()
            for one, other in zip(states, states[1:]):
                self.assertGreater(abs(lightness(one) - lightness(other)), 15, (one, other))


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
