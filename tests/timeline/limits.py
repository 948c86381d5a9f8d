#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The bounds of what the timeline reads, at each bound and beyond it, and that the manual page states them."""
import os
import re
import resource
import subprocess
import sys
import unittest

from timeline import TOOL, Picture, json_of, run, sample_lines

sys.path.insert(0, os.path.dirname(TOOL))
sys.dont_write_bytecode = True
import limits  # noqa: E402

EVENT = {"record": "event", "time_s": 1, "skaddr": "a", "oldstate": "ESTABLISHED", "newstate": "FIN_WAIT1"}
HEADER = b"TIME(s),SKADDR,OLDSTATE,NEWSTATE\n"
LISTENS = {"record": "event", "skaddr": "a", "oldstate": "CLOSE", "newstate": "LISTEN"}


def events(*changes):
    return json_of([EVENT, *({**EVENT, **change} for change in changes)])


class Values(unittest.TestCase):
    """A line with a value beyond a bound is left out; at the bound it counts."""

    def leaves_out(self, line, why):
        if not isinstance(line, bytes):
            line = json_of([line])
        svg, err = run(stdin=events() + line)
        self.assertEqual(err, f"tcpstates-timeline: stdin: line 2: {why}; left out\n")
        self.assertTrue(Picture(svg).has("^1 line could not be read$"))

    def takes(self, **change):
        _, err = run(stdin=events(change))
        self.assertEqual(err, "", change)

    def test_billion_years(self):
        """A picture of the time from one to the other, with a label each 50000 days, would never end."""
        first = b'{"record":"event","ts_ns":0,"skaddr":"a","oldstate":"CLOSE","newstate":"LISTEN"}\n'
        second = first.replace(b'"ts_ns":0', b'"ts_ns":' + b"9" * 32)
        self.assertEqual(len(first + second), 193)
        svg, err = run(stdin=first + second)
        self.assertIn("line 2: a number of more than 20 digits", err)
        self.assertEqual(len(Picture(svg).rows), 1)

    def test_ages(self):
        """All times and durations that are allowed make a picture whose axis has room for its labels."""
        longest = [{**LISTENS, "ts_ns": 0, "oldstate": "ESTABLISHED", "ms": limits.DURATION // 1000 - 1},
                   {**LISTENS, "ts_ns": limits.TIME * 1000 - 1, "newstate": "CLOSE"}]
        for width in (900, limits.WIDTH):
            svg, err = run("--width", str(width), stdin=json_of(longest))
            self.assertEqual(err, "")
            picture = Picture(svg)
            self.assertGreater(picture.settings["span"], limits.TIME)
            self.assertLess(picture.settings["span"], 2 ** 53)
            axis, = (g for g in picture.all("g") if g.get("id") == "axis")
            self.assertGreater(len(axis), 0)
            self.assertLessEqual(len(axis), width / 130 + 1)

    def test_times(self):
        self.leaves_out({**EVENT, "ms": limits.DURATION // 1000}, "ms has a wrong value")
        self.leaves_out({**EVENT, "time_s": -limits.DURATION // 10 ** 6}, "time_s has a wrong value")
        self.takes(ms=limits.DURATION // 1000 - 1, time_s=1 - limits.DURATION // 10 ** 6)
        for more, why in ((0, "ts_ns has a wrong value"), (-1, None)):
            lines = json_of([{**LISTENS, "ts_ns": 1}, {**LISTENS, "ts_ns": limits.TIME * 1000 + more}])
            self.assertEqual(run(stdin=lines)[1],
                             f"tcpstates-timeline: stdin: line 2: {why}; left out\n" if why else "")
        late = json_of([{**LISTENS, "isotime": f"{year}-01-01T00:00:00+00:00"} for year in (2191, 2192)])
        self.assertIn("line 2: isotime has a wrong value", run(stdin=late)[1])

    def test_days(self):
        """Each line that goes back by half a day is of the next day: not for ever."""
        lines = HEADER.replace(b"(s)", b"") + b"23:59:59,a,x,y\n00:00:00,a,x,y\n" * 81100
        svg, err = run(stdin=lines)
        self.assertIn("time is too late; left out\n", err)
        self.assertTrue(Picture(svg).has("lines could not be read$"))
        self.assertIn("line 2: time has a wrong value",
                      run(stdin=HEADER.replace(b"(s)", b"") + b"24:00:00,a,x,y\n00:00:00,a,x,y\n")[1])

    def test_numbers(self):
        for name, end in (("lport", 65536), ("rport", 65536), ("pid", 2 ** 32), ("opid", 2 ** 32),
                          ("netns", 2 ** 32)):
            self.takes(**{name: end - 1})
            self.leaves_out({**EVENT, name: end}, f"{name} has a wrong value")
        number = json_of([EVENT]).replace(b'"time_s": 1', b'"x": ' + b"7" * 5000)
        self.leaves_out(number, "a number of more than 20 digits")
        _, err = run(stdin=HEADER[:-1] + b",LPORT\n" + b"1,a,x,y,1\n1,a,x,y," + b"1" * 5000 + b"\n")
        self.assertIn("line 3: lport has a wrong value", err)
        for constant in (b"NaN", b"Infinity", b"-Infinity"):
            self.leaves_out(json_of([EVENT]).replace(b'"a"', constant), "not JSON")

    def test_words(self):
        self.takes(comm="x" * limits.WORD)
        self.leaves_out({**EVENT, "comm": "x" * (limits.WORD + 1)}, "comm has more than 256 characters")

    def test_nested(self):
        self.leaves_out(b"[" * 60000 + b"\n", "not JSON")
        self.leaves_out(b'{"a":' * 10000 + b"\n", "not JSON")
        for depth in (1, 500, 900, 5000):
            for nested in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth):
                text = json_of([{"record": "start", "host": 0}, {**EVENT, "x": 0}, {"record": "lost", "cause": 0}])
                run(stdin=events() + text.replace(b": 0", b": " + nested))

    def test_line(self):
        text = json_of([EVENT])[:-2]
        fits = text + b',"x":"' + b"x" * (limits.LINE_BYTES - len(text) - 8) + b'"}\n'
        self.assertEqual(len(fits), limits.LINE_BYTES + 1)
        self.assertEqual(run(stdin=events() + fits)[1], "")
        self.leaves_out(fits[:-3] + b'x"}\n', "longer than 65536 bytes")
        self.leaves_out(b"x" * 3 * (limits.LINE_BYTES + 1) + b"\n", "longer than 65536 bytes")
        self.leaves_out(b"x" * 1000000, "longer than 65536 bytes")

    def test_line_goes_on(self):
        """What follows a line that is too long is read, and has its own number."""
        _, err = run(stdin=events() + b"x" * 1000000 + b"\n" + events() + b"x\n")
        self.assertIn("line 2: longer than", err)
        self.assertIn("2 lines in all", err)

    def test_csv_header(self):
        for header in (b'a,b\rc,OLDSTATE\n', b'"a,OLDSTATE\n', b"\0,\n", b"\n", b"," * 100000 + b"OLDSTATE\n"):
            out, err = run(stdin=header + b"1,2\n", status=1)
            self.assertEqual((out, err.count("\n")), (b"", 1), header[:20])

    def test_csv_record(self):
        """A column cannot make a line another record."""
        svg, _ = run(stdin=b"RECORD," + HEADER + b"bad,1,a,CLOSE,LISTEN\n")
        self.assertEqual(len(Picture(svg).rows), 1)


class Counts(unittest.TestCase):
    """How many of a kind are told apart."""

    def test_states(self):
        """A session with more states than there can be is another one."""
        svg, _ = run(stdin=HEADER + b"".join(b"%d,a,x,y\n" % i for i in range(1000)))
        rows = Picture(svg).rows
        self.assertGreater(len(rows), 50)
        self.assertLessEqual(max(len(row.states) for row in rows), limits.STATES + 2)

    def test_open(self):
        lines = "".join(f"1,{i:x},x,y\n" for i in range(limits.OPEN + 2)) + "2,0,y,CLOSE\n2,ffffff,x,y\n"
        svg, err = run(stdin=HEADER + lines.encode())
        self.assertEqual(err, "tcpstates-timeline: stdin: 2 lines left out: 100000 other sessions were open\n")
        picture = Picture(svg)
        self.assertTrue(picture.has("^left out: 2 lines of other sessions while 100,000 were open$"))
        self.assertTrue(picture.has("^100,001 sessions, "))

    def test_fields(self):
        svg, _ = run(stdin=events({f"field{i}": i for i in range(limits.FIELDS + 1)}))
        row = Picture(svg).rows[-1]
        self.assertIn("field63 63", row.what)
        self.assertNotIn("field64", row.what)
        svg, _ = run(stdin=events({"x" * 1000: "y" * 1000}))
        self.assertLess(len(Picture(svg).rows[-1].what), 300)

    def test_kinds(self):
        lines = sample_lines()
        lines += [{"record": f"kind{i}"} for i in range(100)]
        lines += [{"record": "lost", "cause": f"cause{i}", "count": 1} for i in range(100)]
        lines.append({"record": "end", **{f"total{i}": 1 for i in range(100)}})
        picture = Picture(run(stdin=json_of(lines))[0])
        lost, = (text for text in picture.texts if text.startswith("lost: 1"))
        self.assertRegex(lost, "cause18, 81 others")
        self.assertLess(len(lost), 1000)
        self.assertTrue(picture.has("^not shown: 80 records 'others'"))

    def test_marks(self):
        lines = [EVENT] + [{"record": "lost", "cause": "x", "count": 1}] * (limits.MARKS + 5)
        picture = Picture(run(stdin=json_of(lines))[0])
        self.assertTrue(picture.has("^without a line in the picture: 5 records of a loss$"))
        self.assertTrue(picture.has(f"^lost: {limits.MARKS + 5:,} x$"))

    def test_groups(self):
        lines = "".join(f"{i},{i},{i},x,CLOSE\n" for i in range(limits.GROUPS + 9)).encode()
        picture = Picture(run("--group", "peer", stdin=b"RADDR," + HEADER + lines)[0])
        self.assertEqual(picture.headings[-1], "49,951 or more others: 9,950 of 49,959 sessions")

    def test_longest(self):
        """The sessions shown are the longest, also where their beginning is that of the picture."""
        lines = [{**EVENT, "skaddr": f"{i}", "newstate": "CLOSE", "time_s": i, **({"ms": i * 1000 - 500} if i % 2
                  else {})} for i in range(1, 9)]
        picture = Picture(run("--max-sessions", "3", stdin=json_of(lines))[0])
        self.assertEqual([sum(us for _, us in row.states) for row in picture.rows], [5500000, 6500000, 7500000])
        self.assertTrue(picture.has("each of the others lasted 4,500.000 ms or less"))

    def test_options(self):
        for name, most in (("--width", limits.WIDTH), ("--max-sessions", limits.SESSIONS)):
            run(name, str(most), stdin=events())
            _, err = run(name, str(most + 1), stdin=events(), status=2)
            self.assertIn(f"to {most}", err)


class Surroundings(unittest.TestCase):
    """Whatever it is started with: a line that says what is wrong, and status 1."""

    def starts(self, words, stdin=b""):
        done = subprocess.run(["sh", "-c", f'exec "$0" {words}', TOOL], input=stdin, capture_output=True,
                              timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr.decode()

    def test_closed(self):
        self.assertEqual(self.starts("<&-"), (1, b"", "tcpstates-timeline: stdin: Bad file descriptor\n"))
        self.assertEqual(self.starts(">&-", events()),
                         (1, b"", "tcpstates-timeline: stdout: Bad file descriptor\n"))
        for words in ("2>&-", "2>/dev/full"):
            status, out, err = self.starts(words, events() + b"x\n")
            self.assertEqual((status, err, len(Picture(out).rows)), (0, "", 1), words)
            self.assertEqual(self.starts(words), (1, b"", ""), words)

    def test_no_file(self):
        self.assertEqual(self.starts("/"), (1, b"", "tcpstates-timeline: /: Is a directory\n"))
        self.assertEqual(self.starts("/proc/self/mem"),
                         (1, b"", "tcpstates-timeline: /proc/self/mem: Input/output error\n"))

    def test_memory_ends(self):
        """Its own limit, here a lower one, is met with a line and not with the kernel's killer."""
        lines = "".join(f"1,{i:x},x,y\n" for i in range(limits.OPEN)).encode()
        most = 80 << 20
        done = subprocess.run([TOOL], input=HEADER + lines, capture_output=True, timeout=60, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (most, most)))
        self.assertEqual((done.returncode, done.stdout, done.stderr.decode()),
                         (1, b"", "tcpstates-timeline: stdin: more than 80 MiB of memory needed\n"))


class Page(unittest.TestCase):
    def test_page(self):
        with open(os.environ["SOURCE"] + "/docs/tcpstates-timeline.1", encoding="utf-8") as file:
            section = re.search(r"^\.SH LIMITS\n(.*?)^\.SH", file.read(), re.S | re.M)[1]
        for name, value in vars(limits).items():
            if name in ("TIME", "DURATION", "MEMORY"):
                value = {"TIME": "2191", "DURATION": "31 years", "MEMORY": "1 GiB"}[name]
            if name.isupper():
                self.assertRegex(section, rf"\b{value}\b", name)


if __name__ == "__main__":
    unittest.main()
