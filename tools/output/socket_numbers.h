/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers of sockets, in place of their kernel addresses: 1 for the first one shown, and so on.
 * Addresses are used again; the time at which the program first saw a socket, which is in each
 * event then, distinguishes them.
 */
#ifndef SOCKET_NUMBERS_H
#define SOCKET_NUMBERS_H

#include <stddef.h>
#include <sys/queue.h>

#include "event/event.h"

struct socket_number;

struct socket_numbers {
	void *tree; /* tsearch(3), by address */
	TAILQ_HEAD(number_queue, socket_number)
	queue; /* the same, the one that was shown longest ago first */
	size_t count, room;
	uint64_t last; /* number given out */
};

/*
 * Remembers at most room sockets, since the end of a socket may be filtered out. Beyond that, the
 * socket shown longest ago gets a new number if it is shown again.
 */
void socket_numbers_init(struct socket_numbers *numbers, size_t room);
void socket_numbers_free(struct socket_numbers *numbers);

/*
 * Replaces the address in the event by the number, or by 0 without memory. Without OPTIONAL_AGE in
 * the layout, an address is the same socket until its change to CLOSE is shown.
 */
void socket_numbers_replace(struct socket_numbers *numbers, const struct event_layout *layout,
			    struct event *event);

#endif
