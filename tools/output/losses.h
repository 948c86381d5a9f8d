/* SPDX-License-Identifier: Apache-2.0 */
/* What was lost, counted per cause and told on stderr: as it happens, and in all at the end. */
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
	LOSS_NO_MEMORY, /* the tracer could not keep a record */
	LOSS_BAD_RECORD, /* a record was not as long as an event */
	LOSS_LATE, /* an event came too late for its place in time */
	LOSS_JOURNAL, /* journald did not take an entry */
	LOSS_OUTPUT, /* at the end, nobody took the lines */
	LOSSES,
};

struct losses {
	uint64_t counts[LOSSES];
	uint64_t told[LOSSES];
	bool missed_uncounted; /* the kernel does not count all of LOSS_MISSED */
};

/* The cause's name, for programs to read, and what people read after the count. */
const char *loss_name(enum loss cause);
const char *loss_words(enum loss cause);

/* True: the reader of stderr sees it there. */
typedef bool loss_fn(void *arg, enum loss cause, uint64_t count);

/* Tells what is new, each to fn first. */
void losses_report(struct losses *losses, loss_fn *fn, void *arg);

/* Tells the totals, if there are any. */
void losses_report_total(const struct losses *losses);

#endif
