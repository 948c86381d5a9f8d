/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that one thread makes, in turn, while the one that asked for them goes on: for what the
 * kernel takes its time for. A call that has not begun when it is wanted is made by who wants it,
 * so that no CPU is waited for that is asleep or taken away. Until it has ended nothing of what it
 * works on may be touched.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct beside_call {
	int (*make)(void *arg, struct diag *diag);
	void *arg;
	enum { BESIDE_WAITS, BESIDE_BEGUN, BESIDE_MADE } state;
	int err;
	struct diag diag;
};

struct beside { /* zeroed: there are none */
	struct beside_call *calls;
	size_t count;
	pthread_mutex_t lock; /* of the calls' states */
	pthread_cond_t made;
	pthread_t thread;
	bool runs;
};

/* Begins to make the calls, which are to stay where they are until beside_free(). */
void beside_begin(struct beside *beside, struct beside_call *calls, size_t count);

/* Waits for a call, or makes it. What it returned, with diag as it was filled. */
int beside_end(struct beside *beside, struct beside_call *call, struct diag *diag);

/* Waits until the thread has made what was left for it, and has ended. */
void beside_free(struct beside *beside);

#endif
