/* SPDX-License-Identifier: Apache-2.0 */
/* --stuck: the sessions that have been in a state for long, out of the program's table of sockets.
 */
#ifndef STUCK_H
#define STUCK_H

#include <stdint.h>

struct diag;
struct event_layout;
struct loader;
struct stuck;

/* How long a session may be in one of these states, before it is shown as being there still. */
struct stuck_limit {
	uint64_t after_ns; /* or 0: for ever */
	uint32_t states; /* a bit for each */
};

/* How often to look, in nanoseconds, or 0: never. */
uint64_t stuck_period_ns(const struct stuck_limit *limit);

/* The limit and the layout must stay. NULL: no memory. */
struct stuck *stuck_new(const struct stuck_limit *limit, const struct event_layout *layout,
			uint64_t now_ns);
void stuck_free(struct stuck *stuck);

/* Whether this kernel lets the table be looked through. -errno with diag filled. */
int stuck_may_poll(const struct loader *loader, struct diag *diag);

/*
 * Looks as of now_ns, and hands over each session whose time in its state has become the limit
 * since the last look, or twice, four times, ... the limit: as an event of the layout whose old
 * state is that state, its new one STATE_STUCK, and its span the time so far. Of a session from
 * before the tracer that is counted from where it was found. NULL comes in between, so that a large
 * table holds up nothing. -errno with diag filled, or what show returned.
 */
int stuck_poll(struct stuck *stuck, const struct loader *loader, uint64_t now_ns,
	       int (*show)(void *arg, const void *event), void *arg, struct diag *diag);

#endif
