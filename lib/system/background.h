/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that one thread makes, in turn, while the one that asked for them goes on: for what the
 * kernel takes its time for. A call that has not begun when its result is needed is made by the
 * caller, so that no CPU is waited for that is asleep or taken away. Until it has ended nothing of
 * what it works on may be touched.
 */
#ifndef BACKGROUND_H
#define BACKGROUND_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct background_call {
	int (*make)(void *arg, struct diag *diag);
	void *arg;
	enum { BACKGROUND_WAITS, BACKGROUND_BEGUN, BACKGROUND_MADE } state;
	int err;
	struct diag diag;
};

struct background { /* zeroed: there are none */
	struct background_call *calls;
	size_t count;
	pthread_mutex_t lock; /* of the calls' states */
	pthread_cond_t made;
	pthread_t thread;
	bool runs;
};

/* Begins to make the calls, which are to stay where they are until background_free(). */
void background_begin(struct background *background, struct background_call *calls, size_t count);

/* Waits for a call, or makes it. What it returned, with diag as it was filled. */
int background_end(struct background *background, struct background_call *call, struct diag *diag);

/* Waits until the thread has made what was left for it, and has ended. */
void background_free(struct background *background);

#endif
