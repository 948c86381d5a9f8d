/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One call on a thread of its own while its caller goes on, for what the kernel takes its time for.
 * Until it has ended nothing of what it works on may be touched.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <pthread.h>
#include <stdbool.h>

#include "diag.h"

struct beside {
	int (*call)(void *arg, struct diag *diag);
	void *arg;
	pthread_t thread;
	bool runs; /* zeroed: there is none to wait for */
	int err;
	struct diag diag;
};

/* Begins the call. Where there can be no thread it is made at once. */
void beside_begin(struct beside *beside, int (*call)(void *arg, struct diag *diag), void *arg);

/* Waits for it. What it returned, with diag as it was filled; the same if asked again. */
int beside_end(struct beside *beside, struct diag *diag);

#endif
