# SPDX-License-Identifier: Apache-2.0
"""The rows of the picture: what is said of each session, and how it is drawn where no script runs."""
import collections
import html
import json
import re

import groups
from band import areas
from occupancy import Occupancy
from scale import HEADING, LABEL, LEAST, MARK, REST, ROW, rounded
from sessions import NUMBERS, VALUE_ROOM, shortened

ADDRESS = re.compile(r"[0-9a-fA-F.:]{1,45}")
IN_XML = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&"})
CROSS = "l7 7m0-7l-7 7"
DIAMOND = "l5 5-5 5-5-5z"
NAME_ROOM = 48  # characters of a group's name
WORDS = 70  # characters of the bad ends in a heading


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


def ends_text(session):
    laddr, lport, raddr, rport = session.ends
    arrow = {True: "→", False: "←", None: "–"}[session.active]
    return f"{end_text(laddr, lport)} {arrow} {end_text(raddr, rport)}"


def who(session):
    """The last three words are the two ends and a direction: timeline.js finds the ports there."""
    return f"{owner_text(session)} {ends_text(session)}"


def what(session):
    """How it begins and ends, and what else is known."""
    said = ["open before the trace"] if session.before else []
    said.append("closed" + (f": {session.why}" if session.why else "") if session.closed else "end not seen")
    if session.stuck:
        said.append(f"stuck in {session.state}")
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


def texts(session):
    return [who(session), what(session)] + [span_text(session, i) for i in range(len(session.spans))]


def json_text(value):
    """JSON that is text of XML as it is: what XML would take for its own is escaped as JSON does it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(IN_XML)


def session_data(session, following, is_guest, origin):
    """A session for timeline.js: when it begins, each state's number and length; flags; its end; texts."""
    times = [f"{NUMBERS.get(span.state, 0)}:{span.end - span.begin}" for span in session.spans]
    flags = {"b": session.before, "e": not session.closed, "x": session.is_bad, "s": session.stuck,
             "j": following is not None and session.partner is following, "g": is_guest}
    return json_text([f"{session.spans[0].begin - origin} {' '.join(times)}",
                      "".join(flag for flag, has in flags.items() if has), visible(session.end_word),
                      *map(visible, texts(session))])


def group_note(some):
    """What a heading says of the sessions that are in another group than their owner's, or the like."""
    guests = f", and the other ends of {len(some.guests):,}" if some.guests else ""
    return guests + (f", {some.away:,} shown at their other ends" if some.away else "")


def data(some_groups, origin):
    """All that timeline.js draws, a line for each group and session: together they can be as long as a trace."""
    for some in some_groups:
        yield json_text({"name": visible(shortened(some.name, NAME_ROOM)), "count": some.count, "away": some.away}) + "\n"
        for session, following in zip(some.shown, some.shown[1:] + [None]):
            yield session_data(session, following, session.number in some.guests, origin) + "\n"


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


def label_text(text, letters):
    """A name that fits. What it can do without first is the local address, then the end of the owner's name."""
    if len(text) <= letters:
        return text
    *owner, near, arrow, far = text.split(" ")
    ends = f":{near.rpartition(':')[2]} {arrow} {far}"
    return f"{shortened(' '.join(owner), max(letters - len(ends) - 1, 2))} {ends}"


def end_mark(session, x):
    """A mark and the word at an end, unless it is an ordinary one."""
    word = session.end_word
    if word in ("", "fin"):
        return ""
    if session.stuck:
        mark = f'<path class="y" d="M{rounded(x + 6)} -5{DIAMOND}"/>'
    elif session.is_bad:
        mark = f'<path class="x" d="M{rounded(x + 2)} -3.5{CROSS}"/>'
    else:
        mark = f'<path class="o" d="M{rounded(x + 2)} -5v10"/>'
    return f'{mark}<text class="{"w" if session.is_bad else "v"}" x="{rounded(x + 14)}" y="4">{clean(word)}</text>'


def row(session, following, origin, scale, y):
    lines = texts(session)
    joint = f'<path class="j" d="M{LABEL - 6} 0h-6v{ROW}h6"/>' if following and session.partner is following else ""
    drawn = "".join(f'<path class="{name}" d="{path}"/>' for name, path in bars(session, origin, scale))
    return (f'<g class="r" transform="translate(0,{y})"><title>{"&#10;".join(map(clean, lines))}</title>'
            f'<text x="{LABEL}" y="4">{clean(label_text(lines[0], scale.letters))}</text>{joint}{drawn}'
            f'{end_mark(session, scale.x(session.spans[-1].end - origin))}</g>\n')


def bad_text(sessions, letters):
    """How many bad ends of each kind, the most frequent ones, as many as there is room for."""
    text = ""
    words = collections.Counter(session.end_word for session in sessions if session.is_bad)
    for word, number in words.most_common():
        more = f" · {number:,} {word}"
        if len(text) + len(more) > letters:
            return text + " · …"
        text += more
    return text


def heading(some, y):
    own = len(some.shown) - len(some.guests) + some.away
    of = f"{own:,} of " if own < some.count else ""
    text = f"{of}{plural(some.count, 'session')}{group_note(some)}"
    return (f'<g class="g" transform="translate(0,{y})"><rect class="under" y="3" width="100%" height="{HEADING - 6}"/>'
            f'<text x="{LABEL}" y="19">'
            f'{clean(shortened(some.name, NAME_ROOM))}<tspan class="said" dx="10">{clean(text)}</tspan>'
            f'<tspan class="warn">{clean(bad_text(some.shown, WORDS))}</tspan></text></g>\n')


def rest(sessions, trace, scale, y):
    """The sessions of a group that are not drawn: how many are open, by state."""
    occupancy = Occupancy()
    for session in sessions:
        occupancy.add(session)
    levels = occupancy.levels(trace.left, max(trace.right, trace.left + 1))
    _, drawn = areas(levels, trace.left, trace.right, scale.right - scale.left, REST - 6)
    paths = "".join(f'<path class="a s{state}" d="{path}"/>' for state, path in drawn)
    text = f"{len(sessions):,} more"
    bad = bad_text(sessions, scale.letters - len(text) - 4)
    return (f'<g class="t" transform="translate(0,{y})"><text x="{LABEL}" y="19">'
            f'{text}<tspan class="warn">{clean(bad)}</tspan></text>'
            f'<g transform="translate({scale.left},3)">{paths}</g></g>\n')


def bottom(some_groups, y):
    """Where the rows end."""
    most = groups.few(some_groups)
    for some in some_groups:
        count = groups.drawn_of(some, most)
        y += (HEADING if some.name else 0) + ROW * count + (REST if count < len(some.shown) else 0)
    return y


def draw(some_groups, trace, scale, y):
    """The rows that are drawn without a script."""
    most = groups.few(some_groups)
    for some in some_groups:
        if some.name:
            yield heading(some, y)
            y += HEADING
        count = groups.drawn_of(some, most)
        for session, following in zip(some.shown[:count], some.shown[1:count] + [None]):
            yield row(session, following, trace.left, scale, y + ROW // 2)
            y += ROW
        if count < len(some.shown):
            yield rest(some.shown[count:], trace, scale, y)
            y += REST
