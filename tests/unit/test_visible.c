/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/visible.h"

#define R "\xef\xbf\xbd" /* U+FFFD */

/* Appends, in exactly the room that is asked for, and returns the columns. */
static size_t visible_append(struct text *text, const char *bytes, size_t len, size_t max)
{
	char *room = malloc(VISIBLE_ROOM(len) + 1); /* a sanitizer would tell */
	size_t columns = 4711;

	assert_non_null(room);
	text_bytes(text, room, visible_put(room, bytes, len, max, &columns) - room);
	free(room);
	return columns;
}

struct visible_case {
	const char *bytes;
	size_t len;
	const char *shown;
	size_t columns;
};

static void cases_check(const struct visible_case *cases, size_t count, size_t max)
{
	for (size_t i = 0; i < count; i++) {
		_cleanup_text_ struct text text = {0};
		char bytes[32];
		size_t columns;

		/* What comes behind would go on with a character that is cut at the end. */
		memset(bytes, 0x80, sizeof(bytes));
		memcpy(bytes, cases[i].bytes, cases[i].len);
		text_char(&text, '<');
		columns = visible_append(&text, bytes, cases[i].len, max);
		if (columns != cases[i].columns || strcmp(text.data + 1, cases[i].shown))
			print_error("case %zu: '%s', %zu columns\n", i, text.data + 1, columns);
		assert_string_equal(text.data + 1, cases[i].shown);
		assert_int_equal(columns, cases[i].columns);
	}
}

static void ascii_is_itself(void **state)
{
	char printable[0x7f - 0x20] = "";
	_cleanup_text_ struct text text = {0};

	for (int c = 0x20, at = 0; c < 0x7f; c++)
		if (c != '\\')
			printable[at++] = c;
	assert_int_equal(visible_append(&text, printable, strlen(printable), SIZE_MAX), 0x5e);
	assert_string_equal(text.data, printable);
	assert_int_equal(visible_append(&text, "", 0, SIZE_MAX), 0);
	assert_int_equal(text.len, 0x5e);
}

/* What is written by hand is not what an escape looks like. */
static void backslash_is_doubled(void **state)
{
	static const struct visible_case cases[] = {
		{BYTES("\\"), "\\\\", 2},
		{BYTES("\\x0a\n"), "\\\\x0a\\x0a", 9},
		{BYTES("\xe2\x80\xae\\xe2\\x80\\xae"), "\\xe2\\x80\\xae\\\\xe2\\\\x80\\\\xae", 27},
	};

	cases_check(cases, COUNT(cases), SIZE_MAX);
}

static void c0_and_del_are_escaped(void **state)
{
	for (int c = 0; c < 0x80; c++) {
		_cleanup_text_ struct text text = {0};
		char escape[5], byte = c;
		int len;

		if (c >= 0x20 && c < 0x7f)
			continue;
		len = snprintf(escape, sizeof(escape), "\\x%02x", c);
		assert_int_equal(visible_append(&text, &byte, 1, SIZE_MAX), 4);
		text_assert(&text, escape, len);
	}
}

static void c1_is_escaped(void **state)
{
	static const struct visible_case edges[] = {
		{BYTES("\xc2\xa1"), "\xc2\xa1", 1}, /* behind the no-break space */
	};

	for (int c = 0x80; c < 0xa0; c++) {
		_cleanup_text_ struct text text = {0};
		char escape[9], bytes[] = {'\xc2', c};
		int len = snprintf(escape, sizeof(escape), "\\xc2\\x%02x", c);

		assert_int_equal(visible_append(&text, bytes, 2, SIZE_MAX), 8);
		text_assert(&text, escape, len);
	}
	cases_check(edges, COUNT(edges), SIZE_MAX);
}

