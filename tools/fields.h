/* SPDX-License-Identifier: Apache-2.0 */
/* Events as lines: the fields, once, and the layouts that are made of them. */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"

struct event;
struct text;

enum layout {
	LAYOUT_COLUMNS,
	LAYOUT_WIDE,
	LAYOUT_CSV,
	LAYOUTS,
};

struct line_format {
	enum layout layout;
	bool time; /* HH:MM:SS first */
	bool timestamp; /* then seconds since the first event */
	struct wall_clock clock;
	bool started;
	uint64_t start_us; /* kernel time of the first event */
};

/* Append one line, with its newline. */
void line_header(const struct line_format *format, struct text *text);
void line_event(struct line_format *format, const struct event *event, struct text *text);

/* The values of fields that are text, as every format shows them. */
void address_append(struct text *text, const struct event *event, const uint8_t address[16]);
void state_append(struct text *text, unsigned int state);
void comm_append(struct text *text, const struct event *event);

#endif
