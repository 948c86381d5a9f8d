/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/resets.h"

#include <netinet/tcp.h>

#include "bpf/order.h"
#include "event/event.h"
#include "program/program.h"
#include "program/source.h"
#include "trace/companion.h"

/*
 * A reset and its change are made one after the other, with softirqs in between at most. Later than
 * this it may be another socket's change, at the same address.
 */
#define APART_NS 10000000

int resets_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	struct program_spec plain = *spec;

	/* Only what the record depends on, so that few objects in the cache serve all options. */
	plain.filter = (struct filter){0};
	plain.netns = plain.stuck = false;
	plain.text = NULL;
	return companion_attach(watching, &plain, &source_reset, tracing, log, diag);
}

static bool is_its_change(const void *record, const void *arg)
{
	const struct event *change = record, *reset = arg;

	return change->skaddr == reset->skaddr && change->newstate == TCP_CLOSE &&
	       reset->ts_ns - change->ts_ns < APART_NS;
}

bool resets_take(struct resets *resets, const struct event_layout *layout,
		 const struct event *event, struct order *order)
{
	struct event *change;

	if (event->newstate != STATE_RESET)
		return false;
	change = order_latest(order, is_its_change, event);
	if (change) {
		event_set_reset(layout, change, event->pid);
		return true;
	}
	resets->kept[resets->next].skaddr = event->skaddr;
	resets->kept[resets->next].ts_ns = event->ts_ns;
	resets->kept[resets->next].reason = event->pid;
	resets->next = (resets->next + 1) % RESETS_KEPT;
	return true;
}

void resets_give(struct resets *resets, const struct event_layout *layout, struct event *event)
{
	if (event->newstate != TCP_CLOSE)
		return;
	for (size_t i = 0; i < RESETS_KEPT; i++) {
		if (resets->kept[i].skaddr != event->skaddr ||
		    event->ts_ns - resets->kept[i].ts_ns >= APART_NS)
			continue;
		event_set_reset(layout, event, resets->kept[i].reason);
		resets->kept[i].skaddr = 0;
	}
}
