/* SPDX-License-Identifier: Apache-2.0 */
/* Losses, counted by cause and reported on stderr: as they happen, and the totals at the end. */
#ifndef LOSSES_H
#define LOSSES_H

#include <stdbool.h>
#include <stdint.h>

enum loss {
	LOSS_BUFFER_FULL, /* the program found its perf buffer full */
	LOSS_NO_BUFFER, /* the program found none for its CPU */
	LOSS_MISSED, /* the program was busy on that CPU, and so was not run */
	LOSS_NO_ROOM, /* the program found the table of sockets full */
	LOSS_TABLE_ERROR, /* the kernel did not add a socket to the table for another reason */
	LOSS_UNFOLLOWED, /* a filter does not know a process or a cgroup: its table was full */
	LOSS_NO_MEMORY, /* the tracer could not keep a record */
	LOSS_BAD_RECORD, /* a record was not as long as an event */
	LOSS_LATE, /* an event came too late for its place in time */
	LOSS_JOURNAL, /* journald did not accept an entry */
	LOSS_SUPPRESSED, /* journald accepted an entry, and dropped it */
	LOSS_OUTPUT, /* at the end, stdout was blocked */
	LOSSES,
};

struct losses {
	uint64_t counts[LOSSES];
	uint64_t reported[LOSSES];
	bool missed_uncounted; /* the kernel does not count all of LOSS_MISSED */
};

/* The cause's name in JSON and in the journal, and its message after the count. */
const char *loss_name(enum loss cause);
const char *loss_words(enum loss cause);

/* Returns true if stderr already shows the loss. */
typedef bool loss_fn(void *arg, enum loss cause, uint64_t count);

/* Reports new losses, each to fn first. */
void losses_report(struct losses *losses, loss_fn *fn, void *arg);

/* Reports the totals, if any. */
void losses_report_total(const struct losses *losses);

#endif
