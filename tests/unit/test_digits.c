/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/digits.h"
#include "random.h"

#define NUMBERS 500000
#define ROOM	64

typedef char *put_fn(char *at, uint64_t value);

/* What is written is expected, and within room bytes. */
static void put_check(put_fn *put, size_t room, uint64_t value, const char *expected)
{
	char buf[1 + ROOM];
	size_t len;

	memset(buf, '#', sizeof(buf));
	len = put(buf + 1, value) - (buf + 1);
	if (len != strlen(expected) || memcmp(buf + 1, expected, len))
		print_error("%" PRIu64 ": '%.*s'\n", value, (int)len, buf + 1);
	assert_int_equal(len, strlen(expected));
	assert_memory_equal(buf + 1, expected, len);
	assert_int_equal(buf[0], '#');
	for (size_t i = room; i < ROOM; i++)
		assert_int_equal(buf[1 + i], '#');
}

static char *short_put(char *at, uint64_t value)
{
	return digits_short(at, value);
}

static char *hex16_put(char *at, uint64_t value)
{
	return digits_hex16(at, value);
}

/* Each routine against printf, where the number is one that it takes. */
static void all_check(uint64_t value)
{
	char expected[64];

	snprintf(expected, sizeof(expected), "%" PRIu64, value);
	put_check(digits_dec, DIGITS_DEC_ROOM, value, expected);
	if (value < DIGITS_EIGHT)
		put_check(short_put, 8, value, expected);
	snprintf(expected, sizeof(expected), "%" PRIx64, value);
	put_check(digits_hex, DIGITS_HEX_ROOM, value, expected);
	if (value <= UINT16_MAX)
		put_check(hex16_put, 8, value, expected);
	snprintf(expected, sizeof(expected), "%" PRIu64 ".%03" PRIu64, value / 1000, value % 1000);
	put_check(digits_thousandths, DIGITS_FIXED_ROOM, value, expected);
	snprintf(expected, sizeof(expected), "%" PRIu64 ".%06" PRIu64, value / 1000000,
		 value % 1000000);
	put_check(digits_millionths, DIGITS_FIXED_ROOM, value, expected);
}

static void numbers_have_all_digits(void **state)
{
	static const struct {
		put_fn *put;
		uint64_t value;
		const char *shown;
	} cases[] = {
		{digits_dec, 0, "0"},
		{digits_dec, 9, "9"},
		{digits_dec, 10, "10"},
		{digits_dec, 65535, "65535"},
		{digits_dec, UINT64_MAX, "18446744073709551615"},
		{digits_hex, 0, "0"},
		{digits_hex, 0xf, "f"},
		{digits_hex, 0x10, "10"},
		{digits_hex, 0xffff9d8e0abcdef0, "ffff9d8e0abcdef0"},
		{digits_hex, UINT64_MAX, "ffffffffffffffff"},
		{digits_thousandths, 0, "0.000"},
		{digits_thousandths, 7, "0.007"},
		{digits_thousandths, 999, "0.999"},
		{digits_thousandths, 1000, "1.000"},
		{digits_thousandths, 1010, "1.010"},
		{digits_thousandths, 1234567, "1234.567"},
		{digits_thousandths, UINT64_MAX, "18446744073709551.615"},
		{digits_millionths, 0, "0.000000"},
		{digits_millionths, 1, "0.000001"},
		{digits_millionths, 999999, "0.999999"},
		{digits_millionths, 1000000, "1.000000"},
		{digits_millionths, 12000034, "12.000034"},
		{digits_millionths, UINT64_MAX, "18446744073709.551615"},
	};

	for (size_t i = 0; i < COUNT(cases); i++)
		put_check(cases[i].put, ROOM, cases[i].value, cases[i].shown);
}

static void small_numbers_are_printfs(void **state)
{
	for (uint64_t value = 0; value <= 110000; value++)
		all_check(value);
}

/* Where a digit more is needed, and around. */
static void powers_are_printfs(void **state)
{
	for (uint64_t base = 2; base <= 16; base++) {
		for (uint64_t power = 1;; power *= base) {
			for (uint64_t d = 0; d <= 8; d++)
				all_check(power + d - 4);
			if (power > UINT64_MAX / base)
				break;
		}
	}
}

static void random_numbers_are_printfs(void **state)
{
	for (int i = 0; i < NUMBERS; i++)
		all_check(random_sized());
}

/* Eight digits are made of two and of four, each of which may be any. */
static void fours_are_printfs(void **state)
{
	for (uint64_t four = 0; four < 10000; four++) {
		char expected[16];

		snprintf(expected, sizeof(expected), "%" PRIu64, four * 10000 + 9999 - four);
		put_check(short_put, 8, four * 10000 + 9999 - four, expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_have_all_digits),
		cmocka_unit_test(small_numbers_are_printfs),
		cmocka_unit_test(powers_are_printfs),
		cmocka_unit_test(random_numbers_are_printfs),
		cmocka_unit_test(fours_are_printfs),
	};

	return cmocka_run_group_tests_name("digits", tests, NULL, NULL);
}
