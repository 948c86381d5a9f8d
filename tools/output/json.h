/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Lines (https://jsonlines.org): one object per line. The first describes the trace, then one
 * per event and per loss, the last has the totals. docs/events.schema.json.in is the schema.
 */
#ifndef JSON_H
#define JSON_H

#include <linux/types.h>

#include "output/format.h"
#include "summary_wire.h"

void json_begin(struct line_format *format, struct text *text);
void json_event(struct line_format *format, const struct event *event, struct text *text);
void json_summary(struct line_format *format, const struct summary *summary, struct text *text);
void json_lost(struct line_format *format, enum loss cause, uint64_t count, struct text *text);
void json_end(struct line_format *format, uint64_t events, const struct losses *losses,
	      struct text *text);

/* Parts of a record: each appends members, with a comma before each. */

/* Begins a record other than an event, at ts_ns, with its name and time. */
void json_record(struct line_format *format, const char *record, uint64_t ts_ns, struct text *text);
/* The event's values of format->list. */
void json_members(struct line_format *format, const struct event *event, struct text *text);
/* NAME_ms; null: TIME_UNKNOWN. */
void json_time(struct text *text, const char *name, uint64_t ns);
void json_slots(struct text *text, const char *name, const __u64 slots[SUMMARY_SLOTS]);

/* A line of --check. */
struct check_line {
	const char *name; /* what was checked */
	const char *verdict; /* "ok", "--" (missing, but a trace works without it) or "no" */
	const char *what; /* what was found */
	const char *remedy; /* or empty */
};

/* In place of events. */
void json_check(struct line_format *format, const struct check_line *line, struct text *text);

#endif
