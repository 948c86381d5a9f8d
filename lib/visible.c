/* SPDX-License-Identifier: Apache-2.0 */
#include "visible.h"

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

#define ESCAPE_LEN 4 /* \xHH */

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

size_t visible_append(struct text *text, const char *bytes, size_t len, size_t max)
{
	const unsigned char *at = (const unsigned char *)bytes, *end = at + len;
	size_t columns = 0;

	while (at < end) {
		struct unit unit = unit_next(at, end - at);
		bool escape = unit.valid && point_is_unsafe(unit.point);
		size_t width = escape ? ESCAPE_LEN * unit.len : 1;

		if (width > max - columns)
			break;
		if (!unit.valid)
			text_str(text, "\xef\xbf\xbd");
		else if (!escape)
			text_bytes(text, at, unit.len);
		else
			for (size_t i = 0; i < unit.len; i++)
				text_printf(text, "\\x%02x", at[i]);
		columns += width;
		at += unit.len;
	}
	return columns;
}
