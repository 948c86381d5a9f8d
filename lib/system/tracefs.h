/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the descriptions of tracepoints from tracefs, mounted or not. */
#ifndef TRACEFS_H
#define TRACEFS_H

#include <stdbool.h>

struct diag;

#define TRACEPOINT_FIELDS_MAX 32

struct tracepoint_field {
	char name[32];
	unsigned int offset; /* bytes */
	unsigned int size;
};

struct tracepoint {
	int id; /* perf_event_attr.config of a PERF_TYPE_TRACEPOINT event */
	int field_count;
	struct tracepoint_field fields[TRACEPOINT_FIELDS_MAX];
};

/* Whether tracefs is mounted in its usual place, which nothing here requires. */
bool tracefs_is_mounted(void);

/*
 * Reads the id and the fields of event ("category/name"). Where tracefs is not mounted at
 * /sys/kernel/tracing, a detached mount is made and dropped (Linux 5.2+), which no other process
 * can see. -errno with diag filled; -ENOENT: this kernel has no such tracepoint.
 */
int tracepoint_read(const char *event, struct tracepoint *tracepoint, struct diag *diag);

/* The field of that name, or NULL. */
const struct tracepoint_field *tracepoint_field(const struct tracepoint *tracepoint,
						const char *name);

/*
 * Reads the fields out of the text of a format file (Documentation/trace/events.rst, "Event
 * formats"). Returns their number, or -EPROTO if a field line makes no sense.
 */
int tracepoint_parse(const char *format, struct tracepoint *tracepoint);

#endif
