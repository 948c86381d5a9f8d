/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"

#define UNTOUCHED 4711

struct parse_case {
	const char *str;
	size_t len;
	uint64_t min, max;
	int err;
	uint64_t value;
};

static void cases_check(const struct parse_case *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct parse_case *at = &cases[i];
		uint64_t value = UNTOUCHED;
		int err = parse_number(at->str, at->len, at->min, at->max, &value);

		if (err != at->err)
			print_error("case %zu: '%s'\n", i, at->str);
		assert_int_equal(err, at->err);
		assert_int_equal(value, at->err ? UNTOUCHED : at->value);
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const struct {
		const char *str;
		size_t len;
	} words[] = {
		{BYTES("")},
		{BYTES("-1")},
		{BYTES("+1")},
		{BYTES(" 1")},
		{BYTES("1 ")},
		{BYTES("\t1")},
		{BYTES("1\n")},
		{BYTES("12abc")},
		{BYTES("abc")},
		{BYTES("0x10")},
		{BYTES("1.0")},
		{BYTES("1e3")},
		{BYTES("1,2")},
		{BYTES("/")},
		{BYTES(":")},
		{BYTES("\0")},
		{BYTES("1\0")},
		{BYTES("\xd9\xa1")},
		{BYTES("\xb1")},
		{BYTES("-")},
		{BYTES("1\xff"
		       "2")},
		{BYTES("99999999999999999999x")},
	};

	for (size_t i = 0; i < COUNT(words); i++)
		cases_check(&(struct parse_case){words[i].str, words[i].len, 0, UINT64_MAX, -EINVAL,
						 0},
			    1);
}

static void ports_end_at_65535(void **state)
{
	static const struct parse_case cases[] = {
		{BYTES("0"), 0, 65535, 0, 0},
		{BYTES("1"), 0, 65535, 0, 1},
		{BYTES("65535"), 0, 65535, 0, 65535},
		{BYTES("65536"), 0, 65535, -ERANGE, 0},
		{BYTES("99999"), 0, 65535, -ERANGE, 0},
		{BYTES("00000000000000000000000000080"), 0, 65535, 0, 80},
		/* Only the length counts, not what comes after it. */
		{"80,81", 2, 0, 65535, 0, 80},
		{"655350", 5, 0, 65535, 0, 65535},
	};

	cases_check(cases, COUNT(cases));
}

static void range_has_two_ends(void **state)
{
	static const struct parse_case cases[] = {
		{BYTES("0"), 1, 10, -ERANGE, 0},
		{BYTES("1"), 1, 10, 0, 1},
		{BYTES("10"), 1, 10, 0, 10},
		{BYTES("11"), 1, 10, -ERANGE, 0},
		{BYTES("5"), 5, 5, 0, 5},
		{BYTES("4"), 5, 5, -ERANGE, 0},
		{BYTES("2147483648"), 1, 1U << 31, 0, 1U << 31},
		{BYTES("2147483649"), 1, 1U << 31, -ERANGE, 0},
	};

	cases_check(cases, COUNT(cases));
}

/* What wraps around may look small. */
static void overflow_is_out_of_range(void **state)
{
	static const struct parse_case cases[] = {
		{BYTES("18446744073709551615"), 0, UINT64_MAX, 0, UINT64_MAX},
		{BYTES("18446744073709551616"), 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("18446744073709551696"), 0, 65535, -ERANGE, 0}, /* 2^64 + 80 */
		{BYTES("18446744073709551696"), 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("184467440737095516160"), 0, 65535, -ERANGE, 0}, /* 2^64 * 10 */
		{BYTES("99999999999999999999"), 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("340282366920938463463374607431768211536"), 0, 65535, -ERANGE, 0},
		{BYTES("1000000000000000000000000000000000000000000000000"), 0, UINT64_MAX, -ERANGE,
		 0},
	};

	cases_check(cases, COUNT(cases));
}

struct decimal_case {
	const char *str;
	size_t len, decimals;
	uint64_t min, max;
	int err;
	uint64_t value;
};

