/* SPDX-License-Identifier: Apache-2.0 */
/* What the tracer waits for: signals, timers, the end of stdout's reader, the perf buffers. */
#ifndef WAKEUPS_H
#define WAKEUPS_H

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct trace_config;
struct ring_set;
struct timespec;
struct wakeups;

enum wakeup {
	WAKEUP_END = 1, /* SIGINT, SIGTERM, nobody reads any more, or --duration is over */
	WAKEUP_LIST = 2, /* SIGUSR1 */
	WAKEUP_SUMMARY = 4, /* --summary's interval is over */
	WAKEUP_STUCK = 8, /* time to look for what is stuck */
	WAKEUP_PREPARED = 16, /* what wakeups_watch() was given can be read from */
};

/*
 * Blocks the signals, and makes the timers that the options want. The sets, of which some may be
 * NULL, and stdout must stay open until wakeups_free(). -errno with diag filled.
 */
int wakeups_open(struct wakeups **wakeups, const struct trace_config *config,
		 const struct ring_set *const *sets, size_t count, int output, struct diag *diag);
void wakeups_free(struct wakeups *wakeups);

/* The timers begin to run. -errno with diag filled. */
int wakeups_start(struct wakeups *wakeups, struct diag *diag);

/* A descriptor that can be read from since a signal has come to end it. */
int wakeups_end(const struct wakeups *wakeups);

/* Waits for fd too from here on, or, with -1, no longer. */
void wakeups_watch(struct wakeups *wakeups, int fd);

/*
 * Waits for anything, or until the pause is over, which may be NULL: without end. Returns which of
 * enum wakeup have come: none if it is the pause or a buffer. -errno with diag filled.
 */
int wakeups_wait(struct wakeups *wakeups, const struct timespec *pause, struct diag *diag);

/*
 * Blocks SIGINT and SIGTERM, which wakeups_open() then finds, or lets them end the process as they
 * do by default.
 */
void wakeups_hold_end(bool hold);

#endif
