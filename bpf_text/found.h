/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A socket that an iterator has found. It is added to the table of sockets of the tracing program,
 * if there is one, and is written as an event whose old state is the one that it is in.
 *
 * The tracing program may run meanwhile. What it has put into the table is newer, and stays.
 *
 * TASK_TGID, TASK_COMM and SKC_STATE are offsets of members in bytes.
 */
#pragma once
#include "close.h"
#include "filter.h"
#include "owner.h"
#define SCAN
#include "sock.h"
#include "socket_fields.h"
#include "sockets.h"

BPF_TABLE("array", u32, struct sock_entry, found, 1); /* the stack has no room for one more */

static inline u8 sock_state(u64 sk)
{
	u8 state = TCP_CLOSE;

	bpf_probe_read_kernel(&state, sizeof(state), (void *)(sk + SKC_STATE));
	return state;
}

static inline void found_init(struct sock_entry *entry, const struct event *event, int is_shown)
{
#ifdef EVENT_AGE
	entry->first_ns = event->ts_ns;
#endif
#ifdef EVENT_OWNER
	entry->owner = event->owner;
#endif
#ifdef STUCK
	__builtin_memcpy(&entry->last, event, EVENT_SIZE);
	entry->last.newstate = event->oldstate;
	if (!is_shown)
		entry->last.ts_ns = 0;
#endif
#ifdef SUMMARY
	entry->entered = is_shown ? event->oldstate : 0;
#endif
}

/* Adds the socket to the table of the tracing program. */
static inline void found_add(struct event *event, int is_shown)
{
	u64 sk = event->skaddr;
	u32 share = share_of(sk), zero = 0;
	struct sock_entry *new = found.lookup(&zero), *entry;
	long error;

	if (!new)
		return;
	found_init(new, event, is_shown);
	new->share = share;
	error = entry_add(sk, new, share);
	if (error) {
		if (!sockets.lookup(&sk)) /* nor was it added just now */
			entry_refused(error);
		return;
	}
#ifdef SUMMARY
	if (is_shown)
		summary_enter(event->oldstate);
#endif
	if (sock_state(sk) != TCP_CLOSE)
		return;
	/* It has ended meanwhile, and no event will say so. */
	entry = sockets.lookup(&sk);
	if (!entry)
		return;
	entry_leave(entry);
	entry_remove(sk, entry);
}

/*
 * Reads the fields of the socket, and fills in the durations and the owner, as far as the table has
 * them. Returns the entry, or NULL.
 */
static inline const struct sock_entry *event_complete(struct event *event)
{
	u64 sk = event->skaddr;
	struct sock_entry *entry = sockets.lookup(&sk);

#ifdef EVENT_SOCKET_FIELDS
	socket_fields_read(event);
#endif
	event_durations(entry, event);
#ifdef EVENT_OWNER
	if (!entry)
		return 0;
	if (event->owner.from != OWNER_UNKNOWN &&
	    (entry->owner.from == OWNER_UNKNOWN || entry->owner.from == OWNER_LISTENER))
		entry_own(entry, &event->owner);
	else
		owner_of(entry, &event->owner);
#endif
	return entry;
}

static inline void task_read(struct event *event, u64 task)
{
	bpf_probe_read_kernel(&event->pid, sizeof(event->pid), (void *)(task + TASK_TGID));
	bpf_probe_read_kernel(event->comm, sizeof(event->comm), (void *)(task + TASK_COMM));
#ifdef EVENT_OWNER
	owner_set(&event->owner, OWNER_SCAN, event->pid, task);
#endif
}

static inline void sock_show(u64 seq, struct event *event)
{
	const struct sock_entry *entry = event_complete(event);
	int is_shown = 1;

#ifdef FILTERS
	enum verdict verdict = socket_judge(event);

	if (verdict == VERDICT_NEVER)
		return;
	is_shown = verdict == VERDICT_NOW;
#endif
	if (!entry)
		found_add(event, is_shown);
#ifdef FILTERS
	is_shown = is_shown && listed_matches(event);
#endif
	if (is_shown) /* if there is no room, the kernel makes some and calls the program again */
		bpf_seq_write(seq, event, EVENT_SIZE);
}

/*
 * Begins the event of a socket. task: one that has it open, or 0. Returns whether it is in use. The
 * stack has room for one event.
 */
static inline int sock_describe(u64 task, u64 sk, struct event *event)
{
	__builtin_memset(event, 0, sizeof(*event));
	event->newstate = STATE_STILL;
	sock_read(event, sk);
	event->oldstate = sock_state(sk);
	if ((event->family != AF_INET && event->family != AF_INET6) || event->oldstate == TCP_CLOSE)
		return 0;
	event->ts_ns = bpf_ktime_get_ns();
	if (task)
		task_read(event, task);
	return 1;
}

static inline void sock_found(u64 seq, u64 task, u64 sk, struct event *event)
{
	if (sock_describe(task, sk, event))
		sock_show(seq, event);
}
