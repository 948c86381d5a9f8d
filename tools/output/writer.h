/* SPDX-License-Identifier: Apache-2.0 */
/* Writes events as lines to stdout and as entries to the journal. A plain value. */
#ifndef WRITER_H
#define WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "event/event.h"
#include "output/fields.h"
#include "output/format.h"
#include "output/losses.h"
#include "output/socket_numbers.h"
#include "system/output.h"

struct diag;
struct journal_kept;

/* The configuration of the output. A plain value. */
struct output_config {
	enum output_format format;
	bool time;
	bool timestamp;
	bool color;
	bool csv_safe;
	bool extended;
	bool no_header;
	bool quiet; /* nothing on stdout */
	bool journal;
	bool no_object_pid; /* nothing for which journald looks up the process */
	bool summary; /* in place of the events */
	bool histogram; /* as in struct line_format */
	uint64_t limit; /* likewise */
	bool sessions;
	struct field_list fields; /* none: the format's own */
	uint64_t numbered; /* sockets to remember the numbers of; 0: print addresses */
	uint64_t count; /* of events to show, or 0: no end */
};

struct writer {
	const struct output_config *config;
	struct line_format line;
	struct field_list fields; /* the columns' widths grow */
	const struct format *format;
	const struct event_layout *layout; /* of the events */
	struct socket_numbers numbers; /* in place of addresses, if those are not to be shown */
	struct output output;
	struct losses losses;
	uint64_t shown; /* events */
	struct journal_kept *kept; /* counts what journald keeps, or NULL: it drops nothing */
	int end; /* can be read from when it is time to end */
	int err; /* of the first write that failed */
};

/*
 * config and layout must outlive it. Reports once on stderr if a requested field does not work on
 * this host.
 */
void writer_open(struct writer *writer, const struct output_config *config,
		 const struct event_layout *layout);

/* Once end is readable, it waits for neither stdout nor the journal. */
void writer_end_with(struct writer *writer, int end);
void writer_close(struct writer *writer);

/*
 * If journald has a rate limit for this process, reports it, and prepares to count at the end what
 * it has dropped. It starts a process, which must inherit nothing of the trace.
 */
void writer_watch_journal(struct writer *writer);

void writer_begin(struct writer *writer); /* the header, unless --no-header */
void writer_event(struct writer *writer, struct event *event); /* which it may change */
void writer_flush(struct writer *writer); /* after a batch */

/* Whether the requested count is reached, or nothing more can be written. */
bool writer_is_done(const struct writer *writer);

/* Reports new losses, and at the end the totals. */
void writer_report_losses(struct writer *writer);
void writer_end(struct writer *writer);

/* -errno with diag filled if a write failed, unless the reader has closed stdout. */
int writer_check(const struct writer *writer, struct diag *diag);

#endif
