/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One change of a TCP session's state. The probe fills in the socket, the two states and the
 * addresses; change_send() adds the time, the duration and the task, and sends the event.
 */
#pragma once
#include "close.h"
#include "filter.h"
#include "owner.h"
#include "socket_fields.h"
#include "sockets.h"
#include "summary_groups.h"
#include "types.h"
#include "wire.h"

#ifndef SUMMARY
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(wakeups); /* wakes the reader: there is something in events */
BPF_TABLE("percpu_array", u32, u64, last_sent, 1); /* time of the last event, ns */
/* The loader gives it an element for each CPU. */
BPF_F_TABLE("array", u32, struct in_flight, in_flight, 1, MMAPABLE);
#endif

static inline void entry_init(struct sock_entry *entry, const struct event *event, u32 share)
{
	entry->changed_ns = event->ts_ns;
	entry->share = share;
#ifdef EVENT_OWNER
	entry->owner = event->owner;
#endif
#ifdef EVENT_AGE
	entry->first_ns = event->ts_ns;
#endif
#ifdef EVENT_SESSION
	entry->session = event->session;
#endif
}

/* Adds an unknown socket. Returns 0, or an error of entry_add(). */
#if defined(STUCK) || defined(EVENT_SOCKET_FIELDS) || defined(EVENT_SESSION)
BPF_TABLE("array", u32, struct sock_entry, scratch, 1); /* all 0; the stack has no room for one */

static inline long entry_new(u64 sk, const struct event *event)
{
	u32 zero = 0, share = share_of(sk);
	struct sock_entry *entry = scratch.lookup(&zero);
	long error = entry ? entry_add(sk, entry, share) : -1;

	if (error)
		return error;
	entry = sockets.lookup(&sk);
	if (entry)
		entry_init(entry, event, share);
	return 0;
}
#else
static inline long entry_new(u64 sk, const struct event *event)
{
	u32 share = share_of(sk);
	struct sock_entry entry = {};

	entry_init(&entry, event, share);
	return entry_add(sk, &entry, share);
}
#endif

#ifdef FILTERS
/* Removes a socket that will never match. */
static inline void entry_forget(const struct event *event)
{
	u64 sk = event->skaddr;
	struct sock_entry *entry = sockets.lookup(&sk);

	entry_leave(entry);
	if (entry)
		entry_remove(sk, entry);
}
#endif

static inline int event_begins(const struct event *event)
{
	return event->oldstate == TCP_CLOSE ||
	       (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV);
}

/*
 * Returns the socket's entry, or NULL. If the socket only begins, an entry at its address belongs
 * to an earlier one, whose change to CLOSE was missed, and is removed.
 */
static inline struct sock_entry *entry_find(const struct event *event)
{
	u64 sk = event->skaddr;
	struct sock_entry *entry = sockets.lookup(&sk);

	if (!entry || !event_begins(event))
		return entry;
	entry_leave(entry);
	entry_remove(sk, entry);
	return 0;
}

#ifdef EVENT_SESSION
/* entry: of a socket that was known already, or NULL. */
static inline void event_session(struct event *event, struct sock_entry *entry)
{
	struct session *session = &event->session;

	if (entry) {
		session_add(&entry->session, event);
		if (is_reported(event))
			*session = entry->session;
		return;
	}
	if (!event_begins(event)) {
		session_found(session, event->oldstate);
		return;
	}
	__builtin_memset(session, 0, sizeof(*session));
	session->start_ns = event->ts_ns;
	if (event->newstate == TCP_SYN_SENT)
		session->opened = OPENED_ACTIVE;
	else if (event->newstate == TCP_SYN_RECV)
		session->opened = OPENED_PASSIVE;
}
#endif

/*
 * Ends the time in the old state and begins that in the new one, with one reading of the clock.
 * Returns the entry of a socket that was known already, or NULL.
 */
static inline struct sock_entry *event_clock(struct event *event)
{
	u64 sk = event->skaddr;
	struct sock_entry *entry = entry_find(event);
	long error = 0;

	event->ts_ns = bpf_ktime_get_ns();
	event_durations(entry, event);
	entry_leave(entry);
#ifdef EVENT_SESSION
	event_session(event, entry);
#endif
#ifdef EVENT_OWNER
	event_own(event, entry);
#endif
	if (event->newstate == TCP_CLOSE) {
		if (entry)
			entry_remove(sk, entry);
		return 0;
	}
	if (!entry)
		error = entry_new(sk, event);
	if (error) {
		entry = sockets.lookup(&sk); /* a scan may have just added it */
		if (!entry) {
			entry_refused(error);
#ifdef EVENT_AGE
			event->age_ns = AGE_UNKNOWN;
#endif
			return 0;
		}
		entry_leave(entry);
#ifdef EVENT_OWNER
		if (event->owner.from == OWNER_SELF)
			entry_own(entry, &event->owner);
		else if (!event->owner.from)
			owner_of(entry, &event->owner);
#endif
	}
	if (entry)
		entry->changed_ns = event->ts_ns;
	return entry;
}

#if defined(SUMMARY) || defined(STUCK)
/* The socket's entry; known is what event_clock() returned. NULL: it has ended, or there was no
 * room. */
static inline struct sock_entry *entry_of(const struct event *event, struct sock_entry *known)
{
	u64 sk = event->skaddr;

	if (known || event->newstate == TCP_CLOSE)
		return known;
	return sockets.lookup(&sk);
}
#endif

