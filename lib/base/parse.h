/* SPDX-License-Identifier: Apache-2.0 */
/* Strict parsing of numbers: the whole text must be a number in range. */
#ifndef PARSE_H
#define PARSE_H

#include <stddef.h>
#include <stdint.h>

/*
 * The decimal number that is the whole of the len bytes at str: digits only, no sign, no space.
 * -EINVAL if it is anything else, -ERANGE if it is not in [min, max].
 */
int parse_number(const char *str, size_t len, uint64_t min, uint64_t max, uint64_t *value);

/*
 * Like parse_number(), for a number with an optional point and up to decimals (19 at most) digits
 * behind it, at least one; then there need be none before it. value, min and max count in units of
 * the last one: with three, 1.5 is 1500.
 */
int parse_decimal(const char *str, size_t len, size_t decimals, uint64_t min, uint64_t max,
		  uint64_t *value);

/*
 * The same for a time: a number with up to nine decimals, and its unit: us, ms, s, m or min, h, d;
 * without one, seconds. ns, min and max are nanoseconds; what is less than one is an error.
 */
int parse_duration(const char *str, size_t len, uint64_t min, uint64_t max, uint64_t *ns);

#endif
