# SPDX-License-Identifier: Apache-2.0
"""The SVG: one file, with its style and its script in it, that asks for nothing else."""
import datetime
import pathlib
import textwrap

import band
import groups
import limits
import rows
import scale as places
from records import EPOCH, MICROSECOND, SECOND
from scale import DAY, HEADING, LABEL, MARGIN, REST, ROW, STEPS, TICK_ROOM, Scale, rounded, time_text
from sessions import STATES

HERE = pathlib.Path(__file__).resolve().parent
LEGEND = ("LISTEN", "SYN_SENT", "NEW_SYN_RECV", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2",
          "CLOSING", "TIME_WAIT", "CLOSE_WAIT", "LAST_ACK")
LINE, SWATCH, LETTER = 18, 16, 7.2
NARROWEST = 900  # the least width
OVERVIEW = 64
FINE = 1000  # the overview's own coordinates
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
    counts = rows.plural(tally.count, "session")
    if trace.changes or not trace.wholes:
        counts += f", {rows.plural(trace.changes, 'change')}"
    said = [(f"{counts} in {lasts:,.3f} s from {begin_text(trace)}; {tally.before:,} open before, "
             f"{tally.unended:,} with no end seen", False)]
    if tally.bad_ends:
        bad = ", ".join(f"{number:,} {rows.shortened(word, 40)}" for word, number in tally.bad_ends.most_common())
        said.append((f"ended badly, or stuck: {bad}", True))
    if trace.left_out is not None:
        missing = f"; {trace.bad_left_out:,} of them ended badly" if trace.bad_left_out else ""
        said.append((f"{len(trace.shown):,} of {tally.count:,} sessions: bad ends, then the longest; each of the others "
                     f"lasted {trace.left_out / 1000:,.3f} ms or less{missing} (--max-sessions)", True))
    if trace.has_gaps:
        said.append(("the states of closing are known with tcpstates --sessions -o "
                     "+fin_wait1_ms,fin_wait2_ms,closing_ms,close_wait_ms,last_ack_ms", False))
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
        room = SWATCH + 20 + LETTER * len(text)
        if x + room > width and x > MARGIN:
            x, y = MARGIN, y + LINE
        parts.append(f'<path class="{name}" d="M{rounded(x)} {y}h{SWATCH}"/>'
                     f'<text x="{rounded(x + SWATCH + 6)}" y="{y + 4}">{text}</text>')
        x += room
    return f'<g id="legend">{"".join(parts)}</g>\n', y


def length_text(us):
    """A length of time, to two digits or three."""
    for least, unit in ((SECOND, "s"), (1000, "ms")):
        if us >= least:
            return f"{us / least:,.{1 if us < 10 * least else 0}f} {unit}"
    return f"{us} us"


