# SPDX-License-Identifier: Apache-2.0
"""How many sessions are in each state over time, in bounded memory, whatever the number of sessions."""
import collections

from sessions import NUMBERS

COLUMNS = 512  # at most; the real number is more than half of that in a long trace


class Occupancy:
    """
    Columns of equal width, a power of two of microseconds that doubles when the columns no longer cover all times.
    A column keeps, for each state, the change of the number of sessions within the column, and the time that these
    changes add to the column itself. Both can be added up exactly when two columns become one.
    """

    def __init__(self):
        self.width = 1
        self.columns = {}  # number: {state's number: [change, time]}
        self.low = self.high = None
        self.bad = collections.Counter()  # column: how many bad ends
        self.early = collections.Counter()  # states that begin at the left edge, which is known at the end

    def add(self, session):
        for span in session.spans:
            state = NUMBERS.get(span.state, 0)
            if span.begin is None:
                self.early[state] += 1
            else:
                self.change(state, span.begin, 1)
            self.change(state, span.end, -1)
        if session.is_bad and session.closed:
            self.bad[session.spans[-1].end // self.width] += 1

    def finish(self, left):
        for state, number in self.early.items():
            self.change(state, left, number)
        self.early.clear()

    def change(self, state, at, number):
        column = at // self.width
        self.low = column if self.low is None else min(self.low, column)
        self.high = column if self.high is None else max(self.high, column)
        while self.high - self.low >= COLUMNS:
            self.coarsen()
        column = at // self.width
        entry = self.columns.setdefault(column, {}).setdefault(state, [0, 0])
        entry[0] += number
        entry[1] += number * ((column + 1) * self.width - at)

    def coarsen(self):
        columns = {}
        for column, states in self.columns.items():
            target = columns.setdefault(column // 2, {})
            for state, (change, time) in states.items():
                entry = target.setdefault(state, [0, 0])
                entry[0] += change
                entry[1] += time + (0 if column % 2 else change * self.width)
        self.columns = columns
        bad = collections.Counter()
        for column, number in self.bad.items():
            bad[column // 2] += number
        self.bad = bad
        self.width *= 2
        self.low //= 2
        self.high //= 2

    def levels(self, left, right):
        """For each column within the edges: from when to when, and the mean number of sessions in each state."""
        if self.low is None:
            return
        before = collections.Counter()
        for column in range(self.low, self.high + 1):
            begin, end = max(column * self.width, left), min((column + 1) * self.width, right)
            states = self.columns.get(column, {})
            if end > begin:
                totals = {state: before[state] * (end - begin) for state in before}
                for state, (_, time) in states.items():
                    totals[state] = totals.get(state, 0) + time - self.beyond(states[state][0], column, right)
                yield begin, end, {state: total / (end - begin) for state, total in totals.items() if total > 0}
            for state, (change, _) in states.items():
                before[state] += change

    def beyond(self, change, column, right):
        """The time that a change adds to the part of a column that is right of the edge, where it lasts."""
        return change * max((column + 1) * self.width - right, 0)
