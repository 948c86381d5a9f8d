# SPDX-License-Identifier: Apache-2.0
"""
The two ends of one session, where both are in the trace: one's local address and port are the other's remote ones,
and they are open at the same time. Where more than one session may be the other end, none is taken for it.
"""
import collections
import ipaddress

import limits


def address_of(text):
    """IPv4 within IPv6 is the same address."""
    return text[7:] if isinstance(text, str) and text.lower().startswith("::ffff:") and "." in text else text


def key_of(session):
    laddr, lport, raddr, rport = session.ends
    if not (laddr and lport and raddr and rport):
        return None
    return (address_of(laddr), lport), (address_of(raddr), rport)


def is_loopback(text):
    try:
        return ipaddress.ip_address(text).is_loopback
    except ValueError:
        return False


def may_be_joined(one, other):
    """The same loopback addresses are in each network namespace."""
    if one.spans[0].begin > other.spans[-1].end or other.spans[0].begin > one.spans[-1].end:
        return False
    if one.active is not None and one.active == other.active:
        return False
    return one.netns == other.netns or not is_loopback(address_of(one.ends[0]))


def only_one(one, others):
    found = [other for other in others if other is not one and may_be_joined(one, other)]
    return found[0] if len(found) == 1 else None


def join(shown):
    """Sets partner of the sessions that have one."""
    by_ends = collections.defaultdict(list)
    for session in shown:
        key = key_of(session)
        if key:
            by_ends[key].append(session)
    for (near, far), ones in by_ends.items():
        others = by_ends.get((far, near), ())
        if near > far or len(ones) * len(others) > limits.PAIRS:
            continue
        for one in ones:
            other = only_one(one, others)
            if other and only_one(other, ones) is one:
                one.partner, other.partner = other, one
