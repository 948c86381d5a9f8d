/* SPDX-License-Identifier: Apache-2.0 */
/* The perf buffers of a trace, one per CPU. */
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

/* Opens the buffers of the struct buffers that arg points to. -errno with diag filled. */
int buffers_open(void *arg, struct diag *diag);

/* Puts them into the maps of the loaded programs. -errno with diag filled. */
int buffers_give(struct buffers *buffers, const struct loader *loader, struct diag *diag);

/* Puts a set into the map of that name. -errno with diag filled. */
int buffers_give_set(const struct ring_set *set, const struct loader *loader, const char *map,
		     struct diag *diag);

/*
 * Returns the horizon: all events up to that time are in the buffers. It is now (CLOCK_MONOTONIC),
 * or up to 0.1 s earlier if an event is in flight. Call it before reading the buffers.
 */
uint64_t buffers_horizon_ns(struct buffers *buffers, uint64_t now);

/* Returns the margin: how much later than its time an event at the horizon may become visible. */
uint64_t buffers_margin_ns(const struct buffers *buffers);

/* Returns their memory in bytes. */
size_t buffers_memory(const struct buffers *buffers);

void buffers_free(struct buffers *buffers);

#endif
