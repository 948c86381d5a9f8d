/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as text, written at a cursor: each function writes at at, which has the room that is
 * named for it, and returns where the text ends. What follows there up to the room may be
 * overwritten: whole words are stored, since that needs no loop and no branch that a processor
 * would have to guess.
 */
#ifndef DIGITS_H
#define DIGITS_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#define DIGITS_DEC_ROOM	  24 /* 2^64 - 1 has 20 digits, which come by the eight */
#define DIGITS_HEX_ROOM	  16
#define DIGITS_FIXED_ROOM (DIGITS_DEC_ROOM + 9)

#define DIGITS_EIGHT   100000000ULL
#define DIGITS_SIXTEEN (DIGITS_EIGHT * DIGITS_EIGHT)
#define DIGITS_ZEROS   0x3030303030303030ULL /* "00000000" */

/* Stores eight bytes, of which the lowest comes first. */
static inline void digits_store(char *at, uint64_t bytes)
{
	bytes = htole64(bytes);
	memcpy(at, &bytes, sizeof(bytes));
}

/*
 * The eight digits of value, below 10^8, a byte each, the first one lowest. It is divided in two,
 * then both halves at once, then all four quarters; a division by 100 or 10 is a multiplication
 * whose error is too small to show in numbers of four or two digits.
 */
static inline uint64_t digits_split(uint32_t value)
{
	uint64_t fours = value / 10000 | (uint64_t)(value % 10000) << 32;
	uint64_t high = fours * 10486 >> 20 & 0x0000007f0000007fULL;
	uint64_t twos = high | (fours - high * 100) << 16;
	uint64_t tens = twos * 103 >> 10 & 0x000f000f000f000fULL;

	return tens | (twos - tens * 10) << 8;
}

/* value, below 10^8, without leading zeros; eight bytes of room. */
static inline char *digits_short(char *at, uint32_t value)
{
	uint64_t digits = digits_split(value);
	/* The last digit is shown, be it 0. */
	int zeros = __builtin_ctzll(digits | 1ULL << 56) / 8;

	digits_store(at, (digits | DIGITS_ZEROS) >> zeros * 8);
	return at + 8 - zeros;
}

/* value, below 10^8, with all leading zeros. */
static inline char *digits_eight(char *at, uint32_t value)
{
	digits_store(at, digits_split(value) | DIGITS_ZEROS);
	return at + 8;
}

static inline char *digits_dec(char *at, uint64_t value)
{
	if (value < DIGITS_EIGHT)
		return digits_short(at, value);
	if (value < DIGITS_SIXTEEN) {
		at = digits_short(at, value / DIGITS_EIGHT);
	} else {
		at = digits_short(at, value / DIGITS_SIXTEEN);
		at = digits_eight(at, value % DIGITS_SIXTEEN / DIGITS_EIGHT);
	}
	return digits_eight(at, value % DIGITS_EIGHT);
}

/* The eight hexadecimal digits of value as characters, the first one lowest. */
static inline uint64_t digits_hex_split(uint32_t value)
{
	uint64_t nibbles = __builtin_bswap32(value), letters;

	nibbles = (nibbles | nibbles << 16) & 0x0000ffff0000ffffULL;
	nibbles = (nibbles | nibbles << 8) & 0x00ff00ff00ff00ffULL;
	nibbles = (nibbles >> 4 | nibbles << 8) & 0x0f0f0f0f0f0f0f0fULL;
	letters = (nibbles + 0x0606060606060606ULL) >> 4 & 0x0101010101010101ULL;
	return (nibbles | DIGITS_ZEROS) + letters * ('a' - '0' - 10);
}

/* Lower case, no prefix, no leading zeros. */
static inline char *digits_hex(char *at, uint64_t value)
{
	int zeros = __builtin_clzll(value | 1) / 4;

	value <<= zeros * 4;
	digits_store(at, digits_hex_split(value >> 32));
	digits_store(at + 8, digits_hex_split(value));
	return at + 16 - zeros;
}

/* Like digits_hex(), for sixteen bits; eight bytes of room. */
static inline char *digits_hex16(char *at, uint16_t value)
{
	int zeros = (__builtin_clz(value | 1) - 16) / 4;

	digits_store(at, digits_hex_split((uint32_t)value << 16 << zeros * 4));
	return at + 4 - zeros;
}

/* A point and the last decimals, eight at most, of the digits of value; nine bytes of room. */
static inline char *digits_fraction(char *at, uint32_t value, int decimals)
{
	*at++ = '.';
	digits_store(at, (digits_split(value) | DIGITS_ZEROS) >> (8 - decimals) * 8);
	return at + decimals;
}

/* value / 1000 with exactly three decimals: microseconds as milliseconds, for example. */
static inline char *digits_thousandths(char *at, uint64_t value)
{
	return digits_fraction(digits_dec(at, value / 1000), value % 1000, 3);
}

/* value / 1000000 with exactly six decimals. */
static inline char *digits_millionths(char *at, uint64_t value)
{
	return digits_fraction(digits_dec(at, value / 1000000), value % 1000000, 6);
}

#endif
