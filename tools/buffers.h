/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The perf buffers that a trace reads. The kernel takes as long to make them as to verify the
 * programs, so both are done at once: buffers_begin(), the loading, buffers_end(). A summary has
 * none.
 */
#ifndef BUFFERS_H
#define BUFFERS_H

#include <stdint.h>

#include "beside.h"

struct loader;
struct options;
struct ring_set;
struct sending;

struct buffers { /* zeroed: none */
	struct ring_set *events;
	struct ring_set *kicks; /* words that there is one, after a quiet time */
	struct beside opening;
	int cpus; /* possible ones */
	const struct sending *sendings; /* of each; NULL: the program or the kernel does not tell */
	uint64_t *settled_ns; /* of each: the last time at which no event was on its way */
};

/* Begins to open them. -errno with diag filled. */
int buffers_begin(struct buffers *buffers, const struct options *options, struct diag *diag);

/* Waits until they are open, and gives them to the loaded programs. -errno with diag filled. */
int buffers_end(struct buffers *buffers, const struct loader *loader, struct diag *diag);

/*
 * The time up to which all events are in the buffers: now, which is CLOCK_MONOTONIC's, or earlier
 * by up to 0.1 s, if an event is on its way. Asked before the buffers are read.
 */
uint64_t buffers_settled_ns(struct buffers *buffers, uint64_t now);

/* At any time after the first, whatever came of it. */
void buffers_free(struct buffers *buffers);

#endif
