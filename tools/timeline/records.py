# SPDX-License-Identifier: Apache-2.0
"""What the lines of tcpstates -j, --otel and -s say, under the names of -j."""
import csv
import datetime
import itertools
import json
import re

import limits

# The fields that mean something here, as -j, the header of -s and --otel call them. Of any other field
# only name and value are shown. tests/timeline/names asks the tool whether this is right.
NAMES = (
    ("isotime", "ISOTIME", "timestamp"),
    ("time", "TIME", "tcpstates.time"),
    ("time_s", "TIME(s)", "tcpstates.time_s"),
    ("ts_ns", "TS(ns)", "tcpstates.ts_ns"),
    ("skaddr", "SKADDR", "tcpstates.skaddr"),
    ("pid", "C-PID", "tcpstates.task.pid"),
    ("comm", "C-COMM", "tcpstates.task.comm"),
    ("ip", "IP", "network.type"),
    ("laddr", "LADDR", "network.local.address"),
    ("lport", "LPORT", "network.local.port"),
    ("raddr", "RADDR", "network.peer.address"),
    ("rport", "RPORT", "network.peer.port"),
    ("oldstate", "OLDSTATE", "tcpstates.connection.old_state"),
    ("newstate", "NEWSTATE", "network.connection.state"),
    ("ms", "MS", "tcpstates.duration_ms"),
    ("age_ms", "AGE(ms)", "tcpstates.age_ms"),
    ("cpu", "CPU", "cpu.logical_number"),
    ("opid", "O-PID", "process.pid"),
    ("ocomm", "O-COMM", "tcpstates.owner.comm"),
    ("ofrom", "O-FROM", "tcpstates.owner.from"),
    ("why", "WHY", "tcpstates.why"),
    ("first", "FIRST", "tcpstates.first"),
    ("netns", "NETNS", "tcpstates.netns"),
)
# The fields of a whole session (--sessions) are not in other records, or say how long it was in a state so far.
SESSION_TIMES = ("connect_ms", "close_ms", "syn_sent_ms", "syn_recv_ms", "established_ms", "fin_wait1_ms",
                 "fin_wait2_ms", "closing_ms", "close_wait_ms", "last_ack_ms")
KNOWN = {name for name, _, _ in NAMES}
OF_CSV = {title: name for name, title, _ in NAMES}
OF_OTEL = {otel: name for name, _, otel in NAMES}
OTEL_STATES = {"closed": "CLOSE", "syn_received": "SYN_RECV", "fin_wait_1": "FIN_WAIT1",
               "fin_wait_2": "FIN_WAIT2"}
WHOLE = {"ts_ns": limits.TIME * 1000, "pid": 2 ** 32, "lport": 2 ** 16, "rport": 2 ** 16, "opid": 2 ** 32,
         "netns": 2 ** 32, "count": 2 ** 64, "events": 2 ** 64}  # and what each is less than
TIMES = ("isotime", "ts_ns", "time_s", "time")  # the best first
NEEDED = ("skaddr", "oldstate", "newstate")
STILL = ("(stuck)", "(open)")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)
SECOND = 1000000
HALF_A_DAY = 12 * 3600 * SECOND
TIME_OF_DAY = re.compile("([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)")
OFFER = "-j has all that is needed, -s with -t or -T"


class Unusable(Exception):
    """No picture can be made of the input."""


class BadLine(ValueError):
    """A line that is not the tool's."""


def whole(value, end):
    """A number without a fraction, of JSON or of CSV, and less than another."""
    if isinstance(value, str) and len(value) <= limits.DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    if type(value) is not int or not 0 <= value < end:
        raise BadLine("not such a number")
    return value


def microseconds(value, scale):
    """A number with a fraction, in microseconds."""
    if type(value) not in (int, float, str) or not abs(float(value) * scale) < limits.DURATION:
        raise BadLine("not a time")
    return round(float(value) * scale)


