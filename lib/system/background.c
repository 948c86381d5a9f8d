/* SPDX-License-Identifier: Apache-2.0 */
#include "system/background.h"

#include <sched.h>
#include <signal.h>

/* Bytes. The usual stack has room for a huge page, which would stay resident. */
#define STACK_SIZE 131072

/* Whoever comes first makes it, the other one waits. */
static void call_make(struct beside *beside, struct beside_call *call)
{
	pthread_mutex_lock(&beside->lock);
	if (call->state == BESIDE_WAITS) {
		call->state = BESIDE_BEGUN;
		pthread_mutex_unlock(&beside->lock);
		call->err = call->make(call->arg, &call->diag);
		pthread_mutex_lock(&beside->lock);
		call->state = BESIDE_MADE;
		pthread_cond_signal(&beside->made);
	}
	while (call->state != BESIDE_MADE)
		pthread_cond_wait(&beside->made, &beside->lock);
	pthread_mutex_unlock(&beside->lock);
}

static void *calls_make(void *arg)
{
	struct beside *beside = arg;

	for (size_t i = 0; i < beside->count; i++)
		call_make(beside, &beside->calls[i]);
	return NULL;
}

/*
 * Anywhere but here, if there is another place: the kernel was seen to begin a thread on its
 * maker's CPU, and in its stead, while the other one was idle (Linux 6.18, two virtual CPUs).
 */
static void attr_leave_cpu(pthread_attr_t *attr)
{
	cpu_set_t cpus;

	if (sched_getaffinity(0, sizeof(cpus), &cpus)) /* more CPUs than a set has */
		return;
	CPU_CLR(sched_getcpu(), &cpus);
	if (CPU_COUNT(&cpus))
		pthread_attr_setaffinity_np(attr, sizeof(cpus), &cpus);
}

/*
 * The thread takes no signal, so that one that its maker blocks, now or later, is left for a
 * signalfd: the kernel gives a signal of the process to any thread that does not block it.
 */
static bool thread_start(struct beside *beside, bool elsewhere)
{
	sigset_t all, before;
	pthread_attr_t attr;
	bool starts;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (elsewhere)
		attr_leave_cpu(&attr);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	starts = !pthread_create(&beside->thread, &attr, calls_make, beside);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attr);
	return starts;
}

void beside_begin(struct beside *beside, struct beside_call *calls, size_t count)
{
	beside->calls = calls;
	beside->count = count;
	pthread_mutex_init(&beside->lock, NULL);
	pthread_cond_init(&beside->made, NULL);
	/* Where its CPU may not be chosen, as in a unit without @resources, the kernel does so. */
	beside->runs = thread_start(beside, true) || thread_start(beside, false);
}

int beside_end(struct beside *beside, struct beside_call *call, struct diag *diag)
{
	call_make(beside, call);
	if (call->err)
		*diag = call->diag;
	return call->err;
}

void beside_free(struct beside *beside)
{
	if (beside->runs)
		pthread_join(beside->thread, NULL);
	beside->runs = false;
}
