/* SPDX-License-Identifier: Apache-2.0 */
#include "visible.h"

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

static bool point_is_unsafe(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point < 0xa0) || /* C0, DEL, C1 */
	       (point >= 0x2028 && point <= 0x202e) || /* separators, embeddings, overrides */
	       (point >= 0x2066 && point <= 0x2069) || /* isolates */
	       point == 0x200e || point == 0x200f || point == 0x061c; /* marks */
}

static char *escape_put(char *at, const unsigned char *bytes, size_t len)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*at++ = '\\';
		*at++ = 'x';
		*at++ = hex[bytes[i] >> 4];
		*at++ = hex[bytes[i] & 0xf];
	}
	return at;
}

static char *bytes_put(char *at, const void *bytes, size_t len)
{
	memcpy(at, bytes, len);
	return at + len;
}

char *visible_put(char *at, const char *bytes, size_t len, size_t max, size_t *columns)
{
	const unsigned char *from = (const unsigned char *)bytes, *end = from + len;

	*columns = 0;
	while (from < end) {
		struct unit unit = unit_next(from, end - from);
		bool escape = unit.valid && point_is_unsafe(unit.point);
		size_t width = escape ? ESCAPE_LEN * unit.len : 1;

		if (width > max - *columns)
			break;
		if (!unit.valid)
			at = bytes_put(at, "\xef\xbf\xbd", 3);
		else if (escape)
			at = escape_put(at, from, unit.len);
		else
			at = bytes_put(at, from, unit.len);
		*columns += width;
		from += unit.len;
	}
	return at;
}
