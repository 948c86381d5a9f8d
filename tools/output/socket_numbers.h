/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A number for each socket in place of its address in the kernel, which is nobody's business: 1 for
 * the first that is shown, and so on. Addresses are used again; the time at which the program first
 * saw the socket, which is in each event then, distinguishes them.
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
 * At most room sockets are remembered: whose end is filtered out would stay for ever. Beyond that
 * the one that was shown longest ago is forgotten, and has a new number if it is shown again.
 */
void socket_numbers_init(struct socket_numbers *numbers, size_t room);
void socket_numbers_free(struct socket_numbers *numbers);

/*
 * Puts the number into the event; 0 if there is no memory. If the layout has no OPTIONAL_AGE, an
 * address is the same socket's until its change to CLOSE is shown.
 */
void socket_numbers_replace(struct socket_numbers *numbers, const struct event_layout *layout,
			    struct event *event);

#endif
