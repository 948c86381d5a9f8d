#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the golden files: what BCC's tcpstates prints for the events of events.py, and our own formats.

usage: generate.py            writes the files anew, beside this script
       generate.py --check    compares them with what would be written; status 1 if they differ

The format strings are those of BCC's tools/tcpstates.py, word for word. Our output differs from the
original's in what docs/ lists, and in nothing else:

- a backslash is shown as two, a character that is invisible or changes others as \\xHH, a byte each,
  and such an escape is never cut in two;
- in CSV, a name with a comma or a quote is quoted (RFC 4180);
- for spreadsheets, a name in CSV that begins like a formula has an apostrophe in front (--csv-safe);
- the time is the event's, not that of its printing.

events.inc has the same events for tests/unit/test_golden.c, extras.inc what a record has beside
them if a field wants it. Our own formats are made from FIELDS by list_text() and json_text(), which
share with the rest only how a name is made visible.
"""
import datetime
import difflib
import json
import pathlib
import re
import socket
import sys
import time
import unicodedata

from events import CGROUPS, EVENTS, SECOND, UNKNOWN

FOLDER = pathlib.Path(__file__).resolve().parent

# 2024-03-20 00:00:00 UTC at kernel time 0
OFFSET_NS = 1710892800 * 10**9

HEADERS = {
    "columns": "%-16s %-5s %-10.10s %s%-15s %-5s %-15s %-5s %-11s -> %-11s %s",
    "wide": ("%-16s %-5s %-16.16s %-2s %-39s %-5s %-39s %-5s %-11s " +
        "-> %-11s %s"),
    "csv": "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s",
}
FORMATS = {
    "columns": ("%-16x %-5d %-10.10s %s%-15s %-5d %-15s %-5d %-11s " +
        "-> %-11s %.3f"),
    "wide": ("%-16x %-5d %-16.16s %-2s %-39s %-5s %-39s %-5d %-11s " +
        "-> %-11s %.3f"),
    "csv": "%x,%d,%s,%s,%s,%s,%s,%d,%s,%s,%.3f",
}
COMM_MAX = {"columns": 10, "wide": 16, "csv": None}

STATES = {
    1: "ESTABLISHED",
    2: "SYN_SENT",
    3: "SYN_RECV",
    4: "FIN_WAIT1",
    5: "FIN_WAIT2",
    6: "TIME_WAIT",
    7: "CLOSE",
    8: "CLOSE_WAIT",
    9: "LAST_ACK",
    10: "LISTEN",
    11: "CLOSING",
    12: "NEW_SYN_RECV",
}

# What -o can show: its name, title, width in columns and wide columns, OpenTelemetry's name.
FIELDS = {
    "isotime": ("ISOTIME", 32, 32, "timestamp"),
    "time": ("TIME", 8, 8, "tcpstates.time"),
    "time_s": ("TIME(s)", 9, 9, "tcpstates.time_s"),
    "skaddr": ("SKADDR", 16, 16, "tcpstates.skaddr"),
    "pid": ("C-PID", 5, 5, "tcpstates.task.pid"),
    "comm": ("C-COMM", 10, 16, "tcpstates.task.comm"),
    "ip": ("IP", 2, 2, "network.type"),
    "laddr": ("LADDR", 15, 39, "network.local.address"),
    "lport": ("LPORT", 5, 5, "network.local.port"),
    "raddr": ("RADDR", 15, 39, "network.peer.address"),
    "rport": ("RPORT", 5, 5, "network.peer.port"),
    "oldstate": ("OLDSTATE", 11, 11, "tcpstates.connection.old_state"),
    "newstate": ("NEWSTATE", 11, 11, "network.connection.state"),
    "state": ("STATE", 11, 11, "tcpstates.connection.state"),
    "ms": ("MS", 9, 9, "tcpstates.duration_ms"),
    "ts_ns": ("TS(ns)", 16, 16, "tcpstates.ts_ns"),
    "age_ms": ("AGE(ms)", 10, 10, "tcpstates.age_ms"),
    "cpu": ("CPU", 3, 3, "cpu.logical_number"),
    "opid": ("O-PID", 5, 5, "process.pid"),
    "ocomm": ("O-COMM", 10, 16, "tcpstates.owner.comm"),
    "ofrom": ("O-FROM", 8, 8, "tcpstates.owner.from"),
    "exe": ("EXE", 16, 28, "process.executable.name"),
    "opid_ns": ("O-PID-NS", 8, 8, "tcpstates.owner.pid_ns"),
    "why": ("WHY", 13, 13, "tcpstates.why"),
    "first": ("FIRST", 6, 6, "tcpstates.first"),
    "reset_reason": ("RESET-REASON", 22, 22, "tcpstates.reset_reason"),
    "start": ("START", 32, 32, "tcpstates.session.start"),
    "start_time": ("START", 8, 8, "tcpstates.session.start_time"),
    "opened": ("OPENED", 7, 7, "tcpstates.session.opened"),
    "connect_ms": ("CONN(ms)", 9, 9, "tcpstates.session.connect_ms"),
    "close_ms": ("CLOSE(ms)", 9, 9, "tcpstates.session.close_ms"),
    "syn_sent_ms": ("SYN_SENT(ms)", 12, 12, "tcpstates.session.syn_sent_ms"),
    "syn_recv_ms": ("SYN_RECV(ms)", 12, 12, "tcpstates.session.syn_recv_ms"),
    "established_ms": ("ESTAB(ms)", 12, 12, "tcpstates.session.established_ms"),
    "fin_wait1_ms": ("FIN_WAIT1(ms)", 12, 12, "tcpstates.session.fin_wait1_ms"),
    "fin_wait2_ms": ("FIN_WAIT2(ms)", 12, 12, "tcpstates.session.fin_wait2_ms"),
    "close_wait_ms": ("CLOSE_WAIT(ms)", 12, 12, "tcpstates.session.close_wait_ms"),
    "last_ack_ms": ("LAST_ACK(ms)", 12, 12, "tcpstates.session.last_ack_ms"),
    "closing_ms": ("CLOSING(ms)", 12, 12, "tcpstates.session.closing_ms"),
    "cgroup": ("CGROUP", 24, 32, "tcpstates.cgroup"),
    "unit": ("UNIT", 16, 24, "tcpstates.unit"),
    "container": ("CONTAINER", 12, 12, "container.id"),
    "pod": ("POD", 36, 36, "k8s.pod.uid"),
    "netns": ("NETNS", 10, 10, "tcpstates.netns"),
    "uid": ("UID", 5, 5, "tcpstates.uid"),
    "mark": ("MARK", 5, 5, "tcpstates.mark"),
    "iface": ("IFACE", 5, 5, "tcpstates.iface"),
    "cookie": ("COOKIE", 6, 6, "tcpstates.cookie"),
    "tx_bytes": ("TX-BYTES", 10, 10, "tcpstates.tx_bytes"),
    "rx_bytes": ("RX-BYTES", 10, 10, "tcpstates.rx_bytes"),
    "rtt_us": ("RTT(us)", 7, 7, "tcpstates.rtt_us"),
    "retrans": ("RETRANS", 7, 7, "tcpstates.retrans"),
    "cwnd": ("CWND", 5, 5, "tcpstates.cwnd"),
    "recv_q": ("RECV-Q", 6, 6, "tcpstates.recv_q"),
    "send_q": ("SEND-Q", 6, 6, "tcpstates.send_q"),
    "drops": ("DROPS", 5, 5, "tcpstates.drops"),
    "tx_idle_ms": ("TX-IDLE(ms)", 11, 11, "tcpstates.tx_idle_ms"),
    "rx_idle_ms": ("RX-IDLE(ms)", 11, 11, "tcpstates.rx_idle_ms"),
}
MEMBERS = tuple(FIELDS)[tuple(FIELDS).index("netns"):]  # of the socket
ALL = ",".join(FIELDS)
COLUMNS = "skaddr,pid,comm,laddr,lport,raddr,rport,oldstate,newstate,ms"
CSV = COLUMNS.replace("comm,", "comm,ip,")
OWNER_AND_END = "opid,ocomm,ofrom,why,first"
EXTENDED = "laddr,lport,raddr,rport,oldstate,newstate,ms," + OWNER_AND_END
# As a record has the times of a session, in this order.
SESSION_STATES = ("syn_sent", "syn_recv", "established", "fin_wait1", "close_wait", "fin_wait2", "closing", "last_ack")
NUMBERS = (("time_s", "pid", "ip", "lport", "rport", "ms", "ts_ns", "age_ms", "cpu", "opid", "connect_ms", "close_ms")
           + tuple(state + "_ms" for state in SESSION_STATES) + MEMBERS)
OTEL_STATES = {
    "ESTABLISHED": "established", "SYN_SENT": "syn_sent", "SYN_RECV": "syn_received",
    "FIN_WAIT1": "fin_wait_1", "FIN_WAIT2": "fin_wait_2", "TIME_WAIT": "time_wait",
    "CLOSE": "closed", "CLOSE_WAIT": "close_wait", "LAST_ACK": "last_ack", "LISTEN": "listen",
    "CLOSING": "closing",
}
COLORS = {
    "ESTABLISHED": 32, "SYN_SENT": 33, "SYN_RECV": 33, "FIN_WAIT1": 35, "FIN_WAIT2": 35,
    "TIME_WAIT": 35, "CLOSE": 90, "CLOSE_WAIT": 31, "LAST_ACK": 35, "LISTEN": 36, "CLOSING": 35,
}

# Of each list: layout, -o, what it makes of it, minutes east of UTC, whether states have colors.
# tests/unit/test_golden.c has the same.
LISTS = {
    "list": ("columns", ALL, ALL, 0, False),
    "list-wide": ("wide", ALL, ALL, 0, False),
    "list-csv": ("csv", ALL, ALL, 0, False),
    "list-more": ("columns", "+isotime,cpu,age_ms", COLUMNS + ",isotime,cpu,age_ms", 330, False),
    "list-more-csv": ("csv", "+isotime,cpu", CSV + ",isotime,cpu", -210, False),
    "list-members": ("columns", "retrans,pid,netns,tx_bytes", "retrans,pid,netns,tx_bytes", 0, False),
    "list-odd": ("columns", "newstate,oldstate,ms,comm,rport,lport,raddr,laddr,age_ms,ip",
                 "newstate,oldstate,ms,comm,rport,lport,raddr,laddr,age_ms,ip", 0, False),
    "list-Tt": ("columns", "comm,time", "time_s,comm,time", 330, False),
    "list-one": ("wide", "comm", "comm", 0, False),
    "list-color": ("columns", "oldstate,newstate,ms", "oldstate,newstate,ms", 0, True),
    "list-csv-color": ("csv", "oldstate,newstate", "oldstate,newstate", 0, True),
    "json": ("json", None, "isotime," + CSV, 0, False),
    "json-all": ("json", ALL, ALL, 330, True),
    "json-odd": ("json", "cpu,ms,comm", "cpu,ms,comm", 0, False),
    "json-members": ("json", "cpu,rtt_us,mark,age_ms", "cpu,rtt_us,mark,age_ms", 0, False),
    "otel": ("otel", None, "isotime," + CSV, 0, False),
    "otel-all": ("otel", ALL, ALL, -210, True),
}
# The same with -x, where an unknown time is like any other unknown value, and told in CSV too.
EXTENDED_LISTS = {
    "extended": ("columns", None, EXTENDED, 0, False),
    "extended-wide": ("wide", None, EXTENDED, 0, False),
    "extended-csv": ("csv", None, EXTENDED, 0, False),
    "extended-more": ("csv", "+age_ms,netns", EXTENDED + ",age_ms,netns", 0, False),
    "extended-list": ("columns", "ms,pid", "ms,pid", 0, False),
    "extended-json": ("json", None, "isotime," + CSV + "," + OWNER_AND_END, 0, False),
    "extended-otel": ("otel", None, "isotime," + CSV + "," + OWNER_AND_END, 0, False),
}


def family(event):
    return socket.AF_INET6 if ":" in event[4] else socket.AF_INET


def is_unsafe(char):
    """Of the blanks that Unicode takes for letters or symbols, those of the events."""
    return (unicodedata.category(char)[0] in "CMZ" and char != " "
            or char in "\u115f\u1160\u2800\u3164\uffa0")


def visible(name, limit):
    shown = ""
    for char in name.partition(b"\0")[0].decode("utf-8", "replace"):
        if char == "\\":
            char = 2 * char
        elif is_unsafe(char):
            char = "".join("\\x%02x" % byte for byte in char.encode())
        if limit is not None and len(shown) + len(char) > limit:
            break
        shown += char
    return shown


def csv_safe(value):
    return "'" + value if value[:1] and value[0] in "=+-@＝＋－＠" else value


def csv_quoted(value):
    if any(char in value for char in ',"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value


def header_line(layout, with_time, with_timestamp):
    csv = layout == "csv"
    line = ""
    if with_time:
        line += "%s," % ("TIME") if csv else "%-8s " % ("TIME")
    if with_timestamp:
        line += "%s," % ("TIME(s)") if csv else "%-9s " % ("TIME(s)")
    return line + HEADERS[layout] % (
        "SKADDR", "C-PID", "C-COMM", "" if layout == "columns" else "IP",
        "LADDR", "LPORT", "RADDR", "RPORT", "OLDSTATE", "NEWSTATE", "MS")


def event_line(event, start_us, layout, with_time, with_timestamp):
    _, ts_ns, span_ns, skaddr, laddr, lport, raddr, rport, old, new, pid, comm = event
    csv = layout == "csv"
    line = ""
    if with_time:
        clock = time.strftime("%H:%M:%S", time.gmtime((OFFSET_NS + ts_ns) // SECOND))
        line += "%s," % clock if csv else "%-8s " % clock
    if with_timestamp:
        delta_s = (float(ts_ns // 1000) - start_us) / 1000000
        line += "%.6f," % delta_s if csv else "%-9.6f " % delta_s
    name = visible(comm, COMM_MAX[layout])
    span_us = 0 if span_ns is UNKNOWN else span_ns // 1000
    number = "4" if family(event) == socket.AF_INET else "6"
    return line + FORMATS[layout] % (
        skaddr, pid, csv_quoted(name) if csv else name, "" if layout == "columns" else number,
        socket.inet_ntop(family(event), socket.inet_pton(family(event), laddr)), lport,
        socket.inet_ntop(family(event), socket.inet_pton(family(event), raddr)), rport,
        STATES.get(old, str(old)), STATES.get(new, str(new)), float(span_us) / 1000)


def golden_text(layout, letters):
    with_time, with_timestamp = "T" in letters, "t" in letters
    lines = [header_line(layout, with_time, with_timestamp)]
    start_us = EVENTS[0][1] // 1000
    lines += [event_line(event, start_us, layout, with_time, with_timestamp) for event in EVENTS]
    return "\n".join(lines) + "\n"


def age_and_cpu(number):
    """What the event of this number has beside the rest: mostly small, and the largest there are."""
    if number % 7 == 6:
        return 2**64 - number, 2**(number % 31)
    return number**4 * 12345, number % 4


def members_of(number):
    """The members of its socket: small and large ones, and None for what a kernel does not have."""
    return {name: None if (number + at) % 5 == 4 else (number * 10**at + at) % 2**32
            if name not in ("cookie", "tx_bytes", "rx_bytes") else 2**64 - 2 - number**(at + 1)
            for at, name in enumerate(MEMBERS)}


def owner_of(number):
    """How the owner is known, its number and its name: now and then all of them are unknown."""
    if number % 3 == 0:
        return 0, 0, b""
    pid, comm = EVENTS[-1 - number][-2:]
    return number % 3, pid, comm


def why_of(number):
    """The reason of the end, or None."""
    return {(9, 7): "timeout", (10, 7): "listen-end"}.get(tuple(EVENTS[number][8:10]))


def owner_and_end(number):
    """What these say: None is unknown."""
    came, pid, comm = owner_of(number)
    old, new = EVENTS[number][8:10]
    closed = {4: "local", 5: "local", 11: "local", 8: "remote", 9: "remote"}
    return {
        "opid": str(pid) if came else None,
        "ocomm": visible(comm, None) if came else None,
        "ofrom": (None, "self", "listener")[came],
        "exe": None,  # the record has none
        "opid_ns": None,
        "why": why_of(number),
        "first": closed.get(old if new == 7 else new),
        "reset_reason": None,
    }


def session_of(number):
    """When it began (0: before), the time in each state in ns or None, and which side connected."""
    start_ns = EVENTS[number][1] - 1234567890 * number if number % 4 else 0
    times = [None if (number * 8 + at) % 11 == 10 else number**(at % 5) * 1001 + at for at in range(8)]
    return start_ns, times, number % 3


def session_fields(number, zone):
    """What these say: None is unknown."""
    start_ns, times, opened = session_of(number)
    when = (datetime.datetime.fromtimestamp((OFFSET_NS + start_ns) // SECOND, zone)
            + datetime.timedelta(microseconds=start_ns // 1000 % 10**6))
    closing, connecting = times[3:], times[:2]
    return {
        "start": when.isoformat(timespec="microseconds") if start_ns else None,
        "start_time": when.strftime("%H:%M:%S") if start_ns else None,
        "opened": (None, "active", "passive")[opened],
        "connect_ms": None if opened != 1 or None in connecting else decimal(sum(connecting) // 1000, 3),
        "close_ms": None if None in closing else decimal(sum(closing) // 1000, 3),
        **{state + "_ms": None if ns is None else decimal(ns // 1000, 3)
           for state, ns in zip(SESSION_STATES, times)},
    }


def cgroup_of(number):
    """What is said of its cgroup: None is unknown."""
    path, *names = CGROUPS[number % len(CGROUPS)]
    return {
        "cgroup": None if path is None else visible(path, None),
        **{name: None if value is None else value.decode("ascii")
           for name, value in zip(("unit", "container", "pod"), names)},
    }


def decimal(value, decimals):
    """An integer as a number with its last decimals behind a point."""
    digits = "%0*d" % (decimals + 1, abs(value))
    return ("-" if value < 0 else "") + digits[:-decimals] + "." + digits[-decimals:]


def values_of(number, east):
    """All fields of an event as text."""
    _, ts_ns, span_ns, skaddr, laddr, lport, raddr, rport, old, new, pid, comm = EVENTS[number]
    age_ns, cpu = age_and_cpu(number)
    zone = datetime.timezone(datetime.timedelta(minutes=east))
    when = (datetime.datetime.fromtimestamp((OFFSET_NS + ts_ns) // SECOND, zone)
            + datetime.timedelta(microseconds=ts_ns // 1000 % 10**6))
    return {
        "isotime": when.isoformat(timespec="microseconds"),
        "time": when.strftime("%H:%M:%S"),
        "time_s": decimal(ts_ns // 1000 - EVENTS[0][1] // 1000, 6),
        "skaddr": "%x" % skaddr,
        "pid": str(pid),
        "comm": visible(comm, None),
        "ip": "4" if family(EVENTS[number]) == socket.AF_INET else "6",
        "laddr": laddr,
        "lport": str(lport),
        "raddr": raddr,
        "rport": str(rport),
        "oldstate": STATES.get(old, str(old)),
        "newstate": STATES.get(new, str(new)),
        "state": STATES.get(new, str(new)),
        "ms": decimal(0 if span_ns is UNKNOWN else span_ns // 1000, 3),
        "ts_ns": str(ts_ns),
        "age_ms": decimal(age_ns // 1000, 3),
        "cpu": str(cpu),
        **{name: None if value is UNKNOWN else str(value)
           for name, value in members_of(number).items()},
        **owner_and_end(number),
        **session_fields(number, zone),
        **cgroup_of(number),
    }


def before(names, at):
    return " -> " if names[at - 1:at + 1] == ["oldstate", "newstate"] else " " if at else ""


def colored(state):
    return "\033[%dm%s\033[m" % (COLORS.get(state, 39), state)


def columns_line(names, values, widths, color):
    """Each column but the last is as wide as the widest value so far, 64 at most."""
    line = ""
    for at, name in enumerate(names):
        value = values[name]
        shown = colored(value) if color and name in ("oldstate", "newstate", "state") else value
        widths[at] = max(widths[at], min(len(value), 64))
        blanks = " " * (widths[at] - len(value)) if at + 1 < len(names) else ""
        line += before(names, at) + shown + blanks
    return line


NAMES = ("comm", "ocomm", "cgroup", "unit", "container", "pod")


def csv_list_text(names, east):
    """A list of fields for spreadsheets."""
    lines = [",".join(FIELDS[name][0] for name in names)]
    for number in range(len(EVENTS)):
        values = {name: csv_safe(value or "") if name in NAMES else value or ""
                  for name, value in values_of(number, east).items()}
        lines.append(",".join(csv_quoted(values[name]) for name in names))
    return "\n".join(lines) + "\n"


def list_text(layout, names, east, color, extended):
    titles = {name: FIELDS[name][0] for name in names}
    unknown = "" if layout == "csv" and not extended else "-"
    all_values = [{name: unknown if value is None else value
                   for name, value in values_of(number, east).items()}
                  for number in range(len(EVENTS))]
    for values, event in zip(all_values, EVENTS):
        if extended and event[2] is UNKNOWN:
            values["ms"] = unknown
    if layout == "csv":
        lines = [",".join(titles.values())]
        lines += [",".join(csv_quoted(values[name]) for name in names) for values in all_values]
    else:
        for values in all_values:
            values["unit"] = re.sub("([0-9a-f]{12})[0-9a-f]{52}", r"\1*", values["unit"], count=1)
        widths = [max(FIELDS[name][1 if layout == "columns" else 2], len(titles[name]))
                  for name in names]
        lines = [columns_line(names, titles, widths, False)]
        lines += [columns_line(names, values, widths, color) for values in all_values]
    return "\n".join(lines) + "\n"


def color_text():
    """The columns of BCC's tool, with colors around the names of states and nothing else moved."""
    lines = [header_line("columns", False, False)]
    for number, event in enumerate(EVENTS):
        states = [values_of(number, 0)[name] for name in ("oldstate", "newstate")]
        plain = event_line(event, 0, "columns", False, False)
        head, arrow, tail = plain.partition("%-11s -> %-11s" % tuple(states))
        assert arrow
        blanks = [" " * (11 - len(state)) for state in states]
        lines.append(head + colored(states[0]) + blanks[0] + " -> " + colored(states[1])
                     + blanks[1] + tail)
    return "\n".join(lines) + "\n"


