# SPDX-License-Identifier: Apache-2.0
"""The sessions that are over: those that the picture shows, and numbers of them all."""
import collections
import heapq

import limits
from occupancy import Occupancy
from sessions import count

NO_NAME = None  # of the groups beyond those that are told apart


class Foremost:
    """
    So many of the sessions: bad ends before others, then by a length. And of the others the greatest length, and how
    many of them are bad ends.
    """

    def __init__(self, most):
        self.most = most
        self.heap = []
        self.left_out = None
        self.bad_left_out = 0

    def add(self, length, session):
        """Of two that are as long, the one that begins first is the longer one, and then the first one read."""
        begin = session.spans[0].begin
        entry = (session.is_bad, length, 0 if begin is None else -begin, -session.number, session)
        if len(self.heap) < self.most:
            heapq.heappush(self.heap, entry)
            return
        is_bad, out, *_ = heapq.heappushpop(self.heap, entry)
        self.left_out = out if self.left_out is None else max(self.left_out, out)
        self.bad_left_out += is_bad


class Tally:
    """
    Takes a session once nothing of it will change. How long one is that begins at the left edge of the picture is
    known only at the end of the input; of these the one that ends last is the longest.
    """

    def __init__(self, most, group_of):
        self.most = most
        self.known, self.at_edge = Foremost(most), Foremost(most)
        self.group_of = group_of
        self.groups = collections.Counter()
        self.occupancy = Occupancy()
        self.bad_ends = collections.Counter()
        self.count = self.before = self.unended = 0
        self.has_unowned = self.has_source = False  # whether an owner is not known, or how it is known is

    def add(self, session):
        if not session.spans:
            return
        self.count += 1
        self.before += session.before
        self.unended += not session.closed
        self.has_unowned |= not session.owner
        self.has_source |= bool(session.owner and session.owner[2])
        self.occupancy.add(session)
        if session.is_bad:
            count(self.bad_ends, session.end_word, 1)
        group = self.group_of(session)
        is_told_apart = group in self.groups or len(self.groups) < limits.GROUPS
        self.groups[group if is_told_apart else NO_NAME] += 1
        begin, end = session.spans[0].begin, session.spans[-1].end
        if begin is None:
            self.at_edge.add(end, session)
        else:
            self.known.add(end - begin, session)

    def choose(self, left):
        """The foremost sessions, by their beginning; the length of the longest other one, or None; its bad ends."""
        self.occupancy.finish(left)
        everything = Foremost(self.most)
        everything.left_out = self.known.left_out
        everything.bad_left_out = self.known.bad_left_out + self.at_edge.bad_left_out
        for _, end, _, _, session in self.at_edge.heap:
            session.spans[0] = session.spans[0]._replace(begin=left)
            everything.add(end - left, session)
        for _, length, _, _, session in self.known.heap:
            everything.add(length, session)
        left_out = [everything.left_out]
        if self.at_edge.left_out is not None:
            left_out.append(self.at_edge.left_out - left)
        left_out = max((length for length in left_out if length is not None), default=None)
        shown = [entry[4] for entry in everything.heap]
        shown.sort(key=lambda session: (session.spans[0].begin, session.number))
        return shown, left_out, everything.bad_left_out
