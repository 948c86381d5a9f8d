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

int prefix_parse(const char *str, size_t len, struct prefix *prefix)
{
	const char *slash = memchr(str, '/', len);
	size_t address_len = slash ? (size_t)(slash - str) : len;
	char address[INET6_ADDRSTRLEN];
	uint8_t bytes[16] = {[10] = 0xff, [11] = 0xff}; /* ::ffff:0:0 */
	uint64_t words[2], length;
	int family_bits = PREFIX_LEN_MAX;

	if (address_len >= sizeof(address) || memchr(str, '\0', address_len))
		return -EINVAL;
	memcpy(address, str, address_len);
	address[address_len] = '\0';
	if (inet_pton(AF_INET, address, bytes + 12) == 1)
		family_bits = PREFIX_LEN_MAX - PREFIX_IPV4_LEN;
	else if (inet_pton(AF_INET6, address, bytes) != 1)
		return -EINVAL;
	length = family_bits;
	if (slash && parse_number(slash + 1, str + len - slash - 1, 0, family_bits, &length))
		return -ERANGE;
	memcpy(words, bytes, sizeof(words));
	*prefix = prefix_of(be64toh(words[0]), be64toh(words[1]),
			    length + PREFIX_LEN_MAX - family_bits);
	return 0;
}

bool prefix_is_ipv4(const struct prefix *prefix)
{
	return prefix->len >= PREFIX_IPV4_LEN && !prefix->high &&
	       (prefix->low & ~(uint64_t)UINT32_MAX) == MAPPED;
}

bool prefix_has_bits(const struct prefix *prefix, const struct prefix *address)
{
	struct prefix cut = prefix_of(address->high, address->low, prefix->len);

	return cut.high == prefix->high && cut.low == prefix->low;
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->len <= inner->len && prefix_is_ipv4(outer) == prefix_is_ipv4(inner) &&
	       prefix_has_bits(outer, inner);
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

/* Whether a and b, in order, are the halves of a prefix: *whole, which may be where a is. */
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
