/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"

#include <stdint.h>
#include <string.h>

#define DEPTH_MAX 8

/* The bytes of the character at the beginning, or 0: it is not UTF-8 (RFC 3629, 4). */
static size_t character_read(const unsigned char *at, size_t len, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t size = at[0] < 0x80 ? 1 : at[0] < 0xc0 ? 0 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;

	if (!size || size > len || at[0] > 0xf4)
		return 0;
	*point = size == 1 ? at[0] : at[0] & (0x7f >> size);
	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (at[i] & 0x3f);
	}
	if (*point < least[size] || *point > 0x10ffff || (*point >= 0xd800 && *point < 0xe000))
		return 0;
	return size;
}

static bool is_printable(uint32_t point)
{
	static const uint32_t turns[] = {
#include "base/printable.inc"
	};
	bool printable = true;

	for (size_t i = 0; i < sizeof(turns) / sizeof(*turns) && turns[i] <= point; i++)
		printable = !printable;
	return printable;
}

bool judge_visible(const char *bytes, size_t len, const char *allowed)
{
	uint32_t point = 0;
	size_t size;

	for (; len; bytes += size, len -= size) {
		size = character_read((const unsigned char *)bytes, len, &point);
		if (!size || !point || (!is_printable(point) && !strchr(allowed, *bytes)))
			return false;
	}
	return true;
}

bool judge_ascii(const char *bytes, size_t len, const char *allowed)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] & 0x80)
			return false;
	return judge_visible(bytes, len, allowed);
}

struct reader {
	const char *at, *end;
};

static bool take(struct reader *reader, char wanted)
{
	if (reader->at == reader->end || *reader->at != wanted)
		return false;
	reader->at++;
	return true;
}

static bool word_take(struct reader *reader, const char *word)
{
	size_t len = strlen(word);

	if ((size_t)(reader->end - reader->at) < len || memcmp(reader->at, word, len))
		return false;
	reader->at += len;
	return true;
}

static bool digits_take(struct reader *reader)
{
	const char *begin = reader->at;

	while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9')
		reader->at++;
	return reader->at > begin;
}

/* No exponent is ever written here. */
static bool number_take(struct reader *reader)
{
	take(reader, '-');
	if (!take(reader, '0') && !digits_take(reader))
		return false;
	return !take(reader, '.') || digits_take(reader);
}

/* Only the escapes that are used here. */
static bool string_take(struct reader *reader)
{
	if (!take(reader, '"'))
		return false;
	while (reader->at < reader->end && *reader->at != '"') {
		if (take(reader, '\\') &&
		    (reader->at == reader->end || !strchr("\"\\", *reader->at)))
			return false;
		reader->at++;
	}
	return take(reader, '"');
}

static bool value_take(struct reader *reader, int depth);

static bool members_take(struct reader *reader, char end, int depth)
{
	if (take(reader, end))
		return true;
	do {
		if (end == '}' && (!string_take(reader) || !take(reader, ':')))
			return false;
		if (!value_take(reader, depth + 1))
			return false;
	} while (take(reader, ','));
	return take(reader, end);
}

static bool value_take(struct reader *reader, int depth)
{
	if (depth == DEPTH_MAX)
		return false;
	if (take(reader, '{'))
		return members_take(reader, '}', depth);
	if (take(reader, '['))
		return members_take(reader, ']', depth);
	return string_take(reader) || word_take(reader, "null") || word_take(reader, "true") ||
	       word_take(reader, "false") || number_take(reader);
}

bool judge_json_object(const char *bytes, size_t len)
{
	struct reader reader = {bytes, bytes + len};

	return judge_visible(bytes, len, "") && len && *bytes == '{' && value_take(&reader, 0) &&
	       reader.at == reader.end;
}

static bool quoted_take(struct reader *reader)
{
	do
		while (reader->at < reader->end && *reader->at != '"')
			reader->at++;
	while (word_take(reader, "\"\""));
	return take(reader, '"');
}

size_t judge_csv_values(const char *bytes, size_t len)
{
	struct reader reader = {bytes, bytes + len};
	size_t values = 0;

	do {
		values++;
		if (take(&reader, '"') && !quoted_take(&reader))
			return 0;
		while (reader.at < reader.end && *reader.at != ',' && *reader.at != '"')
			reader.at++;
	} while (take(&reader, ','));
	return reader.at == reader.end ? values : 0;
}
