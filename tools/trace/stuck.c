/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/stuck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/loader.h"
#include "event/event.h"

#define ENTRIES_PER_TICK 4096

struct stuck {
	const struct stuck_limit *limit;
	const struct event_layout *layout;
	uint64_t polled_ns, now_ns;
	size_t entries; /* of the map, polled so far */
	struct event *event; /* room for one */
	int (*show)(void *arg, const void *event);
	void *arg;
};

uint64_t stuck_period_ns(const struct stuck_limit *limit)
{
	uint64_t period = limit->after_ns / 4;

	return period < NS_PER_SECOND ? period : NS_PER_SECOND;
}

struct stuck *stuck_new(const struct stuck_limit *limit, const struct event_layout *layout,
			uint64_t now_ns)
{
	struct stuck *stuck = calloc(1, sizeof(*stuck));

	if (!stuck)
		return NULL;
	stuck->limit = limit;
	stuck->layout = layout;
	stuck->polled_ns = now_ns;
	stuck->event = calloc(1, layout->size);
	if (stuck->event)
		return stuck;
	stuck_free(stuck);
	return NULL;
}

void stuck_free(struct stuck *stuck)
{
	if (stuck)
		free(stuck->event);
	free(stuck);
}

/* Since the last poll it has reached the limit, or a doubling of it. */
static bool is_due(const struct stuck *stuck, uint64_t since_ns)
{
	uint64_t limit = stuck->limit->after_ns, span = stuck->now_ns - since_ns;

	if (since_ns > stuck->now_ns || span < limit)
		return false;
	while (span / 2 >= limit)
		limit *= 2;
	return stuck->polled_ns < since_ns + limit;
}

/*
 * struct sock_entry ends with the last event of the socket, as sent: a struct of 64-bit numbers. A
 * change during the copy yields a session that has just changed.
 */
static int stuck_entry_check(void *arg, const void *value, size_t size)
{
	struct stuck *stuck = arg;
	const struct event_layout *layout = stuck->layout;
	size_t seen = event_last_size(layout);
	struct event *event = stuck->event;

	if (!(++stuck->entries % ENTRIES_PER_TICK))
		stuck->show(stuck->arg, NULL);
	if (size < seen || !event_decode(layout, CPU_UNKNOWN, (const char *)value + size - seen,
					 layout->sent, event))
		return -EINVAL;
	if (!event->ts_ns || event->newstate > STATE_STILL || /* invalid states have no bit */
	    !(stuck->limit->states >> event->newstate & 1) || !is_due(stuck, event->ts_ns))
		return 0;
	event_stuck(layout, event, stuck->now_ns);
	return stuck->show(stuck->arg, event);
}

static int table_walk(const struct loader *loader,
		      int (*on_record)(void *arg, const void *value, size_t size), void *arg,
		      struct diag *diag)
{
	int err = loader_each(loader, "sockets", on_record, arg);

	if (err == -EOPNOTSUPP) {
		diag_set(diag, err, "--stuck: this kernel has no BPF_MAP_LOOKUP_BATCH");
		diag_hint(diag, "it comes with Linux 5.6");
		return err;
	}
	return err ? diag_errno(diag, err, "reading the map sockets") : 0;
}

int stuck_may_poll(const struct loader *loader, struct diag *diag)
{
	return table_walk(loader, NULL, NULL, diag);
}

int stuck_poll(struct stuck *stuck, const struct loader *loader, uint64_t now_ns,
	       int (*show)(void *arg, const void *event), void *arg, struct diag *diag)
{
	int err;

	stuck->now_ns = now_ns;
	stuck->show = show;
	stuck->arg = arg;
	err = table_walk(loader, stuck_entry_check, stuck, diag);
	stuck->polled_ns = now_ns;
	return err;
}
