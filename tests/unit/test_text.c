/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void empty_is_free_to_end(void **state)
{
	struct text text = {0};

	text_free(&text);
	text_free(&text);
	assert_null(text.data);
	assert_int_equal(text.len, 0);
}

static void bytes_may_be_anything(void **state)
{
	_cleanup_text_ struct text text = {0};

	text_bytes(&text, BYTES("a\0b"));
	text_str(&text, "");
	text_char(&text, '\xff');
	text_str(&text, "cd");
	text_assert(&text, BYTES("a\0b\xff"
				 "cd"));
}

static void growth_keeps_all(void **state)
{
	_cleanup_text_ struct text text = {0};

	for (size_t i = 0; i < 100000; i++) {
		text_char(&text, 'a' + i % 26);
		assert_true(text.room > text.len);
		assert_int_equal(text.data[text.len], '\0');
	}
	assert_int_equal(text.len, 100000);
	for (size_t i = 0; i < text.len; i++)
		assert_int_equal(text.data[i], 'a' + i % 26);
}

static void reserve_leaves_room_for_nul(void **state)
{
	for (size_t len = 0; len < 2000; len++) {
		_cleanup_text_ struct text text = {0};
		char *at;

		text_str(&text, "abc");
		at = text_reserve(&text, len);
		assert_ptr_equal(at, text.data + 3);
		assert_int_equal(text.len, 3);
		assert_true(text.room > 3 + len);
		memset(at, 'x', len + 1); /* a sanitizer would tell */
		assert_memory_equal(text.data, "abc", 3);
	}
}

static void reserve_stays_where_it_fits(void **state)
{
	_cleanup_text_ struct text text = {0};
	char *at = text_reserve(&text, 100);

	assert_non_null(at);
	assert_ptr_equal(text_reserve(&text, text.room - 1), at);
	text_bytes(&text, at, 0);
	assert_ptr_equal(text.data, at);
}

static void take_ends_what_was_reserved(void **state)
{
	_cleanup_text_ struct text text = {0};
	char *at;

	text_str(&text, "abc");
	at = text_reserve(&text, 5);
	memcpy(at, "defXX", 5);
	text_commit(&text, at + 3);
	text_assert(&text, BYTES("abcdef"));
	text_commit(&text, text_reserve(&text, 0));
	text_assert(&text, BYTES("abcdef"));
}

static void clear_keeps_the_memory(void **state)
{
	_cleanup_text_ struct text text = {0};
	const char *data;

	text_str(&text, "before");
	data = text.data;
	text_clear(&text);
	assert_int_equal(text.len, 0);
	text_str(&text, "aft");
	assert_ptr_equal(text.data, data);
	text_assert(&text, BYTES("aft"));
}

static void error_stops_appends(void **state)
{
	_cleanup_text_ struct text text = {0};

	text_str(&text, "kept");
	text.err = -ENOMEM;
	assert_null(text_reserve(&text, 0));
	text_str(&text, "x");
	text_char(&text, 'x');
	text_dec(&text, 1);
	text_printf(&text, "%d", 1);
	assert_int_equal(text.err, -ENOMEM);
	assert_int_equal(text.len, 4);
	text_clear(&text);
	text_str(&text, "y");
	text_assert(&text, BYTES("y"));
}

static void numbers_have_all_digits(void **state)
{
	static const struct {
		void (*append)(struct text *text, uint64_t value);
		uint64_t value;
		const char *shown;
	} cases[] = {
		{text_dec, 0, "0"},
		{text_dec, 9, "9"},
		{text_dec, 10, "10"},
		{text_dec, 65535, "65535"},
		{text_dec, UINT64_MAX, "18446744073709551615"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_text_ struct text text = {0};

		text_char(&text, '<');
		cases[i].append(&text, cases[i].value);
		assert_int_equal(text.data[0], '<');
		assert_string_equal(text.data + 1, cases[i].shown);
		assert_int_equal(text.len, strlen(cases[i].shown) + 1);
	}
}

static void printf_grows(void **state)
{
	_cleanup_text_ struct text text = {0};
	char expected[3000];

	text_printf(&text, "%s", "");
	text_assert(&text, "", 0);
	text_printf(&text, "%-1000s|%05d|%c", "left", 42, 'z');
	text_printf(&text, "%1500s", "right");
	snprintf(expected, sizeof(expected), "%-1000s|00042|z%1500s", "left", "right");
	text_assert(&text, expected, strlen(expected));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_is_free_to_end),
		cmocka_unit_test(bytes_may_be_anything),
		cmocka_unit_test(growth_keeps_all),
		cmocka_unit_test(reserve_leaves_room_for_nul),
		cmocka_unit_test(reserve_stays_where_it_fits),
		cmocka_unit_test(take_ends_what_was_reserved),
		cmocka_unit_test(clear_keeps_the_memory),
		cmocka_unit_test(error_stops_appends),
		cmocka_unit_test(numbers_have_all_digits),
		cmocka_unit_test(printf_grows),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
