# SPDX-License-Identifier: Apache-2.0
"""The rows of the picture: which sessions, in which groups, and what is drawn and said of each."""
import collections
import html
import re

from scale import HEADING, rounded
from sessions import STATES, VALUE_ROOM, shortened
from tally import NO_NAME

NUMBERS = {state: number for number, state in enumerate(STATES)}
ADDRESS = re.compile(r"[0-9a-fA-F.:]{1,45}")
LABEL_ROOM = 54
OWNER_UNKNOWN = "owner not known"
MARK = 3  # pixels, at an end that was not seen
LEAST = 2  # pixels that a session has


def visible(text):
    """Text that does nothing to a terminal or a reader, and shows all that is in it."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in str(text))


def clean(text):
    """Text as XML has it."""
    return html.escape(visible(text))


def plural(count, what):
    return f"{count:,} {what}" + ("" if count == 1 else "s")


def end_text(address, port):
    if address in ("0.0.0.0", "::") and not port:
        return "*"
    address = address if isinstance(address, str) and ADDRESS.fullmatch(address) else "?"
    return (f"[{address}]" if ":" in address else address) + f":{'?' if port is None else port}"


def owner_text(session):
    if not session.owner:
        return "?"
    name, process, _ = session.owner
    return f"{shortened(name, VALUE_ROOM)}[{process}]"


def who(session):
    """The last three words are the two ends and a direction: timeline.js finds the ports there."""
    laddr, lport, raddr, rport = session.ends
    arrow = {True: "→", False: "←", None: "–"}[session.active]
    return f"{owner_text(session)} {end_text(laddr, lport)} {arrow} {end_text(raddr, rport)}"


def what(session):
    """How it begins and ends, and what else is known."""
    said = ["open before the trace"] if session.before else []
    said.append("closed" + (f": {session.why}" if session.why else "") if session.closed else "end not seen")
    if session.first:
        said.append(f"first closed by {session.first}")
    if session.owner and session.owner[2]:
        said.append(f"owner by {session.owner[2]}")
    said += [f"{name} {value}" for name, value in session.more.items()]
    return ", ".join(said)


def span_text(session, index):
    """A state and how long, in the tool's own figure where it has one; or what is known of it."""
    span = session.spans[index]
    lasts = span.end - span.begin
    if span.state is None:
        return f"not seen {lasts / 1000:.3f} ms"
    least = span.us is None and (session.before and index == 0 or
                                 not session.closed and index == len(session.spans) - 1)
    us = lasts if span.us is None else span.us
    return f"{span.state} {'at least ' if least else ''}{us / 1000:.3f} ms"


def owner_group(session):
    return session.owner[0] if session.owner else OWNER_UNKNOWN


def peer_group(session):
    return session.ends[2] if session.ends[2] else "peer not known"


def port_group(session):
    """The server's port: which end connected tells, or else the lower one is likely it."""
    _, lport, _, rport = session.ends
    if session.active is None:
        port = min(filter(None, (lport, rport)), default=None)
    else:
        port = rport if session.active else lport
    return f"port {port}" if port else "port not known"


GROUPS = {"owner": owner_group, "peer": peer_group, "port": port_group, "none": lambda session: ""}
MOST_GROUPS = 50

Group = collections.namedtuple("Group", "name shown count")


def group(tally, shown, by):
    """Of the groups that have a session shown: those with the most sessions, and one of the others."""
    key, counts = GROUPS[by], tally.groups
    seen = [name for name in dict.fromkeys(map(key, shown)) if name in counts]
    names = set(sorted(seen, key=counts.get, reverse=True)[:MOST_GROUPS])
    rest = f"{len(counts) - len(names):,}{' or more' if NO_NAME in counts else ''} others"
    others = tally.count - sum(map(counts.get, names))
    groups = {}
    for session in shown:
        name = key(session)
        name, count = (name, counts[name]) if name in names else (rest, others)
        groups.setdefault(name, Group(name, [], count)).shown.append(session)
    return sorted(groups.values(), key=lambda some: (some.name == rest, -some.count))


def bars(session, origin, scale):
    """What is drawn: class and path. A session too short for its states has the longest one's."""
    drawn = [(NUMBERS.get(span.state, 0), span.begin - origin, span.end - origin) for span in session.spans]
    left, right = drawn[0][1], drawn[-1][2]
    if (right - left) * scale.per_us < LEAST:
        state, _, _ = max(drawn, key=lambda bar: bar[2] - bar[1])
        yield f"s{state}", f"M{rounded(min(scale.x(left), scale.right - LEAST))} 0h{LEAST}"
        return
    for state, begin, end in drawn:
        width = rounded((end - begin) * scale.per_us)
        if width != "0":
            yield f"s{state}", f"M{rounded(scale.x(begin))} 0h{width}"
    if session.before:
        yield "m", f"M{rounded(scale.x(left))} 0h{MARK}"
    if not session.closed:
        yield "m", f"M{rounded(scale.x(right) - MARK)} 0h{MARK}"


def row(session, origin, scale, y):
    """A session: data-t has when it begins, and each state's number and length, for timeline.js."""
    spans = session.spans
    first = spans[0].begin - origin
    times = [f"{NUMBERS.get(span.state, 0)}:{span.end - span.begin}" for span in spans]
    flags = ("b" if session.before else "") + ("" if session.closed else "e")
    label = who(session)
    lines = [label, what(session)] + [span_text(session, i) for i in range(len(spans))]
    parts = [f'<g class="r" data-t="{first} {" ".join(times)}"', f' data-f="{flags}"' if flags else "",
             f' transform="translate(0,{rounded(y)})"><title>', clean(lines[0])]
    parts += [f"\n{clean(line)}" for line in lines[1:]]
    parts.append("</title>")
    if scale.labels:
        parts.append(f'<text x="8" y="4">{clean(shortened(label, LABEL_ROOM))}</text>')
    parts += [f'<path class="{name}" d="{path}"/>' for name, path in bars(session, origin, scale)]
    parts.append("</g>\n")
    return "".join(parts)


def heading(some, y):
    shown, count = len(some.shown), some.count
    of = f"{shown:,} of " if shown < count else ""
    text = f"{shortened(some.name, VALUE_ROOM)}: {of}{plural(count, 'session')}"
    return f'<g class="g" transform="translate(0,{y})"><text x="8" y="15">{clean(text)}</text></g>\n'


def bottom(groups, scale, y):
    """Where the rows end."""
    return y + sum((HEADING if some.name else 0) + scale.height * len(some.shown) for some in groups)


def draw(groups, origin, scale, y):
    """All rows, one by one: together they can be as long as a trace."""
    for some in groups:
        if some.name:
            yield heading(some, y)
            y += HEADING
        for session in some.shown:
            yield row(session, origin, scale, y + scale.thickness / 2)
            y += scale.height
