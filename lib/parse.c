/* SPDX-License-Identifier: Apache-2.0 */
#include "parse.h"

#include <errno.h>

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
