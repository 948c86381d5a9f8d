/* SPDX-License-Identifier: Apache-2.0 */
#include "output/socket_numbers.h"

#include <netinet/tcp.h>
#include <search.h>
#include <stdbool.h>
#include <stdlib.h>

struct socket_number {
	uint64_t skaddr;
	uint64_t first_ns; /* when the program first saw it, or 0: unknown */
	uint64_t shown_ns; /* the event that it was made for */
	uint64_t number; /* 0: not assigned yet */
	TAILQ_ENTRY(socket_number) entry;
};

/* By address. */
static int number_compare(const void *a, const void *b)
{
	uint64_t left = ((const struct socket_number *)a)->skaddr,
		 right = ((const struct socket_number *)b)->skaddr;

	return (left > right) - (left < right);
}

void socket_numbers_init(struct socket_numbers *numbers, size_t room)
{
	*numbers = (struct socket_numbers){.room = room};
	TAILQ_INIT(&numbers->queue);
}

void socket_numbers_free(struct socket_numbers *numbers)
{
	tdestroy(numbers->tree, free);
}

static void number_drop(struct socket_numbers *numbers, struct socket_number *number)
{
	tdelete(number, &numbers->tree, number_compare);
	TAILQ_REMOVE(&numbers->queue, number, entry);
	numbers->count--;
	free(number);
}

/* gcc does not see that the tree owns it: tsearch(3) takes a const pointer. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
/* Finds or adds an address and moves it to the end of the queue; NULL without memory. */
static struct socket_number *number_at(struct socket_numbers *numbers, uint64_t skaddr)
{
	struct socket_number wanted = {.skaddr = skaddr}, *new;
	struct socket_number **found = tfind(&wanted, &numbers->tree, number_compare);

	if (found) {
		TAILQ_REMOVE(&numbers->queue, *found, entry);
		TAILQ_INSERT_TAIL(&numbers->queue, *found, entry);
		return *found;
	}
	if (numbers->count >= numbers->room)
		number_drop(numbers, TAILQ_FIRST(&numbers->queue));
	new = calloc(1, sizeof(*new));
	if (!new)
		return NULL;
	new->skaddr = skaddr;
	if (!tsearch(new, &numbers->tree, number_compare)) {
		free(new);
		return NULL;
	}
	TAILQ_INSERT_TAIL(&numbers->queue, new, entry);
	numbers->count++;
	return new;
}
#pragma GCC diagnostic pop

/* Whether the event is the first of a new socket, whichever had the address before. */
static bool event_begins(const struct event *event)
{
	return event->oldstate == TCP_CLOSE ||
	       (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV);
}

/*
 * Whether the number is that of the event's socket. For a socket from before the trace, the first
 * time is known only after its first event.
 */
static bool number_is(const struct socket_number *number, const struct event *event,
		      uint64_t first_ns)
{
	if (!number->number)
		return false;
	if (!first_ns)
		return !event_begins(event);
	return number->first_ns == first_ns || (!number->first_ns && first_ns <= number->shown_ns);
}

void socket_numbers_replace(struct socket_numbers *numbers, const struct event_layout *layout,
			    struct event *event)
{
	bool aged = layout->wanted & 1U << OPTIONAL_AGE;
	uint64_t age = aged ? event_age_ns(layout, event) : AGE_UNKNOWN;
	uint64_t first_ns = age == AGE_UNKNOWN ? 0 : event->ts_ns - age;
	struct socket_number *number = number_at(numbers, event->skaddr);

	event->skaddr = 0;
	if (!number)
		return;
	if (!number_is(number, event, first_ns)) {
		number->first_ns = first_ns;
		number->shown_ns = event->ts_ns;
		number->number = ++numbers->last;
	} else if (!number->first_ns) {
		number->first_ns = first_ns;
	}
	event->skaddr = number->number;
	if (event->newstate == TCP_CLOSE)
		number_drop(numbers, number);
}
