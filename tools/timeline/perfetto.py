# SPDX-License-Identifier: Apache-2.0
"""
The sessions as a trace that Perfetto opens, in the JSON of Chrome: a process for each owner, a thread for each
session, a slice for each state, an instant for each bad end. Times are microseconds since the left edge: whole
numbers, which Perfetto keeps to the digit.
"""
import itertools
import json

import groups
import rows

PID_IDLE = 0  # of a process with one thread, which Perfetto adds to each trace
PID_MOST = 2 ** 22  # what the kernel has at most (PID_MAX_LIMIT): the numbers above are free for the rest
PID_UNKNOWN = PID_MOST + 1
TID_FIRST = PID_MOST + 2


def pid_of(session):
    """Of the owner."""
    return session.owner[1] if session.owner and PID_IDLE < session.owner[1] <= PID_MOST else PID_UNKNOWN


def named(kind, name, pid, tid):
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"name": rows.visible(name)}}


def sorted_at(kind, index, pid, tid):
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "args": {"sort_index": index}}


def processes(sessions):
    """A process is named once, by all names that it had."""
    names = {}
    for session in sessions:
        name = session.owner[0] if session.owner else groups.OWNER_UNKNOWN
        names.setdefault(pid_of(session), {})[name] = True
    for index, (pid, has) in enumerate(names.items()):
        yield named("process_name", ", ".join(has), pid, pid)
        yield sorted_at("process_sort_index", index, pid, pid)


def session_events(session, tid, origin):
    pid = pid_of(session)
    yield named("thread_name", rows.ends_text(session), pid, tid)
    yield sorted_at("thread_sort_index", tid - TID_FIRST, pid, tid)
    args = {"session": rows.visible(rows.who(session)), "what": rows.visible(rows.what(session))}
    for span in session.spans:
        yield {"ph": "X", "cat": "state", "name": rows.visible(span.state or "not seen"), "ts": span.begin - origin,
               "dur": span.end - span.begin, "pid": pid, "tid": tid, "args": args}
        args = {}
    if session.is_bad:
        yield {"ph": "i", "s": "t", "cat": "end", "name": rows.visible(session.end_word),
               "ts": session.spans[-1].end - origin, "pid": pid, "tid": tid}


def losses(trace):
    """Of no process. Perfetto adds a process without a name for a number that no session has."""
    for at, count, cause in trace.marks:
        if at is not None:
            yield {"ph": "i", "s": "g", "cat": "lost", "name": rows.visible(f"lost: {count:,} {cause}"),
                   "ts": at - trace.left, "pid": PID_IDLE, "tid": PID_IDLE}


def text(value):
    """No escapes of characters beyond ASCII: Perfetto refuses a file that has surrogate pairs."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make(trace, title, captions, by):
    """The whole file, as pieces of text. Perfetto takes it for JSON by its first two characters."""
    sessions = [session for some in groups.group(trace.tally, trace.shown, by) for session in some.shown]
    events = [processes(sessions), losses(trace)]
    events += [session_events(session, TID_FIRST + number, trace.left) for number, session in enumerate(sessions)]
    yield '{"traceEvents":['
    separator = "\n"
    for event in itertools.chain.from_iterable(events):
        yield separator + text(event)
        separator = ",\n"
    yield '],\n"otherData":' + text({"title": rows.visible(title), "notes": rows.visible("; ".join(captions))}) + "}\n"
