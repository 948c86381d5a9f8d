/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for signals, timers, the end of stdout's reader, and the perf buffers. */
#ifndef WAITER_H
#define WAITER_H

#include <stdbool.h>
#include <stddef.h>

struct diag;
struct trace_config;
struct ring_set;
struct timespec;
struct waiter;

enum wake {
	WAKE_END = 1, /* SIGINT, SIGTERM, the end of stdout's reader, or of --duration */
	WAKE_LIST = 2, /* SIGUSR1; the terminal has another size */
	WAKE_SUMMARY = 4, /* --summary's interval is over */
	WAKE_STUCK = 8, /* time to look for what is stuck */
	WAKE_PREPARED = 16, /* what waiter_watch() was given can be read from */
	WAKE_KEYS = 32, /* keys were typed, with --top */
};

/*
 * Blocks the signals and creates the timers of the config. The sets, of which some may be NULL, and
 * stdout must stay open until waiter_free(). -errno with diag filled.
 */
int waiter_open(struct waiter **waiter, const struct trace_config *config,
		const struct ring_set *const *sets, size_t count, int output, struct diag *diag);
void waiter_free(struct waiter *waiter);

/* Starts the timers. -errno with diag filled. */
int waiter_start(struct waiter *waiter, struct diag *diag);

/* Returns a descriptor that becomes readable when a signal asks for the end. */
int waiter_end(const struct waiter *waiter);

/* Also waits for fd from now on, or, with -1, no longer. */
void waiter_watch(struct waiter *waiter, int fd);

/*
 * Waits for an event or for the end of pause (NULL: forever). Returns a mask of enum wake, 0 after
 * the pause or for a perf buffer. -errno with diag filled.
 */
int waiter_wait(struct waiter *waiter, const struct timespec *pause, struct diag *diag);

/* Blocks SIGINT and SIGTERM until waiter_open() reads them, or restores their default action. */
void waiter_hold_end(bool hold);

#endif
