# SPDX-License-Identifier: Apache-2.0
"""Where a time lies in the picture, and how it is written. timeline.js does the same when it zooms."""
import math

from records import SECOND

MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
STEPS = ([digit * 10 ** power for power in range(6) for digit in (1, 2, 5)] +
         [n * SECOND for n in (1, 2, 5, 10, 15, 30)] + [n * MINUTE for n in (1, 2, 5, 10, 15, 30)] +
         [n * HOUR for n in (1, 2, 3, 6, 12)] +
         [digit * 10 ** power * DAY for power in range(5) for digit in (1, 2, 5)])
TICK_ROOM = 130  # a label fits, with all digits
# How high rows are, and how much of that is drawn, where there are so many at most.
HEIGHTS = ((300, 14, 12), (1000, 7, 6), (3000, 4, 3), (math.inf, 2, 2))
LABELLED = HEIGHTS[0][1]  # rows that high have their names beside them, in the gutter
GUTTER, SIDE, MARGIN = 350, 50, 10  # on a side without names is room for half a time of the axis
HEADING = 20


def rounded(value):
    """A coordinate to a tenth, as short as can be."""
    tenths = math.floor(value * 10 + 0.5)
    return str(tenths // 10) if tenths % 10 == 0 else str(tenths / 10)


class Scale:
    """Rows of a height, and times between two edges, from 0 to span in microseconds."""

    def __init__(self, width, rows, span, clock):
        self.height, self.thickness = next(some[1:] for some in HEIGHTS if rows <= some[0])
        self.labels = self.height == LABELLED
        self.left, self.right = GUTTER if self.labels else SIDE, width - SIDE
        self.span = span
        self.per_us = (self.right - self.left) / span
        self.clock = clock  # the time of day at the left edge, in microseconds

    def x(self, at):
        return self.left + at * self.per_us

    def ticks(self):
        """Where the axis has times: at round ones of the day, and never closer than a label needs."""
        least = math.ceil(TICK_ROOM / self.per_us)
        step = next((step for step in STEPS if step >= least), least)
        at = math.ceil(self.clock / step) * step - self.clock
        while at <= self.span:
            yield at, time_text(self.clock + at, step)
            at += step


def time_text(at, step=1):
    """A time of day, and how many days after the first; as many digits as the step has."""
    days, rest = divmod(at, DAY)
    seconds, fraction = divmod(rest, SECOND)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    digits = 0 if step >= SECOND else 6 - int(math.log10(step))
    if digits:
        text += f".{fraction:06}"[:digits + 1]
    return f"+{days}d {text}" if days else text
