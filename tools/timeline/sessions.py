# SPDX-License-Identifier: Apache-2.0
"""Sessions, made of records: which states a socket was in, from when to when."""
import collections

import limits
import pairs
import whole
from records import KNOWN, SECOND, SESSION_TIMES, STILL
from whole import Span

STATES = ("", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE",
          "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "NEW_SYN_RECV")
NUMBERS = {state: number for number, state in enumerate(STATES)}
GOOD_ENDS = ("fin", "listen-end")
# No session goes back: what is in an earlier state than before is another one.
RANKS = {"LISTEN": 0, "SYN_SENT": 0, "NEW_SYN_RECV": 0, "SYN_RECV": 1, "ESTABLISHED": 2, "FIN_WAIT1": 3,
         "CLOSE_WAIT": 3, "FIN_WAIT2": 4, "CLOSING": 4, "LAST_ACK": 4, "TIME_WAIT": 5}
SHOWN_ELSEWHERE = KNOWN - {"netns"} | {"record", "at"}
IN_THE_BAR = {"start", "opened", *SESSION_TIMES}  # of the record of a whole session
VALUE_ROOM = 80
WHY_ROOM = 20  # the longest reason has 13 characters
OTHERS = "others"

class Session:
    """A socket from its first line to CLOSE."""

    __slots__ = ("number", "ends", "owner", "active", "why", "first", "more", "spans", "state", "since", "before",
                 "closed", "stuck", "netns", "partner")

    def __init__(self, number, event):
        self.number = number  # in the order of their first lines
        self.ends = ends_of(event)
        self.owner = None  # name, process, how that is known
        self.active = None  # whether it connected; None where that is not known
        self.why = self.first = None
        self.more = {}
        self.spans = []
        self.state = None
        self.since = None
        self.before = False  # whether it was there before the trace
        self.closed = False
        self.netns = event.get("netns")
        self.stuck = False  # whether a line says that it is stuck in its last state
        self.partner = None  # the other end of the same session

    @property
    def is_bad(self):
        return self.stuck or self.why not in (None, *GOOD_ENDS)

    @property
    def end_word(self):
        """What is said at its end; of one that is closed and of which nothing is known, nothing."""
        return "stuck" if self.stuck else shortened(self.why or "", WHY_ROOM)

    def learn(self, event, more):
        """What a line says beside the change, and the values of the fields whose meaning is unknown."""
        laddr, lport, raddr, rport = ends_of(event)
        self.ends = (laddr, lport or self.ends[1], raddr, rport or self.ends[3])
        if event.get("opid") is not None:
            self.owner = (event.get("ocomm") or "?", event["opid"], event.get("ofrom"))
        elif event.get("oldstate") == "CLOSE" and event.get("pid") is not None:
            # Only connect() and listen() leave CLOSE, and so the process on the CPU is the one.
            self.owner = (event.get("comm") or "?", event["pid"], None)
        self.why = event.get("why") or self.why
        self.first = event.get("first") or self.first
        self.more.update(more)


def shortened(text, room):
    return text if len(text) <= room else text[:room - 1] + "…"


def count(counter, name, number):
    """Counts under a name, if there are not too many already."""
    name = shortened(name, VALUE_ROOM)
    counter[name if name in counter or len(counter) < limits.KINDS else OTHERS] += number


def ends_of(event):
    return tuple(event.get(name) for name in ("laddr", "lport", "raddr", "rport"))


def is_born(old, new):
    return old == "CLOSE" or (old, new) == ("LISTEN", "SYN_RECV")


def is_over(session, event):
    """Whether the line is of another socket that has the address now."""
    if is_born(event["oldstate"], event["newstate"]):
        return True
    for had, has in zip(session.ends[1:], ends_of(event)[1:]):
        if had and has and had != has:
            return True
    return RANKS.get(event["oldstate"], 9) < RANKS.get(session.state, 0)


class Trace:
    """
    The sessions of an input, its edges, and what it lacks. A session that is over is the tally's; those that
    are shown are there at the end.
    """

    def __init__(self, clock, is_csv, tally):
        self.clock = clock
        self.is_csv = is_csv
        self.tally = tally
        self.shown = []
        self.left_out = None  # the length of the longest session that is not shown, if any is not
        self.bad_left_out = 0
        self.open = {}
        self.begun = 0
        self.crowded = 0  # lines of sessions beyond those that may be open
        self.fields = {}  # the names of those whose meaning is unknown: in full, and as shown
        self.left = self.right = None
        self.start = None  # the time of the last start record, where events are placed by such times
        self.host = None
        self.changes = 0
        self.wholes = 0  # records of whole sessions
        self.has_gaps = False  # whether one of them does not say when it was in which state
        self.marks = []  # (time, count, cause)
        self.unmarked = 0
        self.lost = collections.Counter()
        self.uncounted = False  # more may have been missed: the kernel does not tell
        self.totals = collections.Counter()
        self.others = collections.Counter()  # records of other kinds
        self.bad = 0
        self.complete = False

    def take(self, record):
        """One record."""
        kind = record["record"]
        if kind == "event":
            self.event(record)
        elif kind == "session":
            self.whole(record)
        elif kind == "start":
            self.begin(record)
        elif kind == "lost":
            self.loss(record)
        elif kind == "end":
            self.complete = True
            for cause, number in record.items():
                if type(number) is int and number > 0 and cause != "events":
                    count(self.totals, cause, number)
            self.uncounted |= record.get("missed", 0) is None
            self.reach(record)
        elif kind == "bad":
            self.bad += 1
        else:
            count(self.others, kind, 1)

    def reach(self, record):
        """Room for what is no event: its time, or None if events are placed by another one."""
        if not record.get("isotime") or self.clock.field not in (None, "isotime"):
            return None
        self.include(record["isotime"][0])
        return record["isotime"][0]

    def include(self, at):
        self.left = at if self.left is None else min(self.left, at)
        self.right = at if self.right is None else max(self.right, at)

    def begin(self, record):
        """A trace begins; what an earlier one in the same input left open has no end."""
        self.leave_all()
        host = record.get("host")
        self.host = host if isinstance(host, str) else None
        self.complete = False
        self.start = self.reach(record)

    def loss(self, record):
        cause, number = record.get("cause"), record.get("count") or 1
        cause = shortened(cause, VALUE_ROOM) if isinstance(cause, str) else OTHERS
        count(self.lost, cause, number)
        if len(self.marks) < limits.MARKS:
            self.marks.append((self.reach(record), number, cause))
        else:
            self.unmarked += 1

    def event(self, event):
        """A change, or a line that says that there was none."""
        if not self.begun and self.clock.field != "isotime":
            self.left = self.right = self.start = None
            self.marks = [(None, number, cause) for _, number, cause in self.marks]
        key = (event.get("netns"), event["skaddr"])
        session = self.open.get(key)
        if session and (is_over(session, event) or len(session.spans) >= limits.STATES):
            self.leave(session, self.known_since(event))
            self.end(key)
            session = None
        if not session:
            session = self.session_begin(key, event)
        if not session:
            return
        session.learn(event, self.more(event))
        session.stuck = event["newstate"] == "(stuck)"
        self.change(session, event)
        if event["newstate"] == "CLOSE":
            session.closed = True
            self.end(key)

    def whole(self, record):
        """A record of --sessions: all of a session."""
        self.begun += 1
        session = Session(self.begun, record)
        session.learn(record, self.more(record))
        session.before, session.closed = record["start"] is None, True
        session.active = {"active": True, "passive": False}.get(record["opened"])
        session.spans = whole.spans(record)
        for span in session.spans:
            self.include(span.end if span.begin is None else span.begin)
        self.include(record["at"])
        self.wholes += 1
        self.has_gaps |= any(span.state is None for span in session.spans)
        self.tally.add(session)

    def session_begin(self, key, event):
        """None if there are too many."""
        if len(self.open) >= limits.OPEN:
            self.crowded += 1
            return None
        self.begun += 1
        session = self.open[key] = Session(self.begun, event)
        return session

    def more(self, event):
        """The fields whose meaning is unknown: what is shown of the names and values."""
        for name, value in event.items():
            if name in SHOWN_ELSEWHERE or not isinstance(value, (str, int, float)):
                continue
            if event["record"] == "session" and name in IN_THE_BAR:
                continue
            if name not in self.fields and len(self.fields) < limits.FIELDS:
                self.fields[name] = shortened(name, VALUE_ROOM)
            if name in self.fields:
                yield self.fields[name], shortened(str(value), VALUE_ROOM)

    def end(self, key):
        self.tally.add(self.open.pop(key))

    def change(self, session, event):
        """Ends the span that the line is about, if it does not say that it lasts."""
        old, new, us = event["oldstate"], event["newstate"], event.get("ms")
        at = self.placed(session, event)
        first = session.state is None
        self.include(at)
        if first and not is_born(old, new):
            session.before = us is None
            session.state = old
            session.since = self.left_edge(at) if us is None else self.known_since(event)
        elif session.state != old and not first:
            # Lines are missing: only the line's own figure says since when it is in this state.
            known = self.known_since(event)
            since = known if session.since is None else max(known, session.since)
            session.spans.append(Span(None, session.since, since, None))
            session.state, session.since = old, since
        if new in STILL:
            return
        self.changes += 1
        if session.state is not None:
            session.spans.append(Span(old, session.since, at, us))
        if new in ("SYN_SENT", "SYN_RECV"):
            session.active = new == "SYN_SENT"
        session.state, session.since = new, at

    def placed(self, session, event):
        """
        The time of a line: not before the session's last one. Where times are to the second, its own figure
        puts it into that second.
        """
        at, since = event["at"], session.since
        if since is None:
            return at
        if self.clock.coarse:
            return max(at, since, min(since + (event.get("ms") or 0), at + SECOND))
        return max(at, since)

    def left_edge(self, at):
        """Of the trace that the line is in: a change may come before the start record is written."""
        return None if self.start is None else min(self.start, at)

    def known_since(self, event):
        """The first moment of which the line knows the state."""
        at = event["at"]
        if not is_born(event["oldstate"], event["newstate"]):
            at -= event.get("ms") or 0
        self.include(at)
        return at

    def leave(self, session, at):
        """Its end is not among the lines, but it was before this time."""
        since = session.since
        session.spans.append(Span(None, since, at if since is None else max(at, since), None))

    def leave_all(self):
        """The end of a trace: all that is open lasts until then, as far as one knows."""
        for session in self.open.values():
            session.spans.append(Span(session.state, session.since, self.right, None))
            self.tally.add(session)
        self.open.clear()

    def finish(self):
        """The end of the input. What began at the left edge gets the time of that."""
        self.leave_all()
        if self.left is None:
            self.left = self.right = 0
        self.shown, self.left_out, self.bad_left_out = self.tally.choose(self.left)
        pairs.join(self.shown)
        self.lost |= self.totals
