/* SPDX-License-Identifier: Apache-2.0 */
/* --stuck: finds sessions that stay in a state, in the program's map of sockets. */
#ifndef STUCK_H
#define STUCK_H

#include <stdint.h>

struct diag;
struct event_layout;
struct loader;
struct sockets;
struct stuck;

/* After this time in one of these states a session is reported. */
struct stuck_limit {
	uint64_t after_ns; /* or 0: for ever */
	uint32_t states; /* a bit for each */
};

/* Returns the polling period in nanoseconds, or 0: never. */
uint64_t stuck_period_ns(const struct stuck_limit *limit);

/* limit and layout must outlive it. NULL: no memory. */
struct stuck *stuck_new(const struct stuck_limit *limit, const struct event_layout *layout,
			uint64_t now_ns);
void stuck_free(struct stuck *stuck);

/* Whether this kernel can walk the map. -errno with diag filled. */
int stuck_may_poll(const struct loader *loader, struct diag *diag);

/*
 * Polls the map at now_ns. Calls show for each session whose time in its state reached the limit,
 * or twice, four times, ... the limit since the last poll, with an event of the layout: its old
 * state is that state, its new state STATE_STUCK, its span the time so far. For a session from
 * before the trace, the time starts when it was found. Calls it with NULL in between. The socket's
 * fields are those of now; before Linux 5.10, or with a source of the user's, those of the last
 * change. If the owner is to be shown, a scan finds who holds these sockets before, at most once a
 * second; until then they are not shown. -errno with diag filled, or what show returned.
 */
int stuck_poll(struct stuck *stuck, const struct loader *loader, struct sockets *sockets,
	       uint64_t now_ns, int (*show)(void *arg, const void *event), void *arg,
	       struct diag *diag);

#endif
