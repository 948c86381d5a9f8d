/* SPDX-License-Identifier: Apache-2.0 */
#include "base/prefix.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"

#define MAPPED 0x0000ffff00000000ULL /* the low half of ::ffff:0:0 */

/* The first len bits of a word, for any len: below 0 none, from 64 on all. */
static uint64_t word_mask(int len)
{
	if (len <= 0)
		return 0;
	return len < 64 ? ~0ULL << (64 - len) : ~0ULL;
}

static struct prefix prefix_of(uint64_t high, uint64_t low, int len)
{
	return (struct prefix){high & word_mask(len), low & word_mask(len - 64), len};
}

/* *family_bits: how long a prefix of such an address can be. */
static int address_parse(const char *str, size_t len, uint64_t words[2], int *family_bits)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t bytes[16];

	if (len >= sizeof(text) || memchr(str, '\0', len))
		return -EINVAL;
	memcpy(text, str, len);
	text[len] = '\0';
	if (inet_pton(AF_INET, text, bytes) == 1) {
		words[0] = 0;
		words[1] = MAPPED | (uint64_t)bytes[0] << 24 | bytes[1] << 16 | bytes[2] << 8 |
			   bytes[3];
		*family_bits = 32;
		return 0;
	}
	if (inet_pton(AF_INET6, text, bytes) != 1)
		return -EINVAL;
	memcpy(words, bytes, sizeof(bytes));
	words[0] = be64toh(words[0]);
	words[1] = be64toh(words[1]);
	*family_bits = PREFIX_LEN_MAX;
	return 0;
}

int prefix_parse(const char *str, size_t len, struct prefix *prefix)
{
	const char *slash = memchr(str, '/', len);
	uint64_t words[2], length;
	int err, bits;

	err = address_parse(str, slash ? (size_t)(slash - str) : len, words, &bits);
	if (err)
		return err;
	length = bits;
	err = slash ? parse_number(slash + 1, str + len - slash - 1, 0, bits, &length) : 0;
	if (err)
		return -ERANGE;
	*prefix = prefix_of(words[0], words[1], length + PREFIX_LEN_MAX - bits);
	return 0;
}

bool prefix_is_ipv4(const struct prefix *prefix)
{
	return prefix->len >= PREFIX_IPV4_LEN && !prefix->high &&
	       (prefix->low & ~(uint64_t)UINT32_MAX) == MAPPED;
}

static bool prefix_is(const struct prefix *a, const struct prefix *b)
{
	return a->high == b->high && a->low == b->low && a->len == b->len;
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	struct prefix cut = prefix_of(inner->high, inner->low, outer->len);

	return outer->len <= inner->len && prefix_is_ipv4(outer) == prefix_is_ipv4(inner) &&
	       prefix_is(outer, &cut);
}

int prefix_list_add(struct prefix_list *list, const struct prefix *prefix)
{
	struct prefix *items = reallocarray(list->items, list->count + 1, sizeof(*items));

	if (!items)
		return -ENOMEM;
	list->items = items;
	items[list->count++] = *prefix;
	return 0;
}

void prefix_list_free(struct prefix_list *list)
{
	free(list->items);
	*list = (struct prefix_list){0};
}

/* By family, then by address; what covers comes before what is covered. */
static int prefix_compare(const void *left, const void *right)
{
	const struct prefix *a = left, *b = right;
	bool ipv4 = prefix_is_ipv4(a);

	if (ipv4 != prefix_is_ipv4(b))
		return ipv4 ? 1 : -1;
	if (a->high != b->high)
		return a->high < b->high ? -1 : 1;
	if (a->low != b->low)
		return a->low < b->low ? -1 : 1;
	return a->len - b->len;
}

/* a and b, which come in order, are the halves of *whole: it may take the place of a. */
static bool halves_join(const struct prefix *a, const struct prefix *b, struct prefix *whole)
{
	struct prefix both;

	if (a->len != b->len || !a->len)
		return false;
	both = prefix_of(a->high, a->low, a->len - 1);
	if (!prefix_covers(&both, a) || !prefix_covers(&both, b))
		return false;
	*whole = both;
	return true;
}

void prefix_list_reduce(struct prefix_list *list)
{
	struct prefix *items = list->items;
	size_t kept = 0;

	if (!list->count)
		return;
	qsort(items, list->count, sizeof(*items), prefix_compare);
	for (size_t i = 0; i < list->count; i++) {
		if (kept && prefix_covers(&items[kept - 1], &items[i]))
			continue;
		items[kept++] = items[i];
		while (kept > 1 &&
		       halves_join(&items[kept - 2], &items[kept - 1], &items[kept - 2]))
			kept--;
	}
	list->count = kept;
}

bool prefix_list_covers(const struct prefix_list *list, const struct prefix *prefix)
{
	for (size_t i = 0; i < list->count; i++)
		if (prefix_covers(&list->items[i], prefix))
			return true;
	return false;
}
