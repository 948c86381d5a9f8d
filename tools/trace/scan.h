/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A scan of open sockets: those of all tasks, in all network namespaces (bpf_text/scan.bpf.c), and
 * on request those that no file refers to, because they are closed or not accepted yet
 * (bpf_text/tcp.bpf.c).
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>

#include "base/text.h"

struct diag;
struct event_layout;
struct loader;
struct program_spec;
struct startup_log;

/*
 * Whether that program needs a scan at its start. False if the user's source has another map of
 * sockets.
 */
bool scan_is_wanted(const struct program_spec *spec);

struct scan {
	int iterator; /* or -1 */
	struct text readers; /* of sockets without a file: READS ints for each network namespace */
};

#define SCAN_NONE ((struct scan){.iterator = -1})

/*
 * Compiles (or takes from the cache) and loads the scan. tracing, or NULL, is the loaded program
 * that traces: the scan then adds sockets to its map, and reports their times from there, unless
 * the user's source has another map. -errno with diag filled; the scan is then closed.
 */
int scan_open(struct scan *scan, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag);
void scan_close(struct scan *scan);

/*
 * The same for one scan_run(), which finds sockets without a file, too. It enters all network
 * namespaces. What the kernel or the privileges do not allow is reported, and does not fail.
 */
int scan_open_all(struct scan *scan, const struct program_spec *spec, struct startup_log *log,
		  struct diag *diag);

/*
 * Adds the sockets without a file to the map of the program that traces. It enters all network
 * namespaces. -errno with diag filled.
 */
int scan_add_unheld(const struct program_spec *spec, const struct loader *tracing,
		    struct startup_log *log, struct diag *diag);

/*
 * Whether the scan finds the processes of the host, and not only those of a PID namespace. If not,
 * diag is filled.
 */
bool scan_sees_host(struct diag *diag);

/* Whether the present privileges suffice for scan_run(). */
bool scan_may_read(const struct scan *scan);

/*
 * Scans. Calls on_record for each socket that the filters match, once, with an event that did not
 * happen: its old state is the present one, its new state STATE_STILL, its task one that has the
 * socket open, its owner too. Calls it with NULL in between, at least every few milliseconds.
 * layout is that of the spec that the scan was opened with. It looks through all files a second
 * time if the owner that the trace knows has a socket no longer. -errno with diag filled, or what
 * on_record returned.
 */
int scan_run(const struct scan *scan, const struct event_layout *layout,
	     int (*on_record)(void *arg, const void *record), void *arg, struct diag *diag);

#endif
