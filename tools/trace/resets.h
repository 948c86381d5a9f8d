/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's reasons for the resets that this host sends (bpf_text/reset.bpf.c), beside the
 * changes to CLOSE that they belong to. A reset comes before its change, if a timer or ss -K ends
 * the session, or after it.
 */
#ifndef RESETS_H
#define RESETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/event.h"

struct diag;
struct loader;
struct order;
struct program_spec;
struct startup_log;

#define RESETS_KEPT 64

struct resets { /* zeroed: none */
	struct event kept[RESETS_KEPT]; /* those whose change has not come, the last ones */
	size_t next;
};

/*
 * Loads and attaches the program, whose records come to the buffers of the tracing one. -errno with
 * diag filled: this kernel gives no reasons.
 */
int resets_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag);

/* Whether the event is a reset; its change, if it is in the order, then gets the reason. */
bool resets_take(struct resets *resets, const struct event_layout *layout,
		 const struct event *event, struct order *order);

/* Gives the change the reason of a reset that came before it. */
void resets_give(struct resets *resets, const struct event_layout *layout, struct event *event);

#endif
