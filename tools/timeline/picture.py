# SPDX-License-Identifier: Apache-2.0
"""The SVG: one file, with its style and its script in it, that asks for nothing else."""
import datetime
import pathlib

import limits
import rows
from records import EPOCH, MICROSECOND, SECOND
from scale import (DAY, GUTTER, HEADING, HEIGHTS, LABELLED, MARGIN, SIDE, STEPS, TICK_ROOM, Scale, rounded,
                   time_text)
from sessions import STATES

HERE = pathlib.Path(__file__).resolve().parent
LEGEND = ("LISTEN", "SYN_SENT", "NEW_SYN_RECV", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
          "CLOSING", "TIME_WAIT", "CLOSE_WAIT", "LAST_ACK")
LINE, SWATCH = 17, 22
TOOLS = 480  # the room that search and reset have beside the title
HINT = "Hover over a session for its numbers."
SHORTEST = 1000  # microseconds: an input with one time has a picture, too


def begin_text(trace):
    """When the picture begins, as exactly as the input says."""
    if trace.clock.field == "isotime":
        zone = datetime.timezone(trace.clock.zone * MICROSECOND)
        return (EPOCH + trace.left * MICROSECOND).astimezone(zone).isoformat(" ", "milliseconds")
    if trace.clock.coarse:
        return time_text(trace.left, SECOND) + " (times are to the second: -t has all digits)"
    return "the first line (the input has no time of day)"


def captions(trace):
    """What the picture is of, and what is missing: lines of text, each with whether it is a warning."""
    tally = trace.tally
    lasts = (trace.right - trace.left) / SECOND
    counts = f"{rows.plural(tally.count, 'session')}, {rows.plural(trace.changes, 'change')}"
    said = [(f"{counts} in {lasts:,.3f} s from {begin_text(trace)}; {tally.before:,} open before, "
             f"{tally.unended:,} with no end seen", False)]
    if trace.left_out is not None:
        said.append((f"{len(trace.shown):,} of {tally.count:,} sessions: the longest; each of the others lasted "
                     f"{trace.left_out / 1000:,.3f} ms or less (--max-sessions)", True))
    if trace.crowded:
        said.append((f"left out: {rows.plural(trace.crowded, 'line')} of other sessions while {limits.OPEN:,} "
                     "were open", True))
    if tally.has_unowned and not tally.has_source:
        said.append(("owners are known where a connect or listen was seen: tcpstates -x tells more", False))
    losses = [f"{number:,} {rows.shortened(cause, 40)}" for cause, number in trace.lost.items() if number]
    if losses:
        said.append((f"lost: {', '.join(losses)}", True))
    if trace.unmarked:
        said.append((f"without a line in the picture: {rows.plural(trace.unmarked, 'record')} of a loss", True))
    if trace.uncounted:
        said.append(("what was missed while the program was busy is not known", True))
    if trace.bad:
        said.append((f"{rows.plural(trace.bad, 'line')} could not be read", True))
    if trace.others:
        kinds = ", ".join(f"{rows.plural(number, 'record')} '{rows.shortened(kind, 40)}'"
                          for kind, number in trace.others.most_common(5))
        said.append((f"not shown: {kinds}", True))
    if trace.is_csv:
        said.append(("CSV does not say what was lost (-j does)", False))
    elif not trace.complete:
        said.append(("the trace has no end record: what came later, or was lost, is not known", True))
    return said


def legend(states, has_lost, width, y):
    """What the colors mean, of the states that there are; and where the last line of it is."""
    items = [(f"s{STATES.index(state)}", state) for state in LEGEND if state in states]
    if states - set(LEGEND):
        items.append(("s0", "not seen"))
    items.append(("m", "open before, or no end seen"))
    if has_lost:
        items.append(("lost", "something lost"))
    parts, x = [], MARGIN
    for name, text in items:
        room = SWATCH + 20 + 8 * len(text)
        if x + room > width:
            x, y = MARGIN, y + LINE
        parts.append(f'<path class="{name}" d="M{x} {y}h{SWATCH}"/><text x="{x + SWATCH + 5}" y="{y + 4}">'
                     f'{text}</text>')
        x += room
    return f'<g id="legend" stroke-width="12">{"".join(parts)}</g>\n', y


