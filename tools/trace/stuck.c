/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/stuck.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/seen.h"
#include "bpf/loader.h"
#include "event/event.h"
#include "trace/sockets.h"

#define ENTRIES_PER_TICK 4096

#define SCAN_PERIOD_NS NS_PER_SECOND
#define HOLDERS_FIRST  64

/* Who holds a socket, as a scan has found. */
struct holder {
	uint64_t skaddr;
	struct owner owner;
};

struct stuck {
	const struct stuck_limit *limit;
	const struct event_layout *layout;
	uint64_t polled_ns, scanned_ns, now_ns;
	size_t entries; /* of the map, polled so far */
	struct event *event; /* room for one */
	struct seen due; /* sockets to be shown */
	struct holder *holders; /* of these, in the order of their addresses */
	size_t holder_count, holder_room;
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
	seen_free(&stuck->due);
	free(stuck->holders);
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

static int entry_find(void *arg, const void *entry, size_t size)
{
	struct stuck *stuck = arg;
	int is_due = entry_read(stuck, entry, size);

	if (is_due > 0)
		seen_add(&stuck->due, stuck->event->skaddr);
	return is_due < 0 ? is_due : 0;
}

static int holder_compare(const void *left, const void *right)
{
	const struct holder *a = left, *b = right;

	return a->skaddr < b->skaddr ? -1 : a->skaddr > b->skaddr;
}

static int entry_show(void *arg, const void *entry, size_t size)
{
	struct stuck *stuck = arg;
	const struct event_layout *layout = stuck->layout;
	int is_due = entry_read(stuck, entry, size);

	if (is_due <= 0)
		return is_due;
	if (layout->wanted & 1U << OPTIONAL_OWNER) {
		struct holder wanted = {.skaddr = stuck->event->skaddr};
		const struct holder *found = NULL;

		/* accept() may have changed it since the last event. */
		memcpy(&wanted.owner, (const char *)entry + event_entry_owner(layout),
		       sizeof(wanted.owner));
		if (stuck->holder_count)
			found = bsearch(&wanted, stuck->holders, stuck->holder_count,
					sizeof(*found), holder_compare);
		event_set_owner(layout, stuck->event, found ? &found->owner : &wanted.owner);
	}
	event_stuck(layout, stuck->event, stuck->now_ns);
	return stuck->show(stuck->arg, stuck->event);
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

/* Keeps who holds a socket that is due. Without memory, the table's answer is shown. */
static int holder_keep(void *arg, const void *record)
{
	struct stuck *stuck = arg;
	const struct event *event = record;

	if (!event)
		return stuck->show(stuck->arg, NULL);
	if (!seen_has(&stuck->due, event->skaddr))
		return 0;
	if (stuck->holder_count == stuck->holder_room) {
		size_t room = stuck->holder_room ? stuck->holder_room * 2 : HOLDERS_FIRST;
		void *grown = reallocarray(stuck->holders, room, sizeof(*stuck->holders));

		if (!grown)
			return 0;
		stuck->holders = grown;
		stuck->holder_room = room;
	}
	stuck->holders[stuck->holder_count++] =
		(struct holder){event->skaddr, *event_owner(stuck->layout, event)};
	return 0;
}

static int due_show(struct stuck *stuck, const struct loader *loader, struct sockets *sockets,
		    struct diag *diag)
{
	int err;

	if (stuck->layout->wanted & 1U << OPTIONAL_OWNER) {
		if (stuck->now_ns < stuck->scanned_ns + SCAN_PERIOD_NS)
			return 0; /* they are due at the next poll as well */
		stuck->scanned_ns = stuck->now_ns;
		sockets_scan(sockets, holder_keep, stuck);
		if (stuck->holder_count)
			qsort(stuck->holders, stuck->holder_count, sizeof(*stuck->holders),
			      holder_compare);
	}
	err = table_walk(loader, entry_show, stuck, diag);
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
	if (!err && !stuck->due.count)
		stuck->polled_ns = now_ns;
	else if (!err)
		err = due_show(stuck, loader, sockets, diag);
	seen_free(&stuck->due);
	stuck->holder_count = 0;
	return err;
}
