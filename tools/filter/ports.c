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

static int range_parse(const struct list *list, const char *option, struct port_range *range,
		       struct diag *diag)
{
	const char *dash = memchr(list->at, '-', list->len);
	size_t len = dash ? (size_t)(dash - list->at) : list->len;
	uint64_t first, last;
	bool bad;

	bad = parse_number(list->at, len, 0, PORTS - 1, &first);
	last = first;
	if (!bad && dash)
		bad = parse_number(dash + 1, list->len - len - 1, 0, PORTS - 1, &last);
	if (bad)
		return list_refuse(list, option, "not a port (0-65535)", diag);
	if (last < first)
		return list_refuse(list, option, "a range with its high end first", diag);
	*range = (struct port_range){first, last};
	return 0;
}

int port_filter_add(struct port_filter *filter, const char *option, const char *value,
		    struct diag *diag)
{
	struct port_list *ports;
	struct list list;

	list_begin(&list, value);
	ports = list.excluded ? &filter->excluded : &filter->chosen;
	while (list_next(&list)) {
		struct port_range range, *ranges;
		int err = range_parse(&list, option, &range, diag);

		if (err)
			return err;
		ranges = reallocarray(ports->ranges, ports->count + 1, sizeof(*ranges));
		if (!ranges)
			return diag_errno(diag, -ENOMEM, "%s", option);
		ports->ranges = ranges;
		ranges[ports->count++] = range;
	}
	return 0;
}

void port_filter_free(struct port_filter *filter)
{
	free(filter->chosen.ranges);
	free(filter->excluded.ranges);
	*filter = (struct port_filter){0};
}

static void ports_mark(bool seen[PORTS], const struct port_list *list, bool value)
{
	for (size_t i = 0; i < list->count; i++)
		memset(seen + list->ranges[i].first, value,
		       list->ranges[i].last - list->ranges[i].first + 1);
}

static bool is_all(const struct port_filter *filter)
{
	return !filter->chosen.count && !filter->excluded.count;
}

/* What is to be seen as ranges, in order and with something between them. */
struct span {
	bool seen[PORTS];
	struct port_range ranges[RANGES_MAX];
	size_t count;
};

/* NULL: no memory. */
static struct span *ranges_find(const struct port_filter *filter)
{
	struct span *found = calloc(1, sizeof(*found));

	if (!found)
		return NULL;
	memset(found->seen, !filter->chosen.count, sizeof(found->seen));
	ports_mark(found->seen, &filter->chosen, true);
	ports_mark(found->seen, &filter->excluded, false);
	for (int port = 0; port < PORTS; port++) {
		if (!found->seen[port])
			continue;
		if (port && found->seen[port - 1])
			found->ranges[found->count - 1].last = port;
		else
			found->ranges[found->count++] = (struct port_range){port, port};
	}
	return found;
}

int port_filter_check(const struct port_filter *filter, const char *option, struct diag *diag)
{
	struct span *found;
	bool empty;

	if (is_all(filter))
		return 0;
	found = ranges_find(filter);
	if (!found)
		return diag_errno(diag, -ENOMEM, "%s", option);
	empty = !found->count;
	free(found);
	return empty ? diag_set(diag, -EINVAL, "%s: no port is left: all are excluded", option) : 0;
}

/* No end is compared that every port is within: a compiler would find that odd. */
static void range_render(struct text *text, const struct port_range *range)
{
	if (range->first == range->last)
		text_printf(text, "(port) == %u", range->first);
	else if (!range->first)
		text_printf(text, "(port) <= %u", range->last);
	else if (range->last == PORTS - 1)
		text_printf(text, "(port) >= %u", range->first);
	else
		text_printf(text, "((port) >= %u && (port) <= %u)", range->first, range->last);
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
	} else {
		for (size_t i = 0; i < count; i++) {
			text_str(text, i ? " || " : "");
			range_render(text, &ranges[i]);
		}
	}
	text_char(text, ')');
}

void port_filter_render(const struct port_filter *filter, const char *name, struct text *text)
{
	struct span *found = is_all(filter) ? NULL : ranges_find(filter);

	text_printf(text, "#define %s(port) ", name);
	if (is_all(filter) || (found && found->seen[0] && found->ranges[0].last == PORTS - 1))
		text_char(text, '1');
	else if (found)
		ranges_render(text, found->ranges, found->count);
	else
		text->err = -ENOMEM;
	text_char(text, '\n');
	free(found);
}
