/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Lines (https://jsonlines.org): one object per line. The first describes the trace, then one
 * per event and per loss, the last has the totals. docs/events.schema.json.in is the schema.
 */
#ifndef JSON_H
#define JSON_H

#include "output/format.h"

void json_begin(struct line_format *format, struct text *text);
void json_event(struct line_format *format, const struct event *event, struct text *text);
void json_summary(struct line_format *format, const struct summary *summary, struct text *text);
void json_lost(struct line_format *format, enum loss cause, uint64_t count, struct text *text);
void json_end(struct line_format *format, uint64_t events, const struct losses *losses,
	      struct text *text);

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