def head(title, said, states, has_lost, scale, width):
    """What stays on top: title, captions, legend, details and the axis. And where the rows begin."""
    y = 26
    parts = [f'<text class="title" x="{MARGIN}" y="{y}">'
             f'{rows.clean(rows.shortened(title, (width - TOOLS) // 11))}</text>\n']
    for text, warns in said:
        y += LINE
        parts.append(f'<text class="{"warn" if warns else "said"}" x="{MARGIN}" y="{y}">{rows.clean(text)}'
                     '</text>\n')
    drawn, y = legend(states, has_lost, width, y + 16)
    parts.append(drawn)
    y += 14
    parts.append(f'<rect id="box" x="{MARGIN}" y="{y}" width="{width - 2 * MARGIN}" height="{2 * LINE + 6}"/>'
                 f'<g id="details" aria-live="polite"><text x="{MARGIN + 6}" y="{y + 15}">{HINT}</text>'
                 f'<text x="{MARGIN + 6}" y="{y + 15 + LINE}"/></g>\n')
    y += 2 * LINE + 24
    parts.append(f'<g id="axis" transform="translate(0,{y})">{axis(scale)}</g>\n')
    y += 8
    parts.append(f'<line x1="0" x2="{width}" y1="{y}" y2="{y}"/>')
    return f'<g id="head"><rect id="cover" width="{width}" height="{y}"/>\n{"".join(parts)}</g>\n', y + 4


def axis(scale):
    return "".join(f'<text x="{rounded(scale.x(at))}">{text}</text>' for at, text in scale.ticks())


def grid(scale, top, bottom):
    lines = "".join(f"M{rounded(scale.x(at))} {top}V{bottom}" for at, _ in scale.ticks())
    return f'<path id="grid" d="{lines}"/>\n'


def lost_lines(trace, scale, top, bottom):
    """A line where the trace says that something was lost."""
    parts = []
    for at, count, cause in trace.marks:
        if at is None:
            continue
        at -= trace.left
        parts.append(f'<path class="lost" data-t="{at}" d="M{rounded(scale.x(at))} {top}V{bottom}">'
                     f'<title>lost: {count:,} {rows.clean(cause)}</title></path>')
    return f'<g id="marks">{"".join(parts)}</g>\n'


def script_data(scale, width, top):
    """What timeline.js needs to lay it out anew, so that it is said in one place."""
    heights = " ".join(":".join(map(str, some)) for some in HEIGHTS).replace("inf", "Infinity")
    data = {"span": scale.span, "clock": scale.clock, "width": width, "top": top, "margin": MARGIN,
            "side": SIDE, "gutter": GUTTER, "labelled": LABELLED, "room": rows.LABEL_ROOM, "heading": HEADING,
            "heights": heights, "tick": TICK_ROOM, "steps": " ".join(map(str, STEPS)), "mark": rows.MARK,
            "least": rows.LEAST}
    return " ".join(f'data-{name}="{value}"' for name, value in data.items())


def clock_of(trace):
    """The time of day at the left edge."""
    if trace.clock.field == "isotime":
        return (trace.left + trace.clock.zone) % DAY
    return trace.left % DAY if trace.clock.coarse else 0


def make(trace, title, by, width):
    """The whole picture, as pieces of text."""
    scale = Scale(width, len(trace.shown), max(trace.right - trace.left, SHORTEST), clock_of(trace))
    states = {span.state for session in trace.shown for span in session.spans}
    said = captions(trace)
    title = title or "TCP sessions" + (f" of {trace.host}" if trace.host else "")
    top_part, top = head(title, said, states, any(mark[0] is not None for mark in trace.marks), scale, width)
    groups = rows.group(trace.tally, trace.shown, by)
    bottom = rows.bottom(groups, scale, top)
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("timeline.css", "timeline.js"))
    yield f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{bottom + MARGIN}"
 {script_data(scale, width, top)}>
<style><![CDATA[
{style}]]></style>
<defs><pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse">
<path d="M-1 7 7-1M-1 1 1-1M5 7 7 5"/></pattern></defs>
<rect id="back" width="100%" height="100%"/>
{grid(scale, top, bottom)}<g id="rows" stroke-width="{scale.thickness}">
"""
    yield from rows.draw(groups, trace.left, scale, top)
    yield f"""</g>
{lost_lines(trace, scale, top, bottom)}<rect id="drag" width="0" height="0"/>
<rect id="sel" width="0" height="0"/>
{top_part}<script><![CDATA[
{script}]]></script>
</svg>
"""