#ifndef SUMMARY
/* A wakeup costs more than all the rest, so only the first event after a pause makes one. */
static inline void reader_wake(void *ctx, u64 now)
{
	u32 zero = 0;
	u64 *last = last_sent.lookup(&zero);
	u64 pause;

	if (!last)
		return;
	pause = now - *last;
	*last = now;
	if (pause > QUIET_NS)
		wakeups.perf_submit(ctx, &zero, sizeof(zero));
}

static inline void event_submit(void *ctx, struct event *event)
{
	int error = events.perf_submit(ctx, event, EVENT_SIZE);

	if (error)
		counter_add(error == BUFFER_IS_FULL ? COUNTER_LOST : COUNTER_NO_BUFFER, 1);
	else
		reader_wake(ctx, event->ts_ns);
}
#endif

/* Fills in what no filter of the socket or the change needs. */
static inline void event_fill(struct event *event)
{
	bpf_get_current_comm(event->comm, sizeof(event->comm));
#ifdef EVENT_SOCKET_FIELDS
	socket_fields_read(event);
#endif
#ifdef EVENT_CLOSE
	event_close(event);
#endif
}

/* Whether all is read before it is known whether the event is shown. */
#if defined(STUCK) || defined(FILTER_FILLED)
#define FILLED_FIRST 1
#else
#define FILLED_FIRST 0
#endif

#ifdef SUMMARY
/* A socket without an entry will not be seen leaving, so it is not counted as entering either. */
static inline void event_count(struct event *event, struct sock_entry *entry)
{
	summary_change(event);
	if (event->newstate == TCP_CLOSE && event->oldstate != STATE_SELF_TEST) {
#ifdef GROUPS
		if (!FILLED_FIRST)
			event_fill(event);
		if (is_session_end(event))
			group_count(event);
#endif
		summary_close(event);
	}
	if (!entry)
		return;
	entry->entered = event->newstate;
	summary_enter(event->newstate);
}
#endif

#ifdef STUCK
/* Keeps the event, for --stuck shows it again if the socket stays in its new state. */
static inline void entry_keep(struct sock_entry *entry, const struct event *event, int is_shown)
{
	if (!entry)
		return;
	__builtin_memcpy(&entry->last, event, EVENT_SIZE);
	if (!is_shown)
		entry->last.ts_ns = 0;
}
#endif

/* is_shown: the filters of the socket let it through. */
static inline void change_follow(void *ctx, struct event *event, int is_shown)
{
	/* Also for a hidden change, so that the next duration is right. */
	struct sock_entry *entry = event_clock(event);

	if (!is_reported(event))
		return;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	if (FILLED_FIRST)
		event_fill(event);
#ifdef STUCK
	/* A change that is hidden now may be shown later. */
	entry_keep(entry_of(event, entry), event, is_shown);
#endif
#ifdef FILTERS
	is_shown = is_shown && change_matches(event) && expression_matches(event);
	if (!is_shown && event->skaddr != SELF_TEST_SK)
		return;
#endif

#ifdef SUMMARY
	event_count(event, entry_of(event, entry));
#else
	if (!FILLED_FIRST)
		event_fill(event);
	event_submit(ctx, event);
#endif
}

#ifdef SUMMARY
#define in_flight_follow change_follow
#else
/*
 * Between the reading of the clock and the output of the record, a softirq may come, or the host
 * may run another guest. The reader must not print later events before this one, so it is counted
 * as in flight. Each CPU has a count, but the verifier does not know that.
 */
static inline void in_flight_follow(void *ctx, struct event *event, int is_shown)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct in_flight *count;

	if (!is_reported(event)) {
		change_follow(ctx, event, is_shown);
		return;
	}
	count = in_flight.lookup(&cpu);
	if (!count)
		return;
	/* Atomic, for a softirq or another task may do this in the middle of it. */
	__sync_fetch_and_add(&count->events, 1);
	change_follow(ctx, event, is_shown);
	__sync_fetch_and_add(&count->events, -1);
}
#endif

#ifdef TEST_BY_CONNECTION
/*
 * The kernel cannot run this program by itself, so the tracer tests it with a connection of its
 * own. The sockets of that have this local address (network order; 0: no test), and their changes
 * become that of SELF_TEST_SK.
 */
BPF_TABLE("array", u32, u32, test_address, 1);

static inline void test_mark(struct event *event)
{
	u32 zero = 0;
	u32 *address = test_address.lookup(&zero);

	if (!address || !*address || event->family != AF_INET || *(u32 *)event->laddr != *address)
		return;
	event->skaddr = SELF_TEST_SK;
	event->oldstate = STATE_SELF_TEST;
	event->newstate = TCP_CLOSE;
}
#else
#define test_mark(event)
#endif

static inline void change_send(void *ctx, struct event *event)
{
	int is_shown = 1;
#ifdef FILTERS
	enum verdict verdict;
#endif

	test_mark(event);
#ifdef FILTERS
	verdict = socket_judge(event);
	if (verdict == VERDICT_NEVER && event->skaddr != SELF_TEST_SK) {
		entry_forget(event);
		return;
	}
	is_shown = verdict == VERDICT_NOW;
#endif
	in_flight_follow(ctx, event, is_shown);
}
