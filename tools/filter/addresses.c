/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/addresses.h"

#include <errno.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/text.h"

int address_filter_add(struct address_filter *filter, const char *option, const char *value,
		       struct diag *diag)
{
	struct prefix_list *prefixes;
	struct list list;

	list_begin(&list, value);
	prefixes = list.excluded ? &filter->excluded : &filter->chosen;
	while (list_next(&list)) {
		struct prefix prefix;
		int err = prefix_parse(list.at, list.len, &prefix);

		if (err == -ERANGE)
			return list_refuse(&list, option,
					   "not the length of a prefix (IPv4: 0-32, IPv6: 0-128)",
					   diag);
		if (err)
			return list_refuse(&list, option, "not an address or ADDRESS/LENGTH", diag);
		if (prefix_list_add(prefixes, &prefix))
			return diag_errno(diag, -ENOMEM, "%s", option);
	}
	return 0;
}

void address_filter_free(struct address_filter *filter)
{
	prefix_list_free(&filter->chosen);
	prefix_list_free(&filter->excluded);
}

int address_filter_finish(struct address_filter *filter, const char *option, struct diag *diag)
{
	/* All addresses of a family are one prefix when the list is reduced. */
	static const struct prefix ipv4 = {0, 0xffff00000000ULL, PREFIX_IPV4_LEN}, ipv6 = {0, 0, 0};
	struct prefix_list *chosen = &filter->chosen, *excluded = &filter->excluded;
	size_t kept = 0;
	bool left;

	prefix_list_reduce(chosen);
	prefix_list_reduce(excluded);
	if (chosen->count) {
		for (size_t i = 0; i < chosen->count; i++)
			if (!prefix_list_covers(excluded, &chosen->items[i]))
				chosen->items[kept++] = chosen->items[i];
		chosen->count = kept;
		left = kept;
	} else {
		left = !prefix_list_covers(excluded, &ipv4) || !prefix_list_covers(excluded, &ipv6);
	}
	if (!left)
		return diag_set(diag, -EINVAL, "%s: no address is left: all are excluded", option);
	return 0;
}

/* Compares the first len bits of one half. */
static void word_render(struct text *text, const char *end, const char *member, uint64_t value,
			int len)
{
	if (len >= 64)
		text_printf(text, "%s.%s == 0x%llxULL", end, member, (unsigned long long)value);
	else
		text_printf(text, "(%s.%s & 0x%llxULL) == 0x%llxULL", end, member,
			    ~0ULL << (64 - len), (unsigned long long)value);
}

static void family_render(struct text *text, const char *end, bool ipv4)
{
	text_printf(text, ipv4 ? "%s.high == 0 && " : "%s.is_ipv6 && ", end);
}

/* Compares the bits that a prefix does not share with all of its family. */
static void bits_render(struct text *text, const char *end, const struct prefix *prefix)
{
	if (!prefix->len) {
		text_char(text, '1');
	} else if (prefix->len <= 64) {
		word_render(text, end, "high", prefix->high, prefix->len);
	} else {
		if (!prefix_is_ipv4(prefix)) {
			word_render(text, end, "high", prefix->high, 64);
			text_str(text, " && ");
		}
		word_render(text, end, "low", prefix->low, prefix->len - 64);
	}
}

void prefix_render(const struct prefix *prefix, const char *end, struct text *text)
{
	family_render(text, end, prefix_is_ipv4(prefix));
	bits_render(text, end, prefix);
}

/*
 * Compares the prefixes of one family, if there are any: the high half of IPv4 once for all. An
 * IPv4 address may also be in a socket of AF_INET6.
 */
static bool prefixes_render(struct text *text, const struct prefix_list *list, bool ipv4,
			    const char *before)
{
	bool any = false;

	for (size_t i = 0; i < list->count; i++) {
		const struct prefix *prefix = &list->items[i];

		if (prefix_is_ipv4(prefix) != ipv4)
			continue;
		if (any) {
			text_str(text, ") || (");
		} else {
			text_printf(text, "%s(", before);
			family_render(text, "(end)", ipv4);
			text_str(text, "((");
		}
		any = true;
		bits_render(text, "(end)", prefix);
	}
	text_str(text, any ? ")))" : "");
	return any;
}

static void list_render(struct text *text, const struct prefix_list *list)
{
	bool ipv6;

	text_char(text, '(');
	ipv6 = prefixes_render(text, list, false, "");
	prefixes_render(text, list, true, ipv6 ? " || " : "");
	text_char(text, ')');
}

void address_filter_render(const struct address_filter *filter, const char *name, struct text *text)
{
	text_printf(text, "#define %s(end) ", name);
	if (!filter->chosen.count && !filter->excluded.count) {
		text_str(text, "1\n");
		return;
	}
	text_char(text, '(');
	if (filter->chosen.count)
		list_render(text, &filter->chosen);
	if (filter->excluded.count) {
		text_str(text, filter->chosen.count ? " && !" : "!");
		list_render(text, &filter->excluded);
	}
	text_str(text, ")\n");
}