def json_value(name, value, span_ns, otel):
    if value is None or name == "ms" and span_ns is UNKNOWN:
        return "null"
    if otel and name in ("oldstate", "newstate", "state"):
        value = OTEL_STATES.get(value, value)
    if otel and name == "ip":
        return '"ipv%s"' % value
    return value if name in NUMBERS else json.dumps(value, ensure_ascii=False)


def json_text(layout, names, east):
    otel = layout == "otel"
    begin = '"event.name":"tcpstates.event","network.transport":"tcp"'
    lines = []
    for number, event in enumerate(EVENTS):
        values = values_of(number, east)
        pairs = [begin if otel else '"record":"event"']
        pairs += ['"%s":%s' % (FIELDS[name][3] if otel else name,
                               json_value(name, values[name], event[2], otel)) for name in names]
        lines.append("{" + ",".join(pairs) + "}")
        assert len(json.loads(lines[-1])) == len(names) + (2 if otel else 1)
    return "\n".join(lines) + "\n"


def format_text(layout, _, names, east, color, extended=False):
    if layout in ("json", "otel"):
        return json_text(layout, names.split(","), east)
    return list_text(layout, names.split(","), east, color, extended)


def c_char(byte):
    return "'%c'" % byte if 0x20 <= byte < 0x7f and byte not in b"'\\" else "'\\x%02x'" % byte


