/* SPDX-License-Identifier: Apache-2.0 */
/* Output formats, each in a file of its own. */
#ifndef FORMAT_H
#define FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "output/losses.h"
#include "system/cgroup_path.h"

struct cgroups;
struct event;
struct event_layout;
struct field_list;
struct groups;
struct summary;
struct text;

enum output_format {
	FORMAT_COLUMNS,
	FORMAT_WIDE,
	FORMAT_CSV,
	FORMAT_JSON,
	FORMAT_OTEL, /* JSON, with the names that OpenTelemetry has */
	FORMATS,
};

struct line_format {
	enum output_format kind;
	bool time; /* HH:MM:SS first */
	bool timestamp; /* then seconds since the first event */
	bool color; /* states, on a terminal */
	bool csv_safe; /* a name in CSV is not a formula in a spreadsheet */
	bool extended; /* -x; there is a list then */
	bool no_object_pid; /* in the journal */
	bool histogram; /* in a summary */
	uint64_t limit; /* of keys in a table of --by */
	size_t table_width; /* it leaves out columns that do not fit; 0: none */
	bool sessions; /* an event is the end of a session, and stands for all of it */
	struct field_list *list; /* the fields that are asked for, or NULL: the format's own */
	const struct event_layout *event_layout; /* offsets of the optional members */
	struct cgroups *cgroups; /* or NULL: none has a path */
	struct cgroup_names cgroup; /* of the event that is written, if a field needs it */
	struct wall_clock clock;
	bool started;
	uint64_t start_us; /* kernel time of the first event */
};

/* Each appends to text, whole lines with their newline. */
struct format {
	void (*begin)(struct line_format *format, struct text *text);
	void (*event)(struct line_format *format, const struct event *event, struct text *text);
	/* or NULL: in place of events */
	void (*summary)(struct line_format *format, const struct summary *summary,
			struct text *text);
	/* or NULL: in place of events, by key; the list has the fields of the key */
	void (*groups)(struct line_format *format, const struct groups *groups, struct text *text);
	/* or NULL: count more events were lost */
	void (*lost)(struct line_format *format, enum loss cause, uint64_t count,
		     struct text *text);
	/* or NULL: the totals */
	void (*end)(struct line_format *format, uint64_t events, const struct losses *losses,
		    struct text *text);
};

const struct format *format_of(enum output_format kind);

/* The format of a summary: tables or JSON. */
const struct format *format_of_summary(enum output_format kind);

#endif
