#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes lib/base/printable.inc: where characters that are not shown as they are begin and end.

usage: printable.py            writes the file anew
       printable.py --check    compares it with what this Python knows of Unicode; status 1 if they differ

Not printable are the general categories of HIDDEN, the blanks in FILLERS, and every space but U+0020.
Unassigned characters are among them: what a later Unicode puts there may be a mark or invisible.
"""
import pathlib
import re
import sys
import unicodedata

FILE = pathlib.Path(__file__).resolve().parents[2] / "lib/base/printable.inc"
# Controls, format characters, surrogates, private use, unassigned, separators, combining marks.
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Mn", "Mc", "Me")
# Letters and symbols that show nothing: the Hangul fillers, the blank Braille pattern, the blanks of
# Egyptian hieroglyphs, the musical null notehead.
FILLERS = (0x115f, 0x1160, 0x2800, 0x3164, 0xffa0, 0x13441, 0x13442, 0x1d159)
POINTS = range(0x110000)
PER_LINE = 8


def is_hidden(point):
    return point != 0x20 and (unicodedata.category(chr(point)) in HIDDEN or point in FILLERS)


def edges_find():
    """The first character of each run, the hidden ones first."""
    return [point for point in range(len(POINTS) + 1)
            if (point in POINTS and is_hidden(point)) != (point > 0 and is_hidden(point - 1))]


def file_make():
    edges = ["0x%x," % edge for edge in edges_find()]
    lines = [" ".join(edges[at:at + PER_LINE]) for at in range(0, len(edges), PER_LINE)]
    return ("/* SPDX-License-Identifier: Apache-2.0 */\n"
            "/* Made by tests/unit/printable.py. Unicode %s */\n" % unicodedata.unidata_version
            + "\n".join(lines) + "\n")


def file_read():
    text = FILE.read_text()
    version = re.search(r"Unicode ([0-9.]+) ", text)[1]
    edges = [int(edge, 16) for edge in re.findall(r"0x[0-9a-f]+", text)]
    assert edges == sorted(set(edges)) and len(edges) % 2 == 0
    bounds = zip(edges[::2], edges[1::2])
    return version, {point for first, end in bounds for point in range(first, end)}


def is_wrong(point, hidden, same_version):
    """Another version of Unicode may have characters that are unassigned in the one of the file."""
    if point in hidden:
        return same_version and not is_hidden(point)
    return is_hidden(point) and (same_version or unicodedata.category(chr(point)) != "Cn")


def file_check():
    version, hidden = file_read()
    same_version = version == unicodedata.unidata_version
    wrong = [point for point in POINTS if is_wrong(point, hidden, same_version)]
    for point in wrong:
        print("U+%04X: %s" % (point, "printable" if point in hidden else "not printable"))
    return 1 if wrong else 0


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__)
    if sys.argv[1:]:
        return file_check()
    FILE.write_text(file_make())
    return 0


if __name__ == "__main__":
    sys.exit(main())
