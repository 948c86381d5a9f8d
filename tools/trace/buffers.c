/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/buffers.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/ring.h"
#include "event/event.h"

/* Enough for a CPU's in-flight count to become visible on another CPU. */
#define MARGIN_NS 20000
/* Without in-flight counts: an event delayed by the host has been seen to take 0.2 ms. */
#define MARGIN_UNCOUNTED_NS 250000
/* Polls in a row: an event is mostly in flight for less than a microsecond. */
#define LOOKS 64
/* The unit of --buffer-pages, whatever the kernel's page size. */
#define BUFFER_PAGE 4096
/* If the host takes a CPU away for longer, the events of the others must not pile up. */
#define WAIT_NS 100000000

int buffers_open(void *arg, struct diag *diag)
{
	struct buffers *buffers = arg;
	int cpus, err;

	if (!buffers->pages)
		return 0;
	cpus = loader_cpus(diag);
	if (cpus < 0)
		return cpus;
	buffers->cpus = cpus;
	buffers->horizon_ns = calloc(cpus, sizeof(*buffers->horizon_ns));
	buffers->events =
		ring_set_new(cpus, (size_t)buffers->pages * BUFFER_PAGE, RING_WAKE_QUARTER);
	buffers->wakeups = ring_set_new(cpus, 0, RING_WAKE_RECORD);
	if (!buffers->horizon_ns || !buffers->events || !buffers->wakeups)
		return diag_errno(diag, -ENOMEM, "opening the perf buffers");
	for (int cpu = 0; cpu < cpus; cpu++)
		buffers->horizon_ns[cpu] = clock_now_ns();
	err = ring_set_open(buffers->events, diag);
	return err ? err : ring_set_open(buffers->wakeups, diag);
}

int buffers_give_set(const struct ring_set *set, const struct loader *loader, const char *map,
		     struct diag *diag)
{
	for (size_t i = 0; i < ring_set_count(set); i++) {
		int err = loader_map_set(loader, map, ring_set_cpu(set, i), ring_set_fd(set, i));

		if (err)
			return diag_errno(diag, err, "adding the perf buffers to the program");
	}
	return 0;
}

int buffers_give(struct buffers *buffers, const struct loader *loader, struct diag *diag)
{
	const void *view;
	int err = buffers_give_set(buffers->events, loader, "events", diag);

	if (!err)
		err = buffers_give_set(buffers->wakeups, loader, "wakeups", diag);
	if (err)
		return err;
	err = loader_map_view(loader, "in_flight", sizeof(struct in_flight), &view);
	if (!err)
		buffers->in_flight = view;
	/* -ENOENT: a user's source, or an old kernel, does not have it. */
	return err && err != -ENOENT ? diag_errno(diag, err, "mapping the map in_flight") : 0;
}

/* Whether every CPU has been seen without an event in flight since the first poll at now. */
static bool in_flight_check(struct buffers *buffers, uint64_t now)
{
	bool none_in_flight = true;

	for (int cpu = 0; cpu < buffers->cpus; cpu++) {
		if (!__atomic_load_n(&buffers->in_flight[cpu].events, __ATOMIC_ACQUIRE))
			buffers->horizon_ns[cpu] = now;
		none_in_flight &= buffers->horizon_ns[cpu] == now;
	}
	return none_in_flight;
}

uint64_t buffers_horizon_ns(struct buffers *buffers, uint64_t now)
{
	uint64_t horizon = now;

	if (!buffers->in_flight)
		return now;
	for (int look = 0; look < LOOKS; look++)
		if (in_flight_check(buffers, now))
			return now;
	for (int cpu = 0; cpu < buffers->cpus; cpu++)
		if (buffers->horizon_ns[cpu] < horizon)
			horizon = buffers->horizon_ns[cpu];
	return horizon + WAIT_NS < now ? now - WAIT_NS : horizon;
}

uint64_t buffers_margin_ns(const struct buffers *buffers)
{
	return buffers->in_flight ? MARGIN_NS : MARGIN_UNCOUNTED_NS;
}

size_t buffers_memory(const struct buffers *buffers)
{
	return ring_set_memory(buffers->events) + ring_set_memory(buffers->wakeups);
}

void buffers_free(struct buffers *buffers)
{
	ring_set_free(buffers->events);
	ring_set_free(buffers->wakeups);
	if (buffers->in_flight)
		munmap((void *)buffers->in_flight, buffers->cpus * sizeof(*buffers->in_flight));
	free(buffers->horizon_ns);
}
