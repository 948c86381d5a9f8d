/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sockets that are there already, of all tasks in every network namespace
 * (bpf_text/scan.bpf.c). One that no file leads to is not found: closed by its task but not yet
 * ended, or not accepted yet.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>

struct diag;
struct event_layout;
struct loader;
struct program_spec;
struct startup_log;

/*
 * Whether what that program shows needs to know of them from the start. Of a text of the user's
 * that keeps something else of a socket nothing can be known.
 */
bool scan_is_wanted(const struct program_spec *spec);

/* A descriptor, or -1: what looks. */
struct scan {
	int iterator;
};

#define SCAN_NONE ((struct scan){-1})

/*
 * Compiles (or finds in the cache) and loads what looks for them. With tracing, which may be NULL,
 * what is found goes into the table of sockets of the program that it has loaded, and the times of
 * those that it has seen are known, unless its text is a changed one. -errno with diag filled, and
 * then there is none.
 */
int scan_open(struct scan *scan, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag);
void scan_close(struct scan *scan);

/* Whether the rights that there are now are enough for scan_run(). */
bool scan_may_read(const struct scan *scan);

/*
 * Looks once, and hands over each that the filters let through once, as an event that has not come:
 * its old state is the one it is in, its new one STATE_STILL, its task one that has it open. NULL
 * comes in between, at least every few milliseconds. The layout is that of the spec it was opened
 * with. -errno with diag filled, or what on_record returned.
 */
int scan_run(const struct scan *scan, const struct event_layout *layout,
	     int (*on_record)(void *arg, const void *record), void *arg, struct diag *diag);

#endif