def c_chars(name):
    return ", ".join(map(c_char, name)) or "0"


def c_string(part):
    return "NULL" if part is None else '"%s"' % "".join("\\%03o" % byte if byte in b'"\\'
                                                       or not 0x20 <= byte < 0x7f else chr(byte)
                                                       for byte in part)


def c_event(event):
    what, ts_ns, span_ns, skaddr, laddr, lport, raddr, rport, old, new, pid, comm = event

    def c_address(address):
        return ", ".join("%d" % byte for byte in socket.inet_pton(family(event), address))

    assert len(comm) <= 16, what
    return f"""\t{{ /* {what} */
\t\t.ts_ns = {ts_ns}ULL,
\t\t.skaddr = 0x{skaddr:x}ULL,
\t\t.span_ns = {"SPAN_UNKNOWN" if span_ns is UNKNOWN else "%dULL" % span_ns},
\t\t.laddr = {{{c_address(laddr)}}},
\t\t.raddr = {{{c_address(raddr)}}},
\t\t.pid = {pid}U,
\t\t.lport = {lport},
\t\t.rport = {rport},
\t\t.family = {family(event).name},
\t\t.oldstate = {old},
\t\t.newstate = {new},
\t\t.comm = {{{c_chars(comm)}}},
\t}},
"""


