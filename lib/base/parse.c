/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

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

int parse_decimal(const char *str, size_t len, size_t decimals, uint64_t min, uint64_t max,
		  uint64_t *value)
{
	const char *point = memchr(str, '.', len);
	size_t whole = point ? (size_t)(point - str) : len, rest = point ? len - whole - 1 : 0;
	uint64_t sum, fraction = 0;
	int overflow = 0, err;

	if (rest > decimals || (point && parse_number(point + 1, rest, 0, UINT64_MAX, &fraction)))
		return -EINVAL;
	err = parse_number(str, whole, 0, UINT64_MAX, &sum);
	if (err)
		return err;
	for (size_t i = 0; i < decimals; i++) {
		overflow |= __builtin_mul_overflow(sum, 10, &sum);
		if (i >= rest)
			fraction *= 10;
	}
	overflow |= __builtin_add_overflow(sum, fraction, &sum);
	if (overflow || sum < min || sum > max)
		return -ERANGE;
	*value = sum;
	return 0;
}
