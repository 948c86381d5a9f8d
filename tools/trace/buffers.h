/* SPDX-License-Identifier: Apache-2.0 */
/* The perf buffers that a trace reads: one a CPU. */
#ifndef BUFFERS_H
#define BUFFERS_H

#include <stddef.h>
#include <stdint.h>

struct diag;
struct loader;
struct ring_set;
struct in_flight;

struct buffers { /* zeroed: none */
	unsigned int pages; /* of 4 KiB, of each; 0: there are to be none */
	struct ring_set *events;
	struct ring_set *wakeups; /* words that there is one, after a quiet time */
	int cpus; /* possible ones */
	const struct in_flight
		*in_flight; /* of each; NULL: the program or the kernel has no such map */
	uint64_t *horizon_ns; /* of each: the last time at which no event was on its way */
};

/* Opens those of the struct buffers that arg is. -errno with diag filled. */
int buffers_open(void *arg, struct diag *diag);

/* Gives them to the loaded programs. -errno with diag filled. */
int buffers_give(struct buffers *buffers, const struct loader *loader, struct diag *diag);

/*
 * The time up to which all events are in the buffers: now, which is CLOCK_MONOTONIC's, or earlier
 * by up to 0.1 s, if an event is on its way. Asked before the buffers are read.
 */
uint64_t buffers_horizon_ns(struct buffers *buffers, uint64_t now);

/* How much later than it should an event may be seen in its buffer, with that known. */
uint64_t buffers_margin_ns(const struct buffers *buffers);

/* What they take, in bytes. */
size_t buffers_memory(const struct buffers *buffers);

void buffers_free(struct buffers *buffers);

#endif
