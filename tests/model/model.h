/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filters of a command line mean, said as plainly as can be: each list is walked as the
 * user wrote it, for each event. Nothing of tools/filter/ and lib/ is used but the names of
 * states.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"

#define MODEL_LISTS 4 /* how often an option is given, at most */

enum model_option {
	MODEL_LPORT,
	MODEL_RPORT,
	MODEL_LADDR,
	MODEL_RADDR,
	MODEL_OLD,
	MODEL_NEW,
	MODEL_EITHER,
	MODEL_OPTIONS,
};

/* A command line; each list ends at the first NULL. */
struct model {
	const char *lists[MODEL_OPTIONS][MODEL_LISTS + 1];
	int family; /* 4, 6 or 0 */
	int64_t min_ns; /* or -1 */
};

/* Whether the event is to be seen, and whether a later one of its socket can be. */
bool model_shows(const struct model *model, const struct event *event);
bool model_keeps(const struct model *model, const struct event *event);

#endif
