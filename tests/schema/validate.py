#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks lines of tcpstates -j or --otel by docs/events.schema.json.

usage: validate.py [--keys plain|otel] SCHEMA [FILE...]

Each FILE is a whole output: every line is a JSON object that the schema takes, the first is the
start, the last is the end, which has the number of events. --keys prints the names of fields that
the schema has for an event, in its order, a line each.
"""
import json
import sys

try:
    import jsonschema
except ImportError:
    print("SKIP: no python3-jsonschema")
    sys.exit(77)

RECORD = {"plain": "record", "otel": "event.name"}
IN_ALL_EVENTS = ("record", "event.name", "network.transport")


def key_refuse(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key is there twice")
    return dict(pairs)


def constant_refuse(name):
    raise ValueError(name + " is not JSON")


def records_of(schema):
    """The validator of each record by its name, for a plain message."""
    validators = {}
    for branch in schema["anyOf"]:
        properties = schema["$defs"][branch["$ref"].rpartition("/")[2]]["properties"]
        key = next(key for key in RECORD.values() if key in properties)
        validator = jsonschema.Draft202012Validator(
            {**branch, "$defs": schema["$defs"]},
            format_checker=jsonschema.FormatChecker(["ipv4", "ipv6"]))
        for name in properties[key].get("enum") or [properties[key]["const"]]:
            validators[key, name] = validator
    return validators


def line_check(line, validators):
    """The record's name without its prefix, and the record."""
    record = json.loads(line.decode("utf-8", "strict"), object_pairs_hook=key_refuse,
                        parse_constant=constant_refuse)
    key = next((key for key in RECORD.values() if key in record), None)
    if (key, record.get(key)) not in validators:
        raise ValueError("a record that the schema does not have")
    errors = ["%s: %s" % ("/".join(map(str, error.absolute_path)), error.message)
              for error in validators[key, record[key]].iter_errors(record)]
    if errors:
        raise ValueError("; ".join(errors))
    return record[key].rpartition(".")[2], record


def file_check(path, validators):
    names = []
    with open(path, "rb") as file:
        for number, line in enumerate(file, 1):
            try:
                name, record = line_check(line, validators)
            except ValueError as error:
                print(f"{path}:{number}: {error}: {line!r}")
                return False
            names.append(name)
    if (names[:1], names[-1:]) != (["start"], ["end"]) or set(names[1:-1]) & {"start", "end"}:
        print(f"{path}: not a start, events and losses, and an end: {names[:1]} ... {names[-1:]}")
        return False
    events = record.get("events", record.get("tcpstates.events"))
    if events != names.count("event") + names.count("session"):
        print(f"{path}: {names.count('event') + names.count('session')} events, but the end says {events}")
        return False
    return True


def main(args):
    keys = args.pop(1) if args[:1] == ["--keys"] and len(args) > 1 else None
    if keys:
        args.pop(0)
    if not args or keys not in (None, *RECORD):
        sys.exit(__doc__)
    with open(args[0], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    if keys:
        event = schema["$defs"]["event" if keys == "plain" else "otel_event"]
        print("\n".join(key for key in event["properties"] if key not in IN_ALL_EVENTS))
    validators = records_of(schema)
    return 0 if all([file_check(path, validators) for path in args[1:]]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
