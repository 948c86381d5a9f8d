/* SPDX-License-Identifier: Apache-2.0 */
#include "aliases.h"

#include <netinet/tcp.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>

struct alias {
	uint64_t skaddr;
	uint64_t first_ns; /* when the program first saw it, or 0: not known */
	uint64_t shown_ns; /* the event that it was made for */
	uint64_t number;
};

/* By address. */
static int alias_compare(const void *a, const void *b)
{
	uint64_t left = ((const struct alias *)a)->skaddr,
		 right = ((const struct alias *)b)->skaddr;

	return (left > right) - (left < right);
}

void aliases_free(struct aliases *aliases)
{
	tdestroy(aliases->tree, free);
}

/* One that is there, or a new one, which is nobody's yet: its number is 0. */
static struct alias *alias_at(struct aliases *aliases, uint64_t skaddr)
{
	struct alias wanted = {.skaddr = skaddr}, *new;
	struct alias **found = tfind(&wanted, &aliases->tree, alias_compare);

	if (found)
		return *found;
	new = malloc(sizeof(*new));
	if (!new)
		return NULL;
	*new = wanted;
	if (tsearch(new, &aliases->tree, alias_compare))
		return new;
	free(new);
	return NULL;
}

/*
 * One that is at this address at that time. Of a socket from before the tracer it is known since
 * when it has been seen only after its first event.
 */
static bool alias_is(const struct alias *alias, uint64_t first_ns)
{
	if (!alias->number)
		return false;
	return !first_ns || alias->first_ns == first_ns ||
	       (!alias->first_ns && first_ns <= alias->shown_ns);
}

/* gcc does not see that the tree has it: tsearch(3) takes it as const. */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
void aliases_hide(struct aliases *aliases, const struct event_layout *layout, struct event *event)
{
	uint64_t age = event_age_ns(layout, event);
	uint64_t first_ns = age == AGE_UNKNOWN ? 0 : event->ts_ns - age;
	struct alias *alias = alias_at(aliases, event->skaddr);

	event->skaddr = 0;
	if (!alias)
		return;
	if (!alias_is(alias, first_ns))
		*alias = (struct alias){alias->skaddr, first_ns, event->ts_ns, ++aliases->count};
	else if (!alias->first_ns)
		alias->first_ns = first_ns;
	event->skaddr = alias->number;
	if (event->newstate != TCP_CLOSE)
		return;
	tdelete(alias, &aliases->tree, alias_compare);
	free(alias);
}