def isotime(text):
    """RFC 3339's time: microseconds since the epoch, and its zone's in front of UTC."""
    moment = datetime.datetime.fromisoformat(text)
    at = (moment - EPOCH) // MICROSECOND
    if not 0 <= at < limits.TIME:
        raise BadLine("not of these ages")
    return at, moment.utcoffset() // MICROSECOND


def value_of(name, value):
    """A field's value, in the type and the unit that the rest counts on."""
    if value is None:
        return None
    try:
        if name in WHOLE:
            return whole(value, WHOLE[name])
        if name == "ms":
            return max(microseconds(value, 1000), 0)
        if name == "time_s":
            return microseconds(value, SECOND)
        if name == "isotime":
            return isotime(value)
    except (ValueError, TypeError, OverflowError):
        raise BadLine(f"{name} has a wrong value") from None
    if name in KNOWN and name not in ("ip", "age_ms", "cpu"):
        if not isinstance(value, str):
            raise BadLine(f"{name} is not a string")
        if len(value) > limits.WORD:
            raise BadLine(f"{name} has more than {limits.WORD} characters")
    return value


def state_of(name):
    """A state by the kernel's name, which is OpenTelemetry's in most cases."""
    return OTEL_STATES.get(name, name.upper()) if isinstance(name, str) else name


def plain_names(line):
    """A record of --otel as -j would have it."""
    record = {}
    for name, value in line.items():
        if name == "event.name" and isinstance(value, str):
            record["record"] = value.removeprefix("tcpstates.")
        elif name != "network.transport":
            record[OF_OTEL.get(name, name.removeprefix("tcpstates.").removeprefix("session."))] = value
    for name in ("oldstate", "newstate"):
        if record.get(name) not in STILL:
            record[name] = state_of(record.get(name))
    return {name: value for name, value in record.items() if value is not None}


def json_whole(digits):
    """Python's own time for it grows with the square of the digits."""
    if len(digits) > limits.DIGITS:
        raise BadLine(f"a number of more than {limits.DIGITS} digits")
    return int(digits)


def json_constant(name):
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_int=json_whole, parse_constant=json_constant)


def json_record(text):
    """A line of -j or --otel."""
    try:
        line = DECODER.decode(text)
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(line, dict):
        raise BadLine("not a JSON object")
    if "event.name" in line:
        line = plain_names(line)
    record = {name: value_of(name, value) for name, value in line.items()}
    if not isinstance(record.get("record"), str):
        raise BadLine("it has no record")
    return record


class Csv:
    """The lines of -s. Where the original has 0.000, so has CSV without -x: then a time may be unknown."""

    def __init__(self, header):
        try:
            titles = next(csv.reader([header]))
        except (csv.Error, StopIteration):
            titles = []
        self.names = [OF_CSV.get(title, title.lower()) for title in titles]
        if not {"oldstate", "newstate"} & set(self.names):
            raise Unusable("line 1: neither JSON nor the header line of CSV (-H leaves it out): " + OFFER)

    def record(self, text):
        """An event; what is not known is not in it."""
        try:
            values = next(csv.reader([text], strict=True))
        except (csv.Error, StopIteration):
            raise BadLine("not CSV") from None
        if len(values) != len(self.names):
            raise BadLine(f"{len(values)} values where the header has {len(self.names)}")
        record = {name: value_of(name, value) for name, value in zip(self.names, values)
                  if value not in ("", "-")}
        if not record.get("ms"):
            record.pop("ms", None)
        return {**record, "record": "event"}


