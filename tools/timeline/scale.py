# SPDX-License-Identifier: Apache-2.0
"""Where things lie in the picture, and how a time is written. timeline.js does the same when it draws it anew."""
import math

from records import SECOND

MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86400 * SECOND
STEPS = ([digit * 10 ** power for power in range(6) for digit in (1, 2, 5)] +
         [n * SECOND for n in (1, 2, 5, 10, 15, 30)] + [n * MINUTE for n in (1, 2, 5, 10, 15, 30)] +
         [n * HOUR for n in (1, 2, 3, 6, 12)] +
         [digit * 10 ** power * DAY for power in range(5) for digit in (1, 2, 5)])
TICK_ROOM = 130  # a label fits, with all digits
ROW = 18  # how high a session's row is; timeline.css has how much of that is drawn
HEADING, REST = 30, 30  # how high the other rows are
MARGIN = 12
SIDE = 116  # right of the times: room for the word at an end
GUTTER_SHARE, GUTTER_LEAST, GUTTER_MOST = 0.3, 330, 480  # left of the times: room for a session's name
LABEL, LETTER = 22, 6.9  # where a name begins, and the mean width of its characters
MARK = 3  # pixels, at an end that was not seen
LEAST = 2  # pixels that a session has


def rounded(value):
    """A coordinate to a tenth, as short as can be."""
    tenths = math.floor(value * 10 + 0.5)
    return str(tenths // 10) if tenths % 10 == 0 else str(tenths / 10)


class Scale:
    """Times between two edges, from 0 to span in microseconds, and the room for names beside them."""

    def __init__(self, width, span, clock):
        self.width = width
        self.left = math.floor(min(max(width * GUTTER_SHARE, GUTTER_LEAST), GUTTER_MOST))
        self.right = width - SIDE
        self.letters = math.floor((self.left - LABEL - MARGIN) / LETTER)
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
