/* SPDX-License-Identifier: Apache-2.0 */
#include "base/visible.h"

#include <stdbool.h>

#define ESCAPE_LEN VISIBLE_ROOM(1) /* \xHH */

/* A run of bytes that stands for one character, or for one U+FFFD if it is not valid. */
struct unit {
	size_t len;
	uint32_t point;
	bool valid;
};

/* Well-formed byte sequences: Unicode 15, table 3-7. */
static struct unit unit_next(const unsigned char *bytes, size_t left)
{
	unsigned char low = 0x80, high = 0xbf, lead = bytes[0];
	size_t more = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
	uint32_t point = more ? lead & (0x3f >> more) : lead;

	if ((lead >= 0x80 && lead < 0xc2) || lead > 0xf4)
		return (struct unit){.len = 1};
	if (lead == 0xe0)
		low = 0xa0;
	else if (lead == 0xed)
		high = 0x9f;
	else if (lead == 0xf0)
		low = 0x90;
	else if (lead == 0xf4)
		high = 0x8f;
	for (size_t i = 1; i <= more; i++) {
		if (i >= left || bytes[i] < low || bytes[i] > high)
			return (struct unit){.len = i};
		point = point << 6 | (bytes[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	return (struct unit){.len = more + 1, .point = point, .valid = true};
}

static void escapes_put(char *at, const unsigned char *bytes, size_t len)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*at++ = '\\';
		*at++ = 'x';
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 0xf];
	}
}

/* Where runs of characters begin, by turns of those that are not printable and those that are. */
static const uint32_t runs[] = {
#include "base/printable.inc"
};

static bool point_is_printable(uint32_t point)
{
	size_t low = 0, high = sizeof(runs) / sizeof(*runs);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (runs[middle] <= point)
			low = middle + 1;
		else
			high = middle;
	}
	return low % 2 == 0;
}

char *visible_put(char *at, const char *bytes, size_t len, size_t max, size_t *columns)
{
	const unsigned char *from = (const unsigned char *)bytes, *end = from + len;

	*columns = 0;
	while (from < end) {
		struct unit unit = unit_next(from, end - from);
		size_t shown_len = unit.len, width = 1;
		char escapes[ESCAPE_LEN * 4];
		const void *shown = from;

		if (!unit.valid) {
			shown = "\xef\xbf\xbd"; /* U+FFFD */
			shown_len = 3;
		} else if (unit.point == '\\') { /* one alone begins an escape */
			shown = "\\\\";
			shown_len = width = 2;
		} else if (!point_is_printable(unit.point)) {
			escapes_put(escapes, from, unit.len);
			shown = escapes;
			shown_len = width = ESCAPE_LEN * unit.len;
		}
		if (width > max - *columns)
			break;
		memcpy(at, shown, shown_len);
		at += shown_len;
		*columns += width;
		from += unit.len;
	}
	return at;
}