static void decimals_count_in_the_last_place(void **state)
{
	static const struct decimal_case cases[] = {
		{BYTES("0"), 3, 0, 10, 0, 0},
		{BYTES("1"), 3, 0, 9999, 0, 1000},
		{BYTES("1.5"), 3, 0, 9999, 0, 1500},
		{BYTES("1.005"), 3, 0, 9999, 0, 1005},
		{BYTES("0.001"), 3, 1, 9999, 0, 1},
		{BYTES("0.000"), 3, 1, 9999, -ERANGE, 0},
		{BYTES("9.999"), 3, 0, 9999, 0, 9999},
		{BYTES("10.0"), 3, 0, 9999, -ERANGE, 0},
		{BYTES("007.50"), 3, 0, 9999, 0, 7500},
		{BYTES("7"), 0, 0, 9999, 0, 7},
		{BYTES("18446744073.709551615"), 9, 0, UINT64_MAX, 0, UINT64_MAX},
		{BYTES("18446744073.709551616"), 9, 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("18446744074"), 9, 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("99999999999999999999.5"), 1, 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("1.9999999999999999999"), 19, 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("0.9999999999999999999"), 19, 0, UINT64_MAX, 0, 9999999999999999999ULL},
		/* Only the length counts, not what comes after it. */
		{"1.55", 3, 1, 0, 99, 0, 15},
		{"12.5", 2, 1, 0, 999, 0, 120},
		{BYTES("1.2345"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1.0"), 0, 0, 9999, -EINVAL, 0},
		{BYTES(""), 3, 0, 9999, -EINVAL, 0},
		{BYTES("."), 3, 0, 9999, -EINVAL, 0},
		{BYTES(".5"), 3, 0, 9999, 0, 500},
		{BYTES("5."), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1.2.3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1..3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1.-3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("-1.3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1. 3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1,5"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("1e3"), 3, 0, 9999, -EINVAL, 0},
		{BYTES("99999999999999999999.x"), 3, 0, 9999, -EINVAL, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct decimal_case *at = &cases[i];
		uint64_t value = UNTOUCHED;
		int err = parse_decimal(at->str, at->len, at->decimals, at->min, at->max, &value);

		if (err != at->err)
			print_error("case %zu: '%s'\n", i, at->str);
		assert_int_equal(err, at->err);
		assert_int_equal(value, at->err ? UNTOUCHED : at->value);
	}
}

static void durations_have_units(void **state)
{
	static const struct parse_case cases[] = {
		{BYTES("60"), 0, UINT64_MAX, 0, 60000000000},
		{BYTES("60s"), 0, UINT64_MAX, 0, 60000000000},
		{BYTES(".5"), 0, UINT64_MAX, 0, 500000000},
		{BYTES("1.5m"), 0, UINT64_MAX, 0, 90000000000},
		{BYTES("1min"), 0, UINT64_MAX, 0, 60000000000},
		{BYTES("2h"), 0, UINT64_MAX, 0, 7200000000000},
		{BYTES("1d"), 0, UINT64_MAX, 0, 86400000000000},
		{BYTES("250ms"), 0, UINT64_MAX, 0, 250000000},
		{BYTES("0.000001ms"), 0, UINT64_MAX, 0, 1},
		{BYTES("7.5us"), 0, UINT64_MAX, 0, 7500},
		{BYTES("999us"), 1000000, UINT64_MAX, -ERANGE, 0},
		{BYTES("1000us"), 1000000, UINT64_MAX, 0, 1000000},
		{BYTES("300000d"), 0, UINT64_MAX, -ERANGE, 0},
		{BYTES("18446744073s"), 0, UINT64_MAX, 0, 18446744073000000000ULL},
		{BYTES("18446744074s"), 0, UINT64_MAX, -ERANGE, 0},
		{"10minutes", 5, 0, UINT64_MAX, 0, 600000000000},
		{BYTES(""), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("s"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("5 s"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("5S"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("5ns"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("5m3"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("1m30s"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("-1s"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("0.0000001ms"), 0, UINT64_MAX, -EINVAL, 0},
		{BYTES("5\0"), 0, UINT64_MAX, -EINVAL, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct parse_case *at = &cases[i];
		uint64_t ns = UNTOUCHED;
		int err = parse_duration(at->str, at->len, at->min, at->max, &ns);

		if (err != at->err)
			print_error("case %zu: '%s'\n", i, at->str);
		assert_int_equal(err, at->err);
		assert_int_equal(ns, at->err ? UNTOUCHED : at->value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(ports_end_at_65535),
		cmocka_unit_test(range_has_two_ends),
		cmocka_unit_test(overflow_is_out_of_range),
		cmocka_unit_test(decimals_count_in_the_last_place),
		cmocka_unit_test(durations_have_units),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
