/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes calls on a thread, one after the other, for work that waits for the kernel. If a result is
 * needed before its call has begun, the caller makes the call itself, so that it never waits for a
 * CPU that is asleep or taken away. Do not touch a call's data until it has ended.
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

/* Starts the thread. The calls must stay in place until background_free(). */
void background_begin(struct background *background, struct background_call *calls, size_t count);

/* Waits for a call, or makes it. Returns its result, with diag as it filled it. */
int background_end(struct background *background, struct background_call *call, struct diag *diag);

/* Waits for the thread's end. */
void background_free(struct background *background);

#endif
