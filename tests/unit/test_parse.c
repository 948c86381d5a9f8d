/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

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

/* A thousandth is the smallest here, and 1000.000 the largest. */
static void point_moves_by_the_decimals(void **state)
{
	static const struct {
		const char *str;
		int err;
		uint64_t value;
	} cases[] = {
		{"0", 0, 0},
		{"0.0", 0, 0},
		{"7", 0, 7000},
		{"1.5", 0, 1500},
		{"1.05", 0, 1050},
		{"1.005", 0, 1005},
		{"0.001", 0, 1},
		{"0001.5", 0, 1500},
		{"1000", 0, 1000000},
		{"1000.000", 0, 1000000},
		{"1000.001", -ERANGE, 0},
		{"1001", -ERANGE, 0},
		{"18446744073709552", -ERANGE, 0}, /* times 1000 it is 384 more than 2^64 */
		{"18446744073709551616", -ERANGE, 0},
		{"1.0005", -EINVAL, 0},
		{"1.0000", -EINVAL, 0},
		{"", -EINVAL, 0},
		{".", -EINVAL, 0},
		{"1.", -EINVAL, 0},
		{".5", -EINVAL, 0},
		{"1.5.5", -EINVAL, 0},
		{"1,5", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{"1.-5", -EINVAL, 0},
		{"1e2", -EINVAL, 0},
		{" 1", -EINVAL, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		uint64_t value = 0;
		int err = parse_fixed(cases[i].str, strlen(cases[i].str), 3, 1000000, &value);

		if (err != cases[i].err || value != cases[i].value)
			print_error("'%s'\n", cases[i].str);
		assert_int_equal(err, cases[i].err);
		assert_int_equal(value, cases[i].value);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_number_is_refused),
		cmocka_unit_test(ports_end_at_65535),
		cmocka_unit_test(range_has_two_ends),
		cmocka_unit_test(overflow_is_out_of_range),
		cmocka_unit_test(point_moves_by_the_decimals),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
