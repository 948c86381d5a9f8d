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

/* Of either family, all addresses are one prefix when the list is reduced. */
static bool is_all(const struct prefix_list *list)
{
	static const struct prefix ipv4 = {0, 0xffff00000000ULL, PREFIX_IPV4_LEN}, ipv6 = {0, 0, 0};

	return prefix_list_covers(list, &ipv4) && prefix_list_covers(list, &ipv6);
}

int address_filter_finish(struct address_filter *filter, const char *option, struct diag *diag)
{
	struct prefix_list *chosen = &filter->chosen, *excluded = &filter->excluded;
	bool all = !chosen->count;
	size_t kept = 0;

	prefix_list_reduce(chosen);
	prefix_list_reduce(excluded);
	for (size_t i = 0; i < chosen->count; i++)
		if (!prefix_list_covers(excluded, &chosen->items[i]))
			chosen->items[kept++] = chosen->items[i];
	chosen->count = kept;
	if (all ? !is_all(excluded) : kept)
		return 0;
	return diag_set(diag, -EINVAL, "%s: no address is left: all are excluded", option);
}

/* The first len bits of one half; "1" is not written where there are none. */
static void word_render(struct text *text, const char *member, uint64_t value, int len)
{
	if (len >= 64)
		text_printf(text, "(end).%s == 0x%llxULL", member, (unsigned long long)value);
	else
		text_printf(text, "((end).%s & 0x%llxULL) == 0x%llxULL", member,
			    ~0ULL << (64 - len), (unsigned long long)value);
}

/* For IPv4, the high half is compared once for all. */
static void prefix_render(struct text *text, const struct prefix *prefix)
{
	bool both = prefix->len > 64 && !prefix_is_ipv4(prefix);

	if (!prefix->len) {
		text_char(text, '1');
		return;
	}
	text_str(text, both ? "(" : "");
	if (prefix->len <= 64 || both)
		word_render(text, "high", prefix->high, prefix->len);
	text_str(text, both ? " && " : "");
	if (prefix->len > 64)
		word_render(text, "low", prefix->low, prefix->len - 64);
	text_str(text, both ? ")" : "");
}

/* Those of one family, if there are any. An IPv4 address is one in a socket of AF_INET6, too. */
static bool family_render(struct text *text, const struct prefix_list *list, bool ipv4,
			  const char *before)
{
	bool any = false;

	for (size_t i = 0; i < list->count; i++) {
		if (prefix_is_ipv4(&list->items[i]) != ipv4)
			continue;
		if (any)
			text_str(text, " || ");
		else
			text_printf(text, "%s(%s && (", before,
				    ipv4 ? "(end).high == 0" : "(end).is_ipv6");
		prefix_render(text, &list->items[i]);
		any = true;
	}
	text_str(text, any ? "))" : "");
	return any;
}

static void list_render(struct text *text, const struct prefix_list *list)
{
	bool ipv6;

	text_char(text, '(');
	ipv6 = family_render(text, list, false, "");
	family_render(text, list, true, ipv6 ? " || " : "");
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
