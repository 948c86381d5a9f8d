/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the filters of a command line mean, said as plainly as can be: each list is walked as the
 * user wrote it, for each event, and a field is compared as it is printed with -x. Nothing of
 * tools/filter/ is used.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "output/value.h"

#define MODEL_LISTS	 4 /* how often an option is given, at most */
#define MODEL_CONDITIONS 3
#define MODEL_WORD_ROOM	 64

enum model_option {
	MODEL_LPORT,
	MODEL_RPORT,
	MODEL_LADDR,
	MODEL_RADDR,
	MODEL_OLD,
	MODEL_NEW,
	MODEL_EITHER,
	MODEL_PORT,
	MODEL_PID, /* from here on, values of fields */
	MODEL_COMM,
	MODEL_UID,
	MODEL_WHY,
	MODEL_OPTIONS,
};

/* One of --filter, as "FIELD OP VALUE". */
struct model_condition {
	const struct field *field;
	const char *op;
	char value[MODEL_WORD_ROOM];
};

/* A command line; each list ends at the first NULL. */
struct model {
	const char *lists[MODEL_OPTIONS][MODEL_LISTS + 1];
	int family; /* 4, 6 or 0 */
	int64_t min_ns; /* or -1 */
	const char *max_ms; /* or NULL */
	struct model_condition conditions[MODEL_CONDITIONS];
	size_t condition_count;
	const struct event_layout *layout; /* of the events */
};

/* The field's value, as it is printed; "-" if it is unknown. */
struct model_shown {
	char text[VALUE_ROOM + 1];
};

struct model_shown model_shown(const struct model *model, const struct field *field,
			       const struct event *event);

/* Whether its values are numbers, which are compared with < and the like, too. */
bool model_has_order(const struct field *field);

/* The field that an option names the values of. */
const struct field *model_field(enum model_option option);

/* Whether the event is to be seen, and whether a later one of its socket can be. */
bool model_shows(const struct model *model, const struct event *event);
bool model_keeps(const struct model *model, const struct event *event);

#endif
