/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/stuck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/text.h"
#include "bpf/loader.h"
#include "event/event.h"
#include "trace/sockets.h"

#define SCAN_PERIOD_NS NS_PER_SECOND

struct stuck {
	const struct stuck_limit *limit;
	const struct event_layout *layout;
	uint64_t polled_ns, scanned_ns, now_ns;
	size_t entries; /* of the map, polled so far */
	struct event *event; /* room for one */
	struct text due; /* the last events of those to be shown, in the order of their addresses */
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
	if (!stuck)
		return;
	text_free(&stuck->due);
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
 * Decodes the last event of a struct sock_entry, as sent: a struct of 64-bit numbers, which the
 * entry ends with. Returns whether it is due, or -EINVAL. A change during the copy yields a session
 * that has just changed.
 */
static int entry_read(struct stuck *stuck, const char *entry, size_t size)
{
	const struct event_layout *layout = stuck->layout;
	size_t last = event_last_size(layout);
	struct event *event = stuck->event;

	if (!(++stuck->entries % ENTRIES_PER_TICK))
		stuck->show(stuck->arg, NULL);
	if (size < event_entry_size(layout, true) ||
	    !event_decode(layout, CPU_UNKNOWN, entry + size - last, layout->sent, event))
		return -EINVAL;
	return event->ts_ns && event->newstate <= STATE_STILL && /* invalid states have no bit */
	       stuck->limit->states >> event->newstate & 1 && is_due(stuck, event->ts_ns);
}

static int entry_find(void *arg, const void *key, const void *entry, size_t size)
{
	struct stuck *stuck = arg;
	const struct event_layout *layout = stuck->layout;
	int is_due = entry_read(stuck, entry, size);

	(void)key; /* it is in the event */
	if (is_due <= 0)
		return is_due;
	/* accept() may have changed it since the last event. */
	if (layout->wanted & 1U << OPTIONAL_OWNER)
		event_set_owner(layout, stuck->event,
				(const void *)((const char *)entry + event_entry_owner(layout)));
	/* Without memory, the rest is not shown. */
	text_bytes(&stuck->due, (const char *)stuck->event, layout->size);
	return 0;
}

static size_t due_count(const struct stuck *stuck)
{
	return stuck->due.len / stuck->layout->size;
}

static struct event *due_at(const struct stuck *stuck, size_t i)
{
	return (struct event *)(stuck->due.data + i * stuck->layout->size);
}

static int address_compare(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	return a->skaddr < b->skaddr ? -1 : a->skaddr > b->skaddr;
}

/* Returns the event of that socket, or NULL. */
static struct event *due_find(const struct stuck *stuck, const struct event *of)
{
	return bsearch(of, stuck->due.data, due_count(stuck), stuck->layout->size, address_compare);
}

static int table_walk(const struct loader *loader,
		      int (*on_entry)(void *arg, const void *key, const void *entry, size_t size),
		      void *arg, struct diag *diag)
{
	int err = loader_each(loader, "sockets", on_entry, arg);

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

/* A scan has found who holds a socket. */
static int holder_take(void *arg, const void *record)
{
	struct stuck *stuck = arg;
	struct event *due;

	if (!record)
		return stuck->show(stuck->arg, NULL);
	due = due_find(stuck, record);
	if (due)
		event_set_owner(stuck->layout, due, event_owner(stuck->layout, record));
	return 0;
}

/*
 * Whether it is still so, and the filters match, as far as can be known. The fields are then those
 * of this moment.
 */
static bool due_look(struct stuck *stuck, const struct sockets *sockets, struct event *due)
{
	int found = sockets_look(sockets, due->skaddr, stuck->event);

	if (found > 0)
		event_set_socket_fields(stuck->layout, due, stuck->event);
	return found < 0 || (found && stuck->event->oldstate == due->newstate);
}

static int due_show(struct stuck *stuck, struct sockets *sockets)
{
	int err = 0;

	if (stuck->layout->wanted & 1U << OPTIONAL_OWNER) {
		if (stuck->now_ns < stuck->scanned_ns + SCAN_PERIOD_NS)
			return 0; /* they are due at the next poll as well */
		stuck->scanned_ns = stuck->now_ns;
		sockets_scan(sockets, holder_take, stuck);
	}
	for (size_t i = 0; !err && i < due_count(stuck); i++) {
		struct event *event = due_at(stuck, i);

		if (!(i % ENTRIES_PER_TICK))
			stuck->show(stuck->arg, NULL);
		if (!due_look(stuck, sockets, event))
			continue;
		event_stuck(stuck->layout, event, stuck->now_ns);
		err = stuck->show(stuck->arg, event);
	}
	stuck->polled_ns = stuck->now_ns;
	return err;
}

int stuck_poll(struct stuck *stuck, const struct loader *loader, struct sockets *sockets,
	       uint64_t now_ns, int (*show)(void *arg, const void *event), void *arg,
	       struct diag *diag)
{
	int err;

	stuck->now_ns = now_ns;
	stuck->show = show;
	stuck->arg = arg;
	err = table_walk(loader, entry_find, stuck, diag);
	if (!err && !stuck->due.len) {
		stuck->polled_ns = now_ns;
	} else if (!err && sockets_is_ready(sockets)) {
		qsort(stuck->due.data, due_count(stuck), stuck->layout->size, address_compare);
		err = due_show(stuck, sockets);
	}
	text_free(&stuck->due);
	return err;
}
