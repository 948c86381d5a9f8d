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
 * The same of a number that may have a point and, behind it, one to decimals digits: *value is that
 * number times 10 to the power of decimals, and max is of that. "1.5" with 3 decimals is 1500.
 */
int parse_fixed(const char *str, size_t len, unsigned int decimals, uint64_t max, uint64_t *value);

#endif
