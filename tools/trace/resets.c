/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/resets.h"

#include <netinet/tcp.h>
#include <string.h>

#include "bpf/order.h"
#include "event/event.h"
#include "program/source.h"
#include "trace/companion.h"

/*
 * A reset and its change are made one after the other, with softirqs in between at most. Later than
 * this it may be the change of another socket at the same address, with the same ports.
 */
#define APART_NS 10000000

int resets_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	struct program_spec plain = companion_spec(spec);

	plain.stuck = false;
	return companion_attach(watching, &plain, &source_reset, tracing, log, diag);
}

static bool are_of_one(const struct event *change, const struct event *reset)
{
	return change->skaddr == reset->skaddr && change->lport == reset->lport &&
	       change->rport == reset->rport;
}

static bool is_its_change(const void *record, const void *arg)
{
	const struct event *change = record, *reset = arg;

	return change->newstate == TCP_CLOSE && are_of_one(change, reset) &&
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
	memcpy(&resets->kept[resets->next], event, EVENT_SIZE);
	resets->next = (resets->next + 1) % RESETS_KEPT;
	return true;
}

void resets_give(struct resets *resets, const struct event_layout *layout, struct event *event)
{
	if (event->newstate != TCP_CLOSE)
		return;
	for (size_t i = 0; i < RESETS_KEPT; i++) {
		struct event *reset = &resets->kept[i];

		if (!are_of_one(event, reset) || event->ts_ns - reset->ts_ns >= APART_NS)
			continue;
		event_set_reset(layout, event, reset->pid);
		reset->skaddr = 0;
	}
}
