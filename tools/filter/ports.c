/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/ports.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/parse.h"
#include "base/text.h"

#define PORTS	   65536
#define RANGES_MAX (PORTS / 2)
#define LEAF_MAX   4 /* so many ranges are compared one after the other, which reads better */

int port_filter_add(struct port_filter *filter, const char *option, const char *value,
		    struct diag *diag)
{
	struct port_list *ports;
	struct list list;

	list_begin(&list, value);
	ports = list.excluded ? &filter->excluded : &filter->chosen;
	while (list_next(&list)) {
		const char *dash = memchr(list.at, '-', list.len);
		size_t len = dash ? (size_t)(dash - list.at) : list.len;
		struct port_range *ranges;
		uint64_t first, last;
		bool bad;

		bad = parse_number(list.at, len, 0, PORTS - 1, &first);
		last = first;
		if (!bad && dash)
			bad = parse_number(dash + 1, list.len - len - 1, 0, PORTS - 1, &last);
		if (bad)
			return list_refuse(&list, option, "not a port (0-65535)", diag);
		if (last < first)
			return list_refuse(&list, option, "a range with its high end first", diag);
		ranges = reallocarray(ports->ranges, ports->count + 1, sizeof(*ranges));
		if (!ranges)
			return diag_errno(diag, -ENOMEM, "%s", option);
		ports->ranges = ranges;
		ranges[ports->count++] = (struct port_range){first, last};
	}
	return 0;
}

void port_filter_free(struct port_filter *filter)
{
	free(filter->chosen.ranges);
	free(filter->excluded.ranges);
	*filter = (struct port_filter){0};
}

static void ports_mark(bool has[PORTS], const struct port_list *list, bool value)
{
	for (size_t i = 0; i < list->count; i++)
		memset(has + list->ranges[i].first, value,
		       list->ranges[i].last - list->ranges[i].first + 1);
}

static bool filter_is_empty(const struct port_filter *filter)
{
	return !filter->chosen.count && !filter->excluded.count;
}

/* The ports that match, also as ranges, in order and with a port between them. */
struct port_set {
	bool has[PORTS];
	struct port_range ranges[RANGES_MAX];
	size_t count;
};

/* NULL: no memory. */
static struct port_set *port_set_make(const struct port_filter *filter)
{
	struct port_set *set = calloc(1, sizeof(*set));

	if (!set)
		return NULL;
	memset(set->has, !filter->chosen.count, sizeof(set->has));
	ports_mark(set->has, &filter->chosen, true);
	ports_mark(set->has, &filter->excluded, false);
	for (int port = 0; port < PORTS; port++) {
		if (!set->has[port])
			continue;
		if (port && set->has[port - 1])
			set->ranges[set->count - 1].last = port;
		else
			set->ranges[set->count++] = (struct port_range){port, port};
	}
	return set;
}

int port_filter_check(const struct port_filter *filter, const char *option, struct diag *diag)
{
	struct port_set *set;
	bool empty;

	if (filter_is_empty(filter))
		return 0;
	set = port_set_make(filter);
	if (!set)
		return diag_errno(diag, -ENOMEM, "%s", option);
	empty = !set->count;
	free(set);
	return empty ? diag_set(diag, -EINVAL, "%s: no port is left: all are excluded", option) : 0;
}

/*
 * A tree of halves, so that many ranges cost a few comparisons. It is as deep as the count has
 * bits, and so is this.
 */
static void ranges_render(struct text *text, const struct port_range *ranges, size_t count)
{
	size_t half = count / 2;

	text_char(text, '(');
	if (count > LEAF_MAX) {
		text_printf(text, "(port) < %u ? ", ranges[half].first);
		ranges_render(text, ranges, half);
		text_str(text, " : ");
		ranges_render(text, ranges + half, count - half);
		text_char(text, ')');
		return;
	}
	for (size_t i = 0; i < count; i++) {
		unsigned int first = ranges[i].first, last = ranges[i].last;

		text_str(text, i ? " || " : "");
		/* No end is compared that every port is within: a compiler would find that odd. */
		if (first == last)
			text_printf(text, "(port) == %u", first);
		else if (!first)
			text_printf(text, "(port) <= %u", last);
		else if (last == PORTS - 1)
			text_printf(text, "(port) >= %u", first);
		else
			text_printf(text, "((port) >= %u && (port) <= %u)", first, last);
	}
	text_char(text, ')');
}

void port_filter_render(const struct port_filter *filter, const char *name, struct text *text)
{
	struct port_set *set;

	text_printf(text, "#define %s(port) ", name);
	if (filter_is_empty(filter)) {
		text_str(text, "1\n");
		return;
	}
	set = port_set_make(filter);
	if (!set) {
		text->err = -ENOMEM;
		return;
	}
	if (set->has[0] && set->ranges[0].last == PORTS - 1)
		text_char(text, '1');
	else
		ranges_render(text, set->ranges, set->count);
	text_char(text, '\n');
	free(set);
}