static void separators_and_directions_are_escaped(void **state)
{
	static const struct visible_case cases[] = {
		{BYTES("\xd8\x9c"), "\\xd8\\x9c", 8}, /* U+061C */
		{BYTES("\xe2\x80\x8e"), "\\xe2\\x80\\x8e", 12}, /* U+200E */
		{BYTES("\xe2\x80\x8f"), "\\xe2\\x80\\x8f", 12}, /* U+200F */
		{BYTES("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", 12}, /* U+2028 */
		{BYTES("\xe2\x80\xa9"), "\\xe2\\x80\\xa9", 12}, /* U+2029 */
		{BYTES("\xe2\x80\xaa"), "\\xe2\\x80\\xaa", 12}, /* U+202A */
		{BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae", 12}, /* U+202E */
		{BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6", 12}, /* U+2066 */
		{BYTES("\xe2\x81\xa9"), "\\xe2\\x81\\xa9", 12}, /* U+2069 */
		{BYTES("a\xe2\x80\xae"
		       "b"),
		 "a\\xe2\\x80\\xae"
		 "b",
		 14}, /* between others */
		/* Their neighbours are harmless. */
		{BYTES("\xd8\x9b"), "\xd8\x9b", 1}, /* U+061B */
		{BYTES("\xd8\x9d"), "\xd8\x9d", 1}, /* U+061D */
		{BYTES("\xe2\x80\x90"), "\xe2\x80\x90", 1}, /* U+2010 */
		{BYTES("\xe2\x80\xa7"), "\xe2\x80\xa7", 1}, /* U+2027 */
		{BYTES("\xe2\x80\xb0"), "\xe2\x80\xb0", 1}, /* U+2030 */
		{BYTES("\xe2\x81\xb0"), "\xe2\x81\xb0", 1}, /* U+2070 */
	};

	cases_check(cases, COUNT(cases), SIZE_MAX);
}

/* printable.py holds the table to Unicode: these are a few of each kind. */
static void invisible_and_combining_are_escaped(void **state)
{
	static const struct visible_case cases[] = {
		{BYTES("a\xcc\x81"), "a\\xcc\\x81", 9}, /* U+0301, Mn */
		{BYTES("\xe0\xa4\x83"), "\\xe0\\xa4\\x83", 12}, /* U+0903, Mc */
		{BYTES("\xe2\x83\x9d"), "\\xe2\\x83\\x9d", 12}, /* U+20DD, Me */
		{BYTES("\xcd\x8f"), "\\xcd\\x8f", 8}, /* U+034F, the grapheme joiner */
		{BYTES("\xc2\xad"), "\\xc2\\xad", 8}, /* U+00AD, the soft hyphen */
		{BYTES("\xe2\x80\x8b"), "\\xe2\\x80\\x8b", 12}, /* U+200B, zero width */
		{BYTES("\xe2\x80\x8d"), "\\xe2\\x80\\x8d", 12}, /* U+200D, a joiner */
		{BYTES("\xef\xbb\xbf"), "\\xef\\xbb\\xbf", 12}, /* U+FEFF */
		{BYTES("\xef\xbf\xb9"), "\\xef\\xbf\\xb9", 12}, /* U+FFF9, an annotation */
		{BYTES("\xf3\xa0\x81\x81"), "\\xf3\\xa0\\x81\\x81", 16}, /* U+E0041, a tag */
		{BYTES("\xef\xb8\x8f"), "\\xef\\xb8\\x8f", 12}, /* U+FE0F, a variation */
		{BYTES("\xf3\xa0\x84\x80"), "\\xf3\\xa0\\x84\\x80", 16}, /* U+E0100 */
		{BYTES("\xe1\xa0\x8b"), "\\xe1\\xa0\\x8b", 12}, /* U+180B */
		{BYTES("\xe1\x85\x9f"), "\\xe1\\x85\\x9f", 12}, /* U+115F, a filler */
		{BYTES("\xe3\x85\xa4"), "\\xe3\\x85\\xa4", 12}, /* U+3164, a filler */
		{BYTES("\xef\xbe\xa0"), "\\xef\\xbe\\xa0", 12}, /* U+FFA0, a filler */
		{BYTES("\xe2\xa0\x80"), "\\xe2\\xa0\\x80", 12}, /* U+2800, blank Braille */
		{BYTES("\xc2\xa0"), "\\xc2\\xa0", 8}, /* U+00A0, a space */
		{BYTES("\xe2\x80\x80"), "\\xe2\\x80\\x80", 12}, /* U+2000, a space */
		{BYTES("\xe2\x80\xaf"), "\\xe2\\x80\\xaf", 12}, /* U+202F, a space */
		{BYTES("\xe3\x80\x80"), "\\xe3\\x80\\x80", 12}, /* U+3000, a space */
		{BYTES("\xee\x80\x80"), "\\xee\\x80\\x80", 12}, /* U+E000, private use */
		{BYTES("\xef\xb7\x90"), "\\xef\\xb7\\x90", 12}, /* U+FDD0, no character */
		{BYTES("\xef\xbf\xbf"), "\\xef\\xbf\\xbf", 12}, /* U+FFFF, no character */
		{BYTES("\xf4\x8f\xbf\xbf"), "\\xf4\\x8f\\xbf\\xbf", 16}, /* U+10FFFF */
		{BYTES("\xf3\xb0\x80\x80"), "\\xf3\\xb0\\x80\\x80", 16}, /* U+F0000 */
		{BYTES("\xcd\xb8"), "\\xcd\\xb8", 8}, /* U+0378, not assigned */
	};

	cases_check(cases, COUNT(cases), SIZE_MAX);
}

static void utf8_is_itself(void **state)
{
	static const struct visible_case cases[] = {
		{BYTES("\xc3\xa9"), "\xc3\xa9", 1},
		{BYTES("\xdf\xbe"), "\xdf\xbe", 1}, /* U+07FE */
		{BYTES("\xe0\xa0\x80"), "\xe0\xa0\x80", 1}, /* U+0800 */
		{BYTES("\xe2\x82\xac"), "\xe2\x82\xac", 1}, /* U+20AC */
		{BYTES("\xed\x9f\xbb"), "\xed\x9f\xbb", 1}, /* U+D7FB */
		{BYTES("\xef\xbf\xbd"), "\xef\xbf\xbd", 1}, /* U+FFFD itself */
		{BYTES("\xf0\x90\x80\x80"), "\xf0\x90\x80\x80", 1}, /* U+10000 */
		{BYTES("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80", 1}, /* U+1F600 */
		{BYTES("caf\xc3\xa9 \xe2\x82\xac"
		       "5"),
		 "caf\xc3\xa9 \xe2\x82\xac"
		 "5",
		 7},
	};

	cases_check(cases, COUNT(cases), SIZE_MAX);
}

/* Expected is what Python's bytes.decode("utf-8", "replace") gives. */
static void invalid_is_replaced(void **state)
{
	static const struct visible_case cases[] = {
		{BYTES("\x80"), R, 1},
		{BYTES("\xbf"), R, 1},
		{BYTES("\x85"), R, 1},
		{BYTES("\x9b"), R, 1},
		{BYTES("\xc0\x80"), R R, 2},
		{BYTES("\xc1\xbf"), R R, 2},
		{BYTES("\xc3"), R, 1},
		{BYTES("\xc3\x28"), R "(", 2},
		{BYTES("\xc3\xc3\xa9"), R "\xc3\xa9", 2},
		{BYTES("\xe0\x80\x80"), R R R, 3},
		{BYTES("\xe0\x9f\xbf"), R R R, 3},
		{BYTES("\xe0\xa0"), R, 1},
		{BYTES("\xe2\x82"), R, 1},
		{BYTES("\xe2\x82\x41"), R "A", 2},
		{BYTES("\xe2\x28\xa1"), R "(" R, 3},
		{BYTES("\xe2\x80"), R, 1},
		{BYTES("\xed\xa0\x80"), R R R, 3},
		{BYTES("\xed\xbf\xbf"), R R R, 3},
		{BYTES("\xed\x9f"), R, 1},
		{BYTES("\xf0\x80\x80\x80"), R R R R, 4},
		{BYTES("\xf0\x8f\xbf\xbf"), R R R R, 4},
		{BYTES("\xf0\x9f"), R, 1},
		{BYTES("\xf0\x9f\x98"), R, 1},
		{BYTES("\xf0\x9f\x98\x41"), R "A", 2},
		{BYTES("\xf0\x28\x8c\xbc"), R "(" R R, 4},
		{BYTES("\xf4\x90\x80\x80"), R R R R, 4},
		{BYTES("\xf4\x8f\xbf"), R, 1},
		{BYTES("\xf5\x80\x80\x80"), R R R R, 4},
		{BYTES("\xf8\x88\x80\x80\x80"), R R R R R, 5},
		{BYTES("\xfe"), R, 1},
		{BYTES("\xff"), R, 1},
		{BYTES("\xc3\xa9\xa9"), "\xc3\xa9" R, 2},
		{BYTES("\x61\x80\x62"), "a" R "b", 3},
		{BYTES("\xf0\x9f\xe2\x82\xac"), R "\xe2\x82\xac", 2},
		{BYTES("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), R R R R "A", 5},
	};

	cases_check(cases, COUNT(cases), SIZE_MAX);
}

static void cut_counts_characters(void **state)
{
	static const struct visible_case three[] = {
		{BYTES(""), "", 0},
		{BYTES("ab"), "ab", 2},
		{BYTES("abc"), "abc", 3},
		{BYTES("abcd"), "abc", 3},
		{BYTES("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z"),
		 "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 3},
		{BYTES("\xff\xfe\xfd\xfc"), R R R, 3},
	};

	cases_check(three, COUNT(three), 3);
}

static void cut_spares_escapes(void **state)
{
	static const struct visible_case ten[] = {
		{BYTES("\n\nab"),
		 "\\x0a\\x0a"
		 "ab",
		 10},
		{BYTES("abcdef\n"), "abcdef\\x0a", 10},
		{BYTES("abcdefg\n"), "abcdefg", 7},
		/* What comes after it is not moved up. */
		{BYTES("abcdefg\nh"), "abcdefg", 7},
		{BYTES("\n\n\n"), "\\x0a\\x0a", 8},
		{BYTES("abcdefgh\\"), "abcdefgh\\\\", 10},
		{BYTES("abcdefghi\\"), "abcdefghi", 9},
		{BYTES("ab\xc2\x85z"), "ab\\xc2\\x85", 10},
		{BYTES("abc\xc2\x85z"), "abc", 3},
		{BYTES("\xe2\x80\xaez"), "", 0},
	};
	static const struct visible_case none[] = {
		{BYTES("a"), "", 0},
		{BYTES("\n"), "", 0},
		{BYTES("\xff"), "", 0},
	};

	cases_check(ten, COUNT(ten), 10);
	cases_check(none, COUNT(none), 0);
}

/* Each byte at each place among printable ones, in words and in what is left of them. */
static void plain_ends_at_the_first_special(void **state)
{
	for (size_t len = 0; len <= 20; len++) {
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				char bytes[20];
				bool plain = c >= 0x20 && c < 0x7f && c != '\\';

				memset(bytes, at % 2 ? ' ' : '~', len);
				bytes[at] = c;
				bytes[len - 1] = at < len - 1 ? '\n' : c;
				assert_int_equal(visible_plain(bytes, len), !plain	   ? at
									    : at < len - 1 ? len - 1
											   : len);
			}
		}
	}
	assert_int_equal(visible_plain("", 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ascii_is_itself),
		cmocka_unit_test(backslash_is_doubled),
		cmocka_unit_test(c0_and_del_are_escaped),
		cmocka_unit_test(c1_is_escaped),
		cmocka_unit_test(separators_and_directions_are_escaped),
		cmocka_unit_test(invisible_and_combining_are_escaped),
		cmocka_unit_test(utf8_is_itself),
		cmocka_unit_test(invalid_is_replaced),
		cmocka_unit_test(cut_counts_characters),
		cmocka_unit_test(cut_spares_escapes),
		cmocka_unit_test(plain_ends_at_the_first_special),
	};

	return cmocka_run_group_tests_name("visible", tests, NULL, NULL);
}
