/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The table of sockets: what the program keeps of each from one change to the next. */
#pragma once
#include "share.h"
#include "summary.h"
#include "types.h"
#include "wire.h"

#define MMAPABLE 1024 /* BPF_F_MMAPABLE, which not all headers have */

struct sock_entry {
	u64 changed_ns; /* time of the last change; 0: before tracing began */
	u32 share; /* that the entry is counted in */
	u32 entered; /* with SUMMARY: the state that it was counted as entering, or 0 */
#ifdef EVENT_AGE
	u64 first_ns; /* when a change or a scan first showed the socket */
#endif
#ifdef EVENT_OWNER
	struct owner owner;
	u64 held; /* the last scan (its session) that found the owner with the socket */
	u64 missed; /* the last one that found another process with it */
#endif
#ifdef EVENT_SESSION
	struct session session;
#endif
#ifdef STUCK
	struct event last; /* the last change; a ts_ns of 0: a filter hides it */
#endif
};

BPF_F_TABLE("hash", u64, struct sock_entry, sockets, MAX_SOCKETS, BPF_F_NO_PREALLOC);
BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS);

/* Adds an unknown socket. Returns 0, or an error if it is known by now or there is no room. */
static inline long entry_add(u64 sk, struct sock_entry *new, u32 share)
{
	long error;

	if (!share_take(share))
		return TABLE_IS_FULL;
	error = sockets.insert(&sk, new);
	if (error)
		share_return(share);
	return error;
}

static inline void entry_remove(u64 sk, const struct sock_entry *entry)
{
	u32 share = entry->share;

	if (!sockets.delete(&sk))
		share_return(share);
}

static inline void counter_add(u32 counter, s64 n)
{
	u64 *count = counters.lookup(&counter);

	if (count) /* atomic, for a softirq may count in the middle of it */
		__sync_fetch_and_add(count, n);
}

/* Counts a socket that was not added to the table. */
static inline void entry_refused(long error)
{
	counter_add(error == TABLE_IS_FULL ? COUNTER_NO_ROOM : COUNTER_TABLE_ERROR, 1);
}

/* Writes each of the 16 bytes, which the verifier requires of all that is sent, and none twice. */
static inline void address4_set(u8 address[16], const void *from)
{
	u32 *words = (u32 *)address;

	__builtin_memcpy(&words[0], from, sizeof(words[0]));
	words[1] = words[2] = words[3] = 0;
}

/* It was a session, and no listener. */
static inline int is_session_end(const struct event *event)
{
	return event->newstate == TCP_CLOSE && event->oldstate != TCP_LISTEN &&
	       event->oldstate != TCP_CLOSE;
}

/* With SESSIONS, a session has one record, at its end. */
static inline int is_reported(const struct event *event)
{
#ifdef SESSIONS
	return is_session_end(event);
#else
	return 1;
#endif
}

/* Fills in the time in the old state and the age. The entry may be NULL: the socket is unknown. */
static inline void event_durations(const struct sock_entry *entry, struct event *event)
{
	event->span_ns =
		entry && entry->changed_ns ? event->ts_ns - entry->changed_ns : SPAN_UNKNOWN;
#ifdef EVENT_AGE
	if (entry && entry->first_ns) /* it is set after the entry is in the table */
		event->age_ns = event->ts_ns - entry->first_ns;
	else if (event->newstate == TCP_CLOSE || event->newstate == STATE_STILL)
		event->age_ns = AGE_UNKNOWN;
	else
		event->age_ns = 0;
#endif
}

#ifdef EVENT_SESSION
/* Of a socket that is first seen in that state. */
static inline void session_found(struct session *session, u32 state)
{
	u32 place = session_state_of(state);

	__builtin_memset(session, 0, sizeof(*session));
#pragma unroll
	for (u32 i = 0; i < SESSION_STATES; i++)
		if (i <= place)
			session->state_ns[i] = FIELD_UNKNOWN;
}

/* Adds the time in the old state. The session is in a map. */
static inline void session_add(struct session *session, const struct event *event)
{
	u32 place = session_state_of(event->oldstate);

	if (place >= SESSION_STATES || session->state_ns[place] == FIELD_UNKNOWN)
		return;
	if (event->span_ns == SPAN_UNKNOWN)
		session->state_ns[place] = FIELD_UNKNOWN;
	else
		session->state_ns[place] += event->span_ns;
}
#endif

/* The summary no longer counts the socket as open. */
static inline void entry_leave(struct sock_entry *entry)
{
#ifdef SUMMARY
	if (entry && entry->entered) {
		summary_leave(entry->entered);
		entry->entered = 0;
	}
#endif
}
