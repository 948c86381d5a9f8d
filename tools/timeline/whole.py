# SPDX-License-Identifier: Apache-2.0
"""
The states of a whole session, from its one record of tcpstates --sessions. The record has when the session ended, and
how long it was in each state, or only how long in ESTABLISHED and from the first FIN on. A session is in each state
once at most, and in a fixed order: that places them.
"""
import collections

import limits

# A time in a state, in microseconds, and the tool's own figure of how long, or None. Without a state it is
# a gap: no line says what was there. A beginning of None is the picture's left edge.
Span = collections.namedtuple("Span", "state begin end us")

OPENING = ("SYN_SENT", "SYN_RECV")
CLOSING = ("FIN_WAIT1", "FIN_WAIT2", "CLOSING", "CLOSE_WAIT", "LAST_ACK")


def time_in(record, state):
    return record.get(f"{state.lower()}_ms")


def lay(states, at):
    """Spans of known lengths, one after the other."""
    spans = []
    for state, us in states:
        if us:
            spans.append(Span(state, at, at + us, us))
            at += us
    return spans


def closing_spans(record):
    """What follows the first FIN, up to the end; or a gap; or nothing where its length is not known either."""
    states = [(state, time_in(record, state)) for state in CLOSING]
    if None not in (us for _, us in states):
        return lay(states, record["at"] - sum(us for _, us in states))
    us = record.get("close_ms")
    return [Span(None, record["at"] - us, record["at"], None)] if us else []


def opening_spans(record):
    """The states before ESTABLISHED, from the start on, as far as they are known."""
    sent = time_in(record, "SYN_SENT")
    if sent is None and record["opened"] == "active":
        sent = record.get("connect_ms")
    return lay([("SYN_SENT", sent), ("SYN_RECV", time_in(record, "SYN_RECV"))], record["start"])


def spans(record):
    """All of it, without holes: from the start, or from the left edge where it began before the trace."""
    start, end = record["start"], record["at"]
    parts = [] if start is None else opening_spans(record)
    rest = closing_spans(record)
    established = time_in(record, "ESTABLISHED")
    if established:
        until = rest[0].begin if rest else end
        rest.insert(0, Span("ESTABLISHED", until - established, until, established))
    return joined(parts + rest, start, end, record["opened"])


def joined(parts, start, end, opened):
    """
    The parts without the overlaps and holes that rounding makes; a longer hole is a gap. Start and end are cut to a
    microsecond, and each length is rounded to one.
    """
    made, at = [], start
    rounding = 2 + len(parts) // 2
    for part in parts + [Span(None, end, end, None)]:
        begin = min(max(part.begin, end - limits.DURATION if at is None else at), end)
        if at is None or begin - at > rounding:
            made.append(Span(hole_state(made, part, opened), at, begin, None))
        elif begin > at and made:
            made[-1] = made[-1]._replace(end=begin)
        elif begin > at:
            begin = at
        at = min(max(part.end, begin), end)
        if at > begin:
            made.append(part._replace(begin=begin, end=at))
    return made or [Span(None, start, end, None)]


def hole_state(made, part, opened):
    """A passive session is in SYN_RECV until it is in ESTABLISHED."""
    return "SYN_RECV" if opened == "passive" and not made and part.state == "ESTABLISHED" else None
