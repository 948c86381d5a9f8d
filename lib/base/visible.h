/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of unknown origin, made safe to show: nothing in the output can end a line, move a
 * terminal's cursor, turn the direction of writing, change the character before it, or be
 * invisible; and two different names in UTF-8 never look the same because of an escape.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define VISIBLE_ROOM(len) (4 * (len)) /* what len bytes take at most, when all are escaped */

/*
 * Writes the len bytes at bytes as UTF-8 to at, which has VISIBLE_ROOM(len), and returns the end.
 * columns becomes the columns taken, one a character. At most max characters are shown (SIZE_MAX:
 * all); an escape is never cut in two.
 *
 * - A backslash is shown as two.
 * - A character that is not printable is shown as \xHH, a byte each: control and format characters,
 *   combining marks, spaces but U+0020, line and paragraph separators, fillers, private use, and
 *   what Unicode has not assigned (printable.inc, which tests/unit/printable.py makes).
 * - What is not UTF-8 is shown as U+FFFD, one for each maximal subpart (Unicode 15, 3.9, "U+FFFD
 *   Substitution of Maximal Subparts"), which is what Python's "replace" handler prints.
 */
char *visible_put(char *at, const char *bytes, size_t len, size_t max, size_t *columns);

#define VISIBLE_EACH 0x0101010101010101ULL /* times a byte: that byte, eight times */

/* Marks, by its highest bit, each of eight bytes that is not printable ASCII, or is a backslash. */
static inline uint64_t visible_special(uint64_t bytes)
{
	const uint64_t high = VISIBLE_EACH * 0x80;
	uint64_t printable = (bytes | high) - VISIBLE_EACH * 0x20; /* no byte borrows of the next */
	uint64_t del = (bytes & ~high) + VISIBLE_EACH;
	uint64_t other = ((bytes ^ VISIBLE_EACH * '\\') & ~high) + ~high; /* than a backslash */

	return (bytes | ~printable | del | ~other) & high;
}

/* How many bytes at the start are shown as they are, one a column: printable ASCII, no backslash.
 */
static inline size_t visible_plain(const char *bytes, size_t len)
{
	uint64_t eight, special;
	size_t i = 0;

	for (; i + sizeof(eight) <= len; i += sizeof(eight)) {
		memcpy(&eight, bytes + i, sizeof(eight));
		special = visible_special(le64toh(eight));
		if (special)
			return i + __builtin_ctzll(special) / 8;
	}
	while (i < len && bytes[i] >= 0x20 && bytes[i] < 0x7f && bytes[i] != '\\')
		i++;
	return i;
}

#endif
