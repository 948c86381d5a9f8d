/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --no-skaddr: a number for each socket in place of its address in the kernel, which is nobody's
 * business: 1 for the first that is shown, and so on. Addresses are used again; the time at which
 * the program first saw the socket, which is in each event then, tells one from the next.
 */
#ifndef ALIASES_H
#define ALIASES_H

#include "event.h"

/* All zeros: none yet. */
struct aliases {
	void *tree; /* tsearch(3) */
	uint64_t count;
};

void aliases_free(struct aliases *aliases);

/* Puts the number into the event; 0 if there is no memory. The layout has EXTRA_AGE. */
void aliases_hide(struct aliases *aliases, const struct event_layout *layout, struct event *event);

#endif
