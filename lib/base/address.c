/* SPDX-License-Identifier: Apache-2.0 */
#include "base/address.h"

#include <netinet/in.h>

#include "base/digits.h"

#define GROUPS 8

/* The last group begins behind seven of four digits and a colon each, and is stored as a word. */
_Static_assert(ADDRESS_ROOM >= (GROUPS - 1) * 5 + 8, "address: no room for eight groups");
_Static_assert(ADDRESS_ROOM >= sizeof("::ffff:") - 1 + 16, "address: no room for a mapped one");
_Static_assert(ADDRESS_ROOM >= INET6_ADDRSTRLEN, "address: less room than the longest address");

#define OCTET(tens, ones) #tens #ones "."
#define TEN(tens)                                                                                  \
	OCTET(tens, 0), OCTET(tens, 1), OCTET(tens, 2), OCTET(tens, 3), OCTET(tens, 4),            \
		OCTET(tens, 5), OCTET(tens, 6), OCTET(tens, 7), OCTET(tens, 8), OCTET(tens, 9)

/* Every octet with its dot, four characters at most; eight make the index a shift. */
static const char octets[260][8] = {
	TEN(),	 TEN(1),  TEN(2),  TEN(3),  TEN(4),  TEN(5),  TEN(6),  TEN(7),	TEN(8),
	TEN(9),	 TEN(10), TEN(11), TEN(12), TEN(13), TEN(14), TEN(15), TEN(16), TEN(17),
	TEN(18), TEN(19), TEN(20), TEN(21), TEN(22), TEN(23), TEN(24), TEN(25),
};

char *address_ipv4_put(char *at, const uint8_t address[4])
{
	for (int i = 0; i < 4; i++) {
		memcpy(at, octets[address[i]], 4);
		at += 2 + (address[i] > 9) + (address[i] > 99);
	}
	return at - 1;
}

/* Groups that are not shown, from the first up to before the end. */
struct gap {
	int first, end;
};

/*
 * The first of the longest runs of two or more zeros, or {-1, -1}. zeros has a bit for each group
 * that is 0. Each step clears the last bit of every run, so that the first bits of the longest runs
 * remain.
 */
static struct gap gap_find(unsigned int zeros)
{
	int len = 1, first;

	if (!(zeros & zeros >> 1))
		return (struct gap){-1, -1};
	for (; zeros & zeros >> 1; len++)
		zeros &= zeros >> 1;
	first = __builtin_ctz(zeros);
	return (struct gap){first, first + len};
}

/* Groups from first up to before end, a colon after each. */
static inline char *groups_put(char *at, const uint8_t address[16], int first, int end)
{
	for (int i = first; i < end; i++) {
		at = digits_hex16(at, address[2 * i] << 8 | address[2 * i + 1]);
		*at++ = ':';
	}
	return at;
}

char *address_ipv6_put(char *at, const uint8_t address[16])
{
	unsigned int zeros = 0;
	struct gap gap;

	for (int i = 0; i < GROUPS; i++)
		zeros |= (unsigned int)!(address[2 * i] | address[2 * i + 1]) << i;
	gap = gap_find(zeros);
	/* ::a.b.c.d and ::ffff:a.b.c.d */
	if (gap.first == 0 &&
	    (gap.end == 6 || (gap.end == 5 && address[10] == 0xff && address[11] == 0xff))) {
		memcpy(at, "::ffff:", 7);
		return address_ipv4_put(at + (gap.end == 6 ? 2 : 7), address + 12);
	}
	if (gap.first < 0)
		return groups_put(at, address, 0, GROUPS) - 1;
	at = groups_put(at, address, 0, gap.first);
	if (gap.first == 0)
		*at++ = ':';
	*at++ = ':';
	at = groups_put(at, address, gap.end, GROUPS);
	return gap.end == GROUPS ? at : at - 1;
}
