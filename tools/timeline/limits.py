# SPDX-License-Identifier: Apache-2.0
"""
The bounds of an input, so that no input takes more time or memory than a picture is worth. A line beyond one is
left out and counted. The manual page lists the bounds, and tests/timeline/limits.py holds it to them.
"""
LINE_BYTES = 65536  # a line of the tool with all fields has some 1000
DIGITS = 20  # what 64 bits have
WORD = 256  # characters of a known field; the longest one that the tool writes is an address
# Microseconds. timeline.js counts with 53 bits, which hold the longest time between two moments: TIME + DURATION.
TIME = 7 * 10 ** 15  # since 1970, or since the boot
DURATION = 10 ** 15
OPEN = 100000  # sessions open at once
STATES = 16  # of one session: without gaps it has 6
FIELDS = 64  # different fields whose meaning is unknown here
KINDS = 20  # different records, and different causes of a loss
MARKS = 1000  # dashed lines of losses
GROUPS = 50000  # that are told apart
PAIRS = 10000  # of sessions between the same two ends, one from each side: with more, none are joined
SESSIONS = 50000  # the most that --max-sessions takes
WIDTH = 100000  # and --width, in pixels
MEMORY = 2 ** 30  # bytes of address space
