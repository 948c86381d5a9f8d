/* SPDX-License-Identifier: Apache-2.0 */
#include "system/background.h"

#include <sched.h>
#include <signal.h>

/* Bytes. The usual stack has room for a huge page, which would stay resident. */
#define STACK_SIZE 131072

/* The thread and its maker may both call this: the first one makes the call, the other waits. */
static void call_make(struct background *background, struct background_call *call)
{
	pthread_mutex_lock(&background->lock);
	if (call->state == BACKGROUND_WAITS) {
		call->state = BACKGROUND_BEGUN;
		pthread_mutex_unlock(&background->lock);
		call->err = call->make(call->arg, &call->diag);
		pthread_mutex_lock(&background->lock);
		call->state = BACKGROUND_MADE;
		pthread_cond_signal(&background->made);
	}
	while (call->state != BACKGROUND_MADE)
		pthread_cond_wait(&background->made, &background->lock);
	pthread_mutex_unlock(&background->lock);
}

static void *calls_make(void *arg)
{
	struct background *background = arg;

	for (size_t i = 0; i < background->count; i++)
		call_make(background, &background->calls[i]);
	return NULL;
}

/*
 * The thread blocks all signals, so that one that its maker blocks, now or later, is left for a
 * signalfd: the kernel delivers a signal of the process to any thread that does not block it.
 */
static bool thread_start(struct background *background, bool elsewhere)
{
	sigset_t all, before;
	pthread_attr_t attr;
	cpu_set_t cpus;
	bool starts;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	/*
	 * On another CPU than this one, if there is any: Linux 6.18 was seen to begin a thread on
	 * its maker's CPU, and in its stead, while the other of two virtual CPUs was idle.
	 */
	if (elsewhere && !sched_getaffinity(0, sizeof(cpus), &cpus)) {
		CPU_CLR(sched_getcpu(), &cpus);
		if (CPU_COUNT(&cpus))
			pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
	}
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	starts = !pthread_create(&background->thread, &attr, calls_make, background);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return starts;
}

void background_begin(struct background *background, struct background_call *calls, size_t count)
{
	background->calls = calls;
	background->count = count;
	pthread_mutex_init(&background->lock, NULL);
	pthread_cond_init(&background->made, NULL);
	/* A unit without @resources may not choose the CPU (systemd.exec(5)): the kernel does so.
	 */
	background->runs = thread_start(background, true) || thread_start(background, false);
}

int background_end(struct background *background, struct background_call *call, struct diag *diag)
{
	call_make(background, call);
	if (call->err)
		*diag = call->diag;
	return call->err;
}

void background_free(struct background *background)
{
	if (background->runs)
		pthread_join(background->thread, NULL);
	background->runs = false;
}
