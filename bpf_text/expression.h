/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Division for --filter: BPF only divides unsigned numbers, and C does not define a division by
 * zero.
 */
#pragma once
#include "types.h"

static inline u64 expression_magnitude(s64 value)
{
	return value < 0 ? 0 - (u64)value : (u64)value;
}

static inline s64 expression_quotient(s64 dividend, s64 divisor)
{
	u64 quotient;

	if (!divisor)
		return 0;
	quotient = expression_magnitude(dividend) / expression_magnitude(divisor);
	return (dividend < 0) == (divisor < 0) ? quotient : 0 - quotient;
}

static inline s64 expression_remainder(s64 dividend, s64 divisor)
{
	u64 remainder;

	if (!divisor)
		return dividend;
	remainder = expression_magnitude(dividend) % expression_magnitude(divisor);
	return dividend < 0 ? 0 - remainder : remainder;
}
