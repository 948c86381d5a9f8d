# SPDX-License-Identifier: Apache-2.0
"""A band: how many sessions are open, by state, as areas on top of each other."""
from sessions import STATES

# From the bottom: what lasts is below what is short.
STACK = tuple(map(STATES.index, ("LISTEN", "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT2", "TIME_WAIT", "FIN_WAIT1", "CLOSING",
                                 "LAST_ACK", "SYN_RECV", "NEW_SYN_RECV", "SYN_SENT", "CLOSE", "")))


def outline(columns, top):
    """The edge of an area, from left to right, or none if it is flat: columns are pairs of x and y."""
    parts, last = [], None
    for (begin, end), y in zip(columns, top):
        if y != last:
            parts.append(f"{begin} {y}")
            last = y
        parts.append(f"{end} {y}")
    return parts


def simplified(points):
    """Without the points in the middle of a level line."""
    made = []
    for point in points:
        if len(made) > 1 and made[-1].split(" ")[1] == made[-2].split(" ")[1] == point.split(" ")[1]:
            made[-1] = point
        else:
            made.append(point)
    return made


def areas(levels, left, right, width, height):
    """The greatest number that is open, and for each state its number and the path of its area."""
    levels = list(levels)
    most = max((sum(states.values()) for _, _, states in levels), default=0)
    if not most:
        return 0, []
    columns = [tuple(round((at - left) * width / max(right - left, 1)) for at in (begin, end)) for begin, end, _ in levels]
    below, drawn = [0.0] * len(levels), []
    for state in STACK:
        if not any(states.get(state) for _, _, states in levels):
            continue
        above = [low + states.get(state, 0) for low, (_, _, states) in zip(below, levels)]
        tops, bottoms = ([round(height - value * height / most) for value in values] for values in (above, below))
        points = simplified(outline(columns, tops)) + simplified(outline(columns, bottoms))[::-1]
        drawn.append((state, f"M{'L'.join(points)}z"))
        below = above
    return most, drawn
