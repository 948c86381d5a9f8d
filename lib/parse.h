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

#endif
