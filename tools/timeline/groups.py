# SPDX-License-Identifier: Apache-2.0
"""The order of the picture: groups, and the sessions within each. What went wrong comes first."""
import collections

from tally import NO_NAME

OWNER_UNKNOWN = "owner not known"
MOST_GROUPS = 50
ALL = 150  # so many sessions are all drawn
FEW = 12  # of each group, if there are more


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

# Its name; its sessions in their order, and those of other groups that are joined with them; how many sessions it has
# in the whole trace; the numbers of those of other groups; how many of its own are in another group.
Group = collections.namedtuple("Group", "name shown count guests away")


def order(session):
    return not session.is_bad, session.spans[0].begin, session.number


def group(tally, shown, by):
    """Of the groups that have a session shown: those with the most bad ends and sessions, and one of the others."""
    key, counts = GROUPS[by], tally.groups
    bad = collections.Counter(key(session) for session in shown if session.is_bad)
    seen = [name for name in dict.fromkeys(map(key, shown)) if name in counts]
    names = set(sorted(seen, key=lambda name: (bad[name], counts[name]), reverse=True)[:MOST_GROUPS])
    rest = f"{len(counts) - len(names):,}{' or more' if NO_NAME in counts else ''} others"
    others = tally.count - sum(map(counts.get, names))

    def group_of(session):
        name = key(session)
        return name if name in names else rest

    members, guests, away = {}, collections.defaultdict(set), collections.Counter()
    placed = set()
    for session in sorted(shown, key=order):
        if session.number in placed:
            continue
        name = group_of(session)
        for one in (session, session.partner):
            if one:
                own = group_of(one)
                placed.add(one.number)
                members.setdefault(own, [])
                members[name].append(one)
                if own != name:
                    guests[name].add(one.number)
                    away[own] += 1
    groups = [Group(name, members[name], counts[name] if name in names else others, guests[name], away[name])
              for name in members]
    return sorted(groups, key=lambda some: (some.name == rest, -sum(one.is_bad for one in some.shown), -some.count))


def few(groups):
    """How many sessions of each group are drawn at first."""
    total = sum(len(some.shown) for some in groups)
    return total if total <= ALL else max(FEW, ALL // len(groups) // 3)


def drawn_of(some, most):
    """How many of a group's sessions: neither a single one is left, nor is one end drawn without the other."""
    if len(some.shown) <= most + 1:
        return len(some.shown)
    return most + (some.shown[most].partner is some.shown[most - 1])
