/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers by chance, the same in each run: xorshift64 (Marsaglia, 2003). */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

static inline uint64_t random_next(void)
{
	static uint64_t seed = 88172645463325252;

	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

/* Of any length in bits, so that small ones come as often as large ones. */
static inline uint64_t random_sized(void)
{
	uint64_t bits = random_next() % 64;

	return random_next() >> bits;
}

#endif
