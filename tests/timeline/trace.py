# SPDX-License-Identifier: Apache-2.0
"""Is what the timeline made of a real trace right?

usage: trace.py sessions PORT SVG...        one session of tests/traffic, client-fin
       trace.py names NAMES CSV JSON OTEL   what the formats call all fields
       trace.py now PORT SVG                a listener and both ends of a session, half closed
       trace.py whole PORT all|few SVG      the session as --sessions has it, with all of its states or with few
"""
import csv
import json
import os
import sys

from timeline import Picture

CLIENT = ["SYN_SENT", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2"]
SERVER = ["SYN_RECV", "ESTABLISHED", "CLOSE_WAIT", "LAST_ACK"]


def picture(path):
    with open(path, "rb") as file:
        return Picture(file.read())


def sessions(port, *paths):
    for path in paths:
        rows = [row for row in picture(path).rows if f":{port}" in row.who]
        states = sorted([state for state, _ in row.states] for row in rows)
        assert states == sorted([["LISTEN"], CLIENT, SERVER]), (path, states)
        for row in rows:
            assert row.what.startswith("closed") and not set("bex") & set(row.flags), (path, row)
            owner = row.who.split("[")[0]
            assert owner == "traffic" or "SYN_RECV" in row.says[0] and owner.startswith("? "), (path, row)
        assert [("j" in row.flags) for row in rows].count(True) == 1, (path, rows)


def whole(port, closing, path):
    """Both ends, of a record each; with the states after the first FIN, or without. A time below 1 us is none."""
    rows = {row.who.split(" ")[-2]: row for row in picture(path).rows if f":{port}" in row.who}
    assert set(rows) == {"→", "←"}, rows
    for arrow, states in ("→", CLIENT), ("←", SERVER):
        row = rows[arrow]
        expected = states if closing == "all" else states[:2] + [""]
        found = [state for state, _ in row.states]
        assert found == [state for state in expected if state in found] and len(found) >= 2, row
        assert "ESTABLISHED" in found, row
        assert row.what.startswith("closed: fin, ") and row.who.startswith("traffic["), row
    assert sorted(row.flags for row in rows.values()) == ["", "j"], rows


def names(asked, csv_path, json_path, otel_path):
    """records.py has the tool's own names."""
    sys.path.insert(0, os.environ["SOURCE"] + "/tools/timeline")
    import records
    asked = asked.split(",")
    with open(csv_path, encoding="utf-8") as file:
        titles = dict(zip(asked, next(csv.reader(file)), strict=True))
    first = []
    for path in (json_path, otel_path):
        with open(path, encoding="utf-8") as file:
            first.append([json.loads(line) for line in file][1])
    otel = dict(zip(asked, list(first[1])[2:], strict=True))
    assert list(first[0])[1:] == asked
    for name, title, other in records.NAMES:
        assert (title, other) == (titles[name], otel[name]), name


def now(port, path):
    rows = {row.states[0][0]: row for row in picture(path).rows if f":{port}" in row.who}
    assert set(rows) == {"LISTEN", "FIN_WAIT2", "CLOSE_WAIT"}, rows
    for row in rows.values():
        assert row.flags.rstrip("j") == "be" and row.who.startswith("python3["), row
        assert row.says[0].startswith(row.states[0][0] + " at least "), row


{"sessions": sessions, "names": names, "now": now, "whole": whole}[sys.argv[1]](*sys.argv[2:])
