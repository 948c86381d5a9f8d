/* SPDX-License-Identifier: Apache-2.0 */
#include "output/socket_numbers.h"

#include <netinet/tcp.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>

struct alias {
	uint64_t skaddr;
	uint64_t first_ns; /* when the program first saw it, or 0: not known */
	uint64_t shown_ns; /* the event that it was made for */
	uint64_t number; /* 0: it is nobody's yet */
	TAILQ_ENTRY(alias) entry;
};

/* By address. */
static int alias_compare(const void *a, const void *b)
{
	uint64_t left = ((const struct alias *)a)->skaddr,
		 right = ((const struct alias *)b)->skaddr;

	return (left > right) - (left < right);
}

void aliases_init(struct aliases *aliases, size_t room)
{
	*aliases = (struct aliases){.room = room};
	TAILQ_INIT(&aliases->queue);
}

void aliases_free(struct aliases *aliases)
{
	tdestroy(aliases->tree, free);
}

static void alias_drop(struct aliases *aliases, struct alias *alias)
{
	tdelete(alias, &aliases->tree, alias_compare);
	TAILQ_REMOVE(&aliases->queue, alias, entry);
	aliases->count--;
	free(alias);
}

/* gcc does not see that the tree has it: tsearch(3) takes it as const. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
static struct alias *alias_new(struct aliases *aliases, uint64_t skaddr)
{
	struct alias *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->skaddr = skaddr;
	if (!tsearch(new, &aliases->tree, alias_compare)) {
		free(new);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&aliases->queue, new, entry);
	aliases->count++;
	return new;
}
#pragma GCC diagnostic pop

/* One that is there, or a new one, as the last in the queue; NULL if there is no memory. */
static struct alias *alias_at(struct aliases *aliases, uint64_t skaddr)
{
	struct alias wanted = {.skaddr = skaddr};
	struct alias **found = tfind(&wanted, &aliases->tree, alias_compare);

	if (found) {
		TAILQ_REMOVE(&aliases->queue, *found, entry);
		TAILQ_INSERT_TAIL(&aliases->queue, *found, entry);
		return *found;
	}
	if (aliases->count >= aliases->room)
		alias_drop(aliases, TAILQ_FIRST(&aliases->queue));
	return alias_new(aliases, skaddr);
}

/* Whatever had its address before, the socket is a new one. */
static bool event_begins(const struct event *event)
{
	return event->oldstate == TCP_CLOSE ||
	       (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV);
}

/*
 * One that is at this address at that time. Of a socket from before the tracer it is known since
 * when it has been seen only after its first event.
 */
static bool alias_is(const struct alias *alias, const struct event *event, uint64_t first_ns)
{
	if (!alias->number)
		return false;
	if (!first_ns)
		return !event_begins(event);
	return alias->first_ns == first_ns || (!alias->first_ns && first_ns <= alias->shown_ns);
}

void aliases_hide(struct aliases *aliases, const struct event_layout *layout, struct event *event)
{
	bool aged = layout->wanted & 1U << OPTIONAL_AGE;
	uint64_t age = aged ? event_age_ns(layout, event) : AGE_UNKNOWN;
	uint64_t first_ns = age == AGE_UNKNOWN ? 0 : event->ts_ns - age;
	struct alias *alias = alias_at(aliases, event->skaddr);

	event->skaddr = 0;
	if (!alias)
		return;
	if (!alias_is(alias, event, first_ns)) {
		alias->first_ns = first_ns;
		alias->shown_ns = event->ts_ns;
		alias->number = ++aliases->last;
	} else if (!alias->first_ns) {
		alias->first_ns = first_ns;
	}
	event->skaddr = alias->number;
	if (event->newstate == TCP_CLOSE)
		alias_drop(aliases, alias);
}
