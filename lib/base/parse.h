/* SPDX-License-Identifier: Apache-2.0 */
/* Strict reading of numbers from text: what is not wholly a number in range is refused. */
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
 * The same for a number that may have a point and up to decimals (19 at most) digits behind it, at
 * least one: value, min and max count in units of the last one, so that with three, 1.5 is 1500.
 */
int parse_decimal(const char *str, size_t len, size_t decimals, uint64_t min, uint64_t max,
		  uint64_t *value);

#endif