def overview(trace, scale, y):
    """How many sessions are open over all of the time, and when one ended badly: timeline.js changes its width only."""
    occupancy, right = trace.tally.occupancy, trace.left + scale.span
    most, drawn = band.areas(occupancy.levels(trace.left, right), trace.left, right, FINE, OVERVIEW)
    paths = "".join(f'<path class="a s{state}" d="{path}"/>' for state, path in drawn)
    columns = [(round((column + 0.5) * occupancy.width - trace.left) * FINE // scale.span, number)
               for column, number in sorted(occupancy.bad.items())]
    most_bad = max(occupancy.bad.values(), default=0)
    bad = "".join(f"M{min(max(at, 0), FINE - 2)} {OVERVIEW + 2}h2v{rounded(2 + 8 * number / most_bad)}h-2z"
                  for at, number in columns)
    said = ["open sessions, by state"]
    if most:
        said.append(f"up to {most:,.{0 if most >= 10 else 1}f} (mean over {length_text(occupancy.width)})")
    if bad:
        said.append("red, below: bad ends")
    lines = "".join(f'<text class="{"said" if i else ""}" x="{MARGIN}" y="{y + 16 + i * LINE}">{text}</text>'
                    for i, text in enumerate(said))
    return (f'{lines}<svg id="overview" x="{scale.left}" y="{y}" width="{scale.right - scale.left}" '
            f'height="{OVERVIEW + 12}" viewBox="0 0 {FINE} {OVERVIEW + 12}" preserveAspectRatio="none">'
            f'<rect class="under" width="{FINE}" height="{OVERVIEW}"/>{paths}<path class="bad" d="{bad}"/></svg>\n'
            f'<path id="window" d=""/>\n')


def head(title, said, states, trace, scale):
    """
    What is above the rows. The title and the captions scroll away; the legend, the overview, the details and the axis
    stay on top. Returns where these begin, and where the rows do.
    """
    y = 32
    parts = [f'<text class="title" x="{MARGIN}" y="{y}">'
             f'{rows.clean(rows.shortened(title, (scale.width - 2 * MARGIN) // 12))}</text>\n']
    y += 6
    for text, warns in said:
        lines = []
        for line in textwrap.wrap(text, int((NARROWEST - 2 * MARGIN) / LETTER)):
            y += LINE
            lines.append(f'<tspan x="{MARGIN}" y="{y}">{rows.clean(line)}</tspan>')
        parts.append(f'<text class="{"warn" if warns else "said"}">{" ".join(lines)}</text>\n')
    y += 10
    sticky = y
    has_lost = any(mark[0] is not None for mark in trace.marks)
    drawn, y = legend(states, has_lost, NARROWEST - MARGIN, y + 12)
    parts.append(drawn)
    y += 18
    parts.append(overview(trace, scale, y))
    y += OVERVIEW + 20
    parts.append(f'<g id="details" aria-live="polite"><text x="{MARGIN}" y="{y + 13}">{HINT}</text>'
                 f'<text class="said" x="{MARGIN}" y="{y + 13 + LINE}"/></g>\n')
    y += 2 * LINE + 26
    parts.append(f'<g id="axis" transform="translate(0,{y})">{axis(scale)}</g>\n')
    y += 8
    parts.append(f'<line x1="0" x2="100%" y1="{y}" y2="{y}"/>')
    return f'<g id="head"><rect id="cover" width="100%" height="{y}"/>\n{"".join(parts)}</g>\n', sticky, y + 2


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


def script_data(scale, is_fixed, sticky, top):
    """What timeline.js needs to lay it out anew, so that it is said in one place."""
    return rows.json_text({
        "states": STATES, "stack": band.STACK, "span": scale.span, "clock": scale.clock, "width": scale.width,
        "fixed": is_fixed, "narrowest": NARROWEST, "sticky": sticky, "top": top, "margin": MARGIN, "side": places.SIDE,
        "gutter": [places.GUTTER_SHARE, places.GUTTER_LEAST, places.GUTTER_MOST], "label": LABEL,
        "letter": places.LETTER, "row": ROW, "heading": HEADING, "rest": REST, "mark": places.MARK,
        "least": places.LEAST, "tick": TICK_ROOM, "steps": STEPS, "all": groups.ALL, "few": groups.FEW,
        "cross": rows.CROSS, "diamond": rows.DIAMOND, "overview": OVERVIEW, "words": rows.WORDS})


def clock_of(trace):
    """The time of day at the left edge."""
    if trace.clock.field == "isotime":
        return (trace.left + trace.clock.zone) % DAY
    return trace.left % DAY if trace.clock.coarse else 0


def title_of(trace):
    return "TCP sessions" + (f" of {trace.host}" if trace.host else "")


def make(trace, title, by, width):
    """The whole picture, as pieces of text. Without a width it is as wide as the window, or a usual one."""
    scale = Scale(width or 1200, max(trace.right - trace.left, SHORTEST), clock_of(trace))
    states = {span.state for session in trace.shown for span in session.spans}
    top_part, sticky, top = head(title, captions(trace), states, trace, scale)
    some = groups.group(trace.tally, trace.shown, by)
    bottom = rows.bottom(some, top)
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("timeline.css", "timeline.js"))
    yield f"""<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="{scale.width}" height="{bottom + MARGIN}">
<style><![CDATA[
{style}]]></style>
<defs><pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse">
<path d="M-1 7 7-1M-1 1 1-1M5 7 7 5"/></pattern></defs>
<rect id="back" width="100%" height="100%"/>
{grid(scale, top, bottom)}<g id="rows">
"""
    yield from rows.draw(some, trace, scale, top)
    yield f"""</g>
{lost_lines(trace, scale, top, bottom)}<rect id="drag" width="0" height="0"/>
<rect id="sel" width="0" height="0"/>
{top_part}<metadata id="data">{script_data(scale, width is not None, sticky, top)}
"""
    yield from rows.data(some, trace.left)
    yield f"""</metadata>
<script><![CDATA[
{script}]]></script>
</svg>
"""
