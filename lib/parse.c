/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

#include <errno.h>
#include <string.h>

int parse_number(const char *str, size_t len, uint64_t min, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;
	int overflow = 0;

	if (!len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++) {
		if (str[i] < '0' || str[i] > '9')
			return -EINVAL;
		overflow |= __builtin_mul_overflow(sum, 10, &sum);
		overflow |= __builtin_add_overflow(sum, str[i] - '0', &sum);
	}
	if (overflow || sum < min || sum > max)
		return -ERANGE;
	*value = sum;
	return 0;
}

int parse_fixed(const char *str, size_t len, unsigned int decimals, uint64_t max, uint64_t *value)
{
	const char *point = memchr(str, '.', len);
	size_t digits = point ? str + len - point - 1 : 0;
	uint64_t whole, part = 0;
	int err;

	err = parse_number(str, point ? (size_t)(point - str) : len, 0, UINT64_MAX, &whole);
	if (!err && point)
		err = digits > decimals ? -EINVAL
					: parse_number(point + 1, digits, 0, UINT64_MAX, &part);
	if (err)
		return err;
	for (size_t i = digits; i < decimals; i++)
		part *= 10;
	for (size_t i = 0; i < decimals; i++)
		if (__builtin_mul_overflow(whole, 10, &whole))
			return -ERANGE;
	if (__builtin_add_overflow(whole, part, &whole) || whole > max)
		return -ERANGE;
	*value = whole;
	return 0;
}
