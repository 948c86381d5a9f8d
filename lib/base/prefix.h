/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Internet addresses and CIDR prefixes, in one form for both families: an IPv4 one is the IPv6 one
 * inside of ::ffff:0:0/96, where IPv4 addresses are mapped to.
 */
#ifndef PREFIX_H
#define PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PREFIX_IPV4_LEN 96 /* of ::ffff:0:0/96 */
#define PREFIX_LEN_MAX	128

struct prefix {
	uint64_t high, low; /* host order; the bits beyond len are 0 */
	uint8_t len;
};

struct prefix_list {
	struct prefix *items;
	size_t count;
};

/*
 * The len bytes at str, wholly an address or ADDRESS/LENGTH: no names, no zone ids. Bits beyond the
 * length are dropped. -EINVAL if it is anything else, -ERANGE if only the length is wrong.
 */
int prefix_parse(const char *str, size_t len, struct prefix *prefix);

/* An IPv6 prefix that contains all of ::ffff:0:0/96 is not IPv4: that family is not in it. */
bool prefix_is_ipv4(const struct prefix *prefix);

/* Both are of one family, and every address of inner is in outer. */
bool prefix_covers(const struct prefix *outer, const struct prefix *inner);

/* Whether the bits of the address are those of the prefix, whatever families they are of. */
bool prefix_has_bits(const struct prefix *prefix, const struct prefix *address);

int prefix_list_add(struct prefix_list *list, const struct prefix *prefix); /* 0 or -ENOMEM */
void prefix_list_free(struct prefix_list *list);

/*
 * The fewest prefixes with the same addresses, in order, IPv6 before IPv4: what others cover goes,
 * and two halves become the whole. So one that is covered by all of them is covered by one of them.
 */
void prefix_list_reduce(struct prefix_list *list);
bool prefix_list_covers(const struct prefix_list *list, const struct prefix *prefix);

#endif
