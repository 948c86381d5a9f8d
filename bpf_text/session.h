/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A whole session: when it began, which side connected, and the time in each of its states, once
 * for the program and the tracer.
 */
#ifndef SESSION_H
#define SESSION_H

/* In the order in which sessions come to them, as far as there is one. */
enum session_state {
	SESSION_SYN_SENT,
	SESSION_SYN_RECV,
	SESSION_ESTABLISHED,
	SESSION_FIN_WAIT1,
	SESSION_CLOSE_WAIT,
	SESSION_FIN_WAIT2,
	SESSION_CLOSING,
	SESSION_LAST_ACK,
	SESSION_STATES,
};

/* Which side connected (RFC 9293, 3.5: active and passive OPEN). */
enum opened {
	OPENED_UNKNOWN,
	OPENED_ACTIVE,
	OPENED_PASSIVE,
	OPENS,
};

struct session {
	__u64 start_ns EVENT_OPTIONAL; /* CLOCK_MONOTONIC; 0: before tracing began */
	__u64 state_ns[SESSION_STATES] EVENT_OPTIONAL; /* or FIELD_UNKNOWN */
	__u32 opened;
};

/* The state's place in state_ns; SESSION_STATES or more: it has none. A digit for each state. */
static inline __u32 session_state_of(__u32 state)
{
	return 0xffff6f74ff53102fULL >> (4 * (state & 15)) & 15;
}

/* Time to connect; FIELD_UNKNOWN of a session that the peer began. */
static inline __u64 session_connect_ns(const struct session *session)
{
	__u64 sent = session->state_ns[SESSION_SYN_SENT];
	__u64 received = session->state_ns[SESSION_SYN_RECV];

	if (session->opened != OPENED_ACTIVE || sent == FIELD_UNKNOWN || received == FIELD_UNKNOWN)
		return FIELD_UNKNOWN;
	return sent + received; /* the latter where both sides connect at once */
}

/* Time from the first FIN on. */
static inline __u64 session_close_ns(const struct session *session)
{
	__u64 sum = 0;

	for (int i = SESSION_FIN_WAIT1; i < SESSION_STATES; i++) {
		if (session->state_ns[i] == FIELD_UNKNOWN)
			return FIELD_UNKNOWN;
		sum += session->state_ns[i];
	}
	return sum;
}

#endif
