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
	uint64_t sum = 0, fraction = 0;
	int overflow = 0, err;

	if (rest > decimals || (point && parse_number(point + 1, rest, 0, UINT64_MAX, &fraction)))
		return -EINVAL;
	err = !whole && point ? 0 : parse_number(str, whole, 0, UINT64_MAX, &sum);
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

int parse_duration(const char *str, size_t len, uint64_t min, uint64_t max, uint64_t *ns)
{
	static const struct {
		const char *name;
		size_t decimals; /* of one, down to a nanosecond */
		uint64_t factor;
	} units[] = {
		{"", 9, 1},   {"s", 9, 1},    {"ms", 6, 1},   {"us", 3, 1},
		{"m", 9, 60}, {"min", 9, 60}, {"h", 9, 3600}, {"d", 9, 86400},
	};
	size_t number = 0;

	while (number < len && strchr("0123456789.", str[number]))
		number++;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		uint64_t value;
		int err;

		if (strlen(units[i].name) != len - number ||
		    memcmp(units[i].name, str + number, len - number))
			continue;
		err = parse_decimal(str, number, units[i].decimals, 0, UINT64_MAX, &value);
		if (err)
			return err;
		if (__builtin_mul_overflow(value, units[i].factor, &value) || value < min ||
		    value > max)
			return -ERANGE;
		*ns = value;
		return 0;
	}
	return -EINVAL;
}
