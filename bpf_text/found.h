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

/* The stack has no room for these. One process reads the iterators, one after the other. */
BPF_TABLE("array", u32, struct sock_entry, found, 1);
BPF_TABLE("array", u32, struct event, described, 1);

static inline u8 sock_state(u64 sk)
{
	u8 state = TCP_CLOSE;

	bpf_probe_read_kernel(&state, sizeof(state), (void *)(sk + SKC_STATE));
	return state;
}

/* What an iterator knows of itself: struct bpf_iter_meta of the kernel. */
struct iterator {
	u64 seq;
	u64 session; /* one is larger than those before it */
	u64 number; /* of records so far */
};

static inline void found_init(struct sock_entry *entry, const struct event *event, int is_shown,
			      u64 session)
{
#ifdef EVENT_AGE
	entry->first_ns = event->ts_ns;
#endif
#ifdef EVENT_OWNER
	entry->owner = event->owner;
	entry->held = session;
	entry->missed = 0;
#endif
#ifdef EVENT_SESSION
	session_found(&entry->session, event->oldstate);
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
static inline void found_add(struct event *event, int is_shown, u64 session)
{
	u64 sk = event->skaddr;
	u32 share = share_of(sk), zero = 0;
	struct sock_entry *new = found.lookup(&zero), *entry;
	long error;

	if (!new)
		return;
	found_init(new, event, is_shown, session);
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

#ifdef EVENT_OWNER
/*
 * Whether the process that has been found with the socket is its owner from now on: if the table
 * has none, or only the one that listens, or one that a whole scan has not found with the socket. A
 * server may accept a session and leave it to a child.
 */
static inline int holder_owns(struct sock_entry *entry, const struct owner *holder, u64 session)
{
	int is_gone = entry->missed > entry->held;

	if (entry->owner.from == OWNER_UNKNOWN || entry->owner.from == OWNER_LISTENER)
		return 1;
	if (holder->from != OWNER_SCAN)
		return 0;
	if (entry->owner.pid == holder->pid) {
		entry->held = session;
		return 0;
	}
	if (entry->missed == session)
		return 0;
	entry->missed = session;
	return is_gone;
}
#endif

/*
 * Reads the fields of the socket, and fills in the durations and the owner, as far as the table has
 * them. session: of a scan, or 0. Returns the entry, or NULL.
 */
static inline const struct sock_entry *event_complete(struct event *event, u64 session)
{
	u64 sk = event->skaddr;
	struct sock_entry *entry = sockets.lookup(&sk);

#ifdef EVENT_SOCKET_FIELDS
	socket_fields_read(event);
#endif
	event_durations(entry, event);
#ifdef EVENT_SESSION
	if (entry)
		event->session = entry->session;
	else
		session_found(&event->session, event->oldstate);
	session_add(&event->session, event);
#endif
#ifdef EVENT_OWNER
	if (!entry)
		return 0;
	if (event->owner.from != OWNER_UNKNOWN && holder_owns(entry, &event->owner, session)) {
		entry_own(entry, &event->owner);
		entry->held = session;
	} else {
		owner_of(entry, &event->owner);
	}
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

static inline void sock_show(const struct iterator *iterator, struct event *event)
{
	const struct sock_entry *entry = event_complete(event, iterator->session);
	int is_shown = 1;

#ifdef FILTERS
	enum verdict verdict = socket_judge(event);

	if (verdict == VERDICT_NEVER)
		return;
	is_shown = verdict == VERDICT_NOW;
#endif
	if (!entry)
		found_add(event, is_shown, iterator->session);
#ifdef FILTERS
	is_shown = is_shown && listed_matches(event);
#endif
	if (is_shown) /* if there is no room, the kernel makes some and calls the program again */
		bpf_seq_write(iterator->seq, event, EVENT_SIZE);
}

/*
 * Begins the event of a socket. task: one that has it open, or 0. Returns whether it is in use.
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

static inline void sock_found(const struct iterator *iterator, u64 task, u64 sk,
			      struct event *event)
{
	if (sock_describe(task, sk, event))
		sock_show(iterator, event);
}