def c_events():
    return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Made by generate.py. */\n"
            f"#define GOLDEN_OFFSET_NS {OFFSET_NS}LL\n" + "".join(map(c_event, EVENTS)))


def c_extras():
    rows = []
    for number in range(len(EVENTS)):
        members = ["FIELD_UNKNOWN" if value is UNKNOWN else "%dULL" % value
                   for value in members_of(number).values()]
        came, pid, comm = owner_of(number)
        start_ns, times, opened = session_of(number)
        states = ", ".join("FIELD_UNKNOWN" if ns is None else "%dULL" % ns for ns in times)
        rows.append("\t{%dULL, %d, {%s}, {%d, %dU, {%s}}, %s, {%dULL, {%s}, %d}, %s},\n" % (
            *age_and_cpu(number), ", ".join(members), came, pid, c_chars(comm),
            "WHY_" + (why_of(number) or "unknown").upper().replace("-", "_"),
            start_ns, states, opened, c_string(CGROUPS[number % len(CGROUPS)][0])))
    return "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by generate.py. */\n" + "".join(rows)


def files_make():
    files = {"events.inc": c_events(), "extras.inc": c_extras()}
    files.update((name + ".txt", format_text(*row)) for name, row in LISTS.items())
    files.update((name + ".txt", format_text(*row, extended=True))
                 for name, row in EXTENDED_LISTS.items())
    files["columns-color.txt"] = color_text()
    files["csv-safe.txt"] = csv_list_text(CSV.split(","), 0)
    files["list-csv-safe.txt"] = csv_list_text("time_s,ocomm,ms,comm,cgroup,unit".split(","), 0)
    for layout in FORMATS:
        for letters in ("", "-t", "-T", "-tT"):
            files[layout + letters + ".txt"] = golden_text(layout, letters)
    return files


def files_check(files):
    wrong = [path.name for path in FOLDER.glob("*.txt") if path.name not in files]
    for name in wrong:
        print(name + ": made by nobody")
    for name, text in files.items():
        path = FOLDER / name
        old = path.read_bytes().decode() if path.exists() else ""
        if old != text:
            wrong.append(name)
            sys.stdout.writelines(difflib.unified_diff(
                old.splitlines(keepends=True), text.splitlines(keepends=True), name, "generate.py"))
    return 1 if wrong else 0


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    files = files_make()
    if sys.argv[1:]:
        return files_check(files)
    for name, text in files.items():
        (FOLDER / name).write_bytes(text.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