class Clock:
    """Places events: by the best time that the first of them has."""

    def __init__(self):
        self.field = None
        self.zone = 0
        self.last = 0
        self.days = 0

    @property
    def coarse(self):
        return self.field == "time"

    def choose(self, event):
        """Called with the first event: says what it lacks."""
        self.field = next((name for name in TIMES if event.get(name) is not None), None)
        if not self.field:
            raise Unusable("its lines have no time: " + OFFER)
        for name in NEEDED:
            if event.get(name) is None:
                raise Unusable(f"its lines have no {name}: add it to -o, as in -o +{name}")
        if self.field == "isotime":
            self.zone = event["isotime"][1]

    def at(self, event):
        """Microseconds of an event's time since something."""
        value = event.get(self.field)
        if value is None:
            raise BadLine(f"no {self.field}")
        at = self.moment(value)
        if at >= limits.TIME:
            raise BadLine(f"{self.field} is too late")
        return at

    def moment(self, value):
        """A value of the field."""
        if self.field == "isotime":
            return value[0]
        if self.field == "ts_ns":
            return value // 1000
        return value if self.field == "time_s" else self.time_of_day(value)

    def time_of_day(self, text):
        """Since the first day's midnight: another midnight is when time goes back by half a day or more."""
        match = TIME_OF_DAY.fullmatch(text)
        if not match:
            raise BadLine("time has a wrong value")
        hours, minutes, seconds = map(int, match.groups())
        at = (hours * 3600 + minutes * 60 + seconds) * SECOND
        if at + HALF_A_DAY < self.last:
            self.days += 1
        self.last = at
        return at + self.days * 2 * HALF_A_DAY


def is_cut(line):
    """Whether a line is only the beginning of one that is too long."""
    return len(line) > limits.LINE_BYTES and not line.endswith(b"\n")


def lines_of(stream):
    """The lines of a stream of bytes. Of one that is too long there is only the beginning, without its end."""
    while line := stream.readline(limits.LINE_BYTES + 1):
        yield line
        while is_cut(line):
            line = stream.readline(limits.LINE_BYTES + 1)


class Reader:
    """
    The records of a stream of bytes; an event has its time in "at". A line that is none is told by its number
    and why, and is a record "bad", so that it can be counted.
    """

    def __init__(self, stream, tell):
        self.clock = Clock()
        self.tell = tell
        lines = lines_of(stream)
        first = next(lines, None)
        if not first:
            raise Unusable("it is empty")
        self.is_csv = not first.startswith(b"{")
        text = first.decode("utf-8", "replace").strip("\r\n")
        if self.is_csv and "," not in text and "OLDSTATE" in text:
            raise Unusable("line 1: these are columns: " + OFFER)
        self.parse = Csv(text).record if self.is_csv else json_record
        self.lines = enumerate(lines if self.is_csv else itertools.chain([first], lines), 1 + self.is_csv)

    def __iter__(self):
        for number, line in self.lines:
            try:
                yield self.record(line)
            except BadLine as bad:
                is_whole = line.endswith(b"\n") or is_cut(line)
                self.tell(number, str(bad) if is_whole else "cut short, at the end of the input")
                yield {"record": "bad"}

    def record(self, line):
        if is_cut(line):
            raise BadLine(f"longer than {limits.LINE_BYTES} bytes")
        if self.is_csv and not line.endswith(b"\n"):
            raise BadLine("cut short")
        record = self.parse(line.decode("utf-8", "replace").rstrip("\r\n"))
        if record["record"] == "session":
            return self.whole(record)
        if record["record"] != "event":
            return record
        if not self.clock.field:
            self.clock.choose(record)
        for name in NEEDED:
            if record.get(name) is None:
                raise BadLine(f"no {name}")
        record["at"] = self.clock.at(record)
        return record

    def whole(self, record):
        """A record of --sessions, with its times in microseconds. Its start is a time of day with a date."""
        if record.get("isotime") is None or self.clock.field not in (None, "isotime"):
            raise BadLine("a session has no isotime" if self.clock.field in (None, "isotime") else
                          f"a session among lines that have only {self.clock.field}")
        self.clock.field, self.clock.zone = "isotime", record["isotime"][1]
        record["at"] = record["isotime"][0]
        try:
            for name in SESSION_TIMES:
                if record.get(name) is not None:
                    record[name] = max(microseconds(record[name], 1000), 0)
            start = record.get("start")
            record["start"] = None if start is None else isotime(start)[0]
        except (ValueError, TypeError, OverflowError):
            raise BadLine("a time of the session has a wrong value") from None
        if record["start"] is not None and record["start"] > record["at"]:
            raise BadLine("the session ends before it starts")
        opened = record.get("opened")
        record["opened"] = opened if isinstance(opened, str) else None
        return record
