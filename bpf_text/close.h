/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the socket shows at its change to CLOSE, from which why.h finds the reason. The offsets are
 * of struct sock, and of struct tcp_sock, which begins with it. They are defined if a field or a
 * summary needs the reason and the kernel has them.
 */
#pragma once
#include "types.h"

#include "summary_wire.h"
#include "wire.h"

#ifdef SK_ERR
#define SOCK_DEAD    0 /* bits of sk_flags: enum sock_flags, include/net/sock.h */
#define SOCK_DONE    1
#define SOCK_LINGER  4
#define RCV_SHUTDOWN 1 /* a bit of sk_shutdown */
#define SYN_RETRY_NS 1000000000ULL /* TCP_TIMEOUT_INIT, include/net/tcp.h */

#define CLOSE_SOURCE struct event
#define CLOSE_READ(to, offset)                                                                     \
	bpf_probe_read_kernel(&(to), sizeof(to), (void *)(event->skaddr + (offset)))

static inline u32 close_error(const struct event *event)
{
	u32 error = 0;

	CLOSE_READ(error, SK_ERR);
	return error;
}

static inline u32 close_soft_error(const struct event *event)
{
	u32 error = 0;

	CLOSE_READ(error, SK_ERR_SOFT);
	return error;
}

static inline u32 close_flags(const struct event *event, u32 wanted);
#include "why.h"

/* Returns those of the wanted flags that are set, and reads only what these need. */
static inline u32 close_flags(const struct event *event, u32 wanted)
{
	unsigned long sk_flags = 0, linger_time = 0;
	u32 first = 0, last = 0, flags = 0;
	u8 sk_shutdown = RCV_SHUTDOWN; /* unknown on this kernel: it may be set */

	if (wanted & (CLOSE_ORPHAN | CLOSE_FIN_RECEIVED | CLOSE_UNREAD | CLOSE_LINGER_0))
		CLOSE_READ(sk_flags, SKC_FLAGS);
	if (wanted & CLOSE_ORPHAN && sk_flags & 1UL << SOCK_DEAD)
		flags |= CLOSE_ORPHAN;
	if (wanted & CLOSE_FIN_RECEIVED && sk_flags & 1UL << SOCK_DONE)
		flags |= CLOSE_FIN_RECEIVED;
	if (wanted & CLOSE_LINGER_0 && sk_flags & 1UL << SOCK_LINGER) {
		CLOSE_READ(linger_time, SK_LINGERTIME);
		if (!linger_time)
			flags |= CLOSE_LINGER_0;
	}
	if (wanted & CLOSE_UNREAD) { /* a FIN has a number as well */
		CLOSE_READ(first, COPIED_SEQ);
		CLOSE_READ(last, RCV_NXT);
		if ((int)(last - first) > !!(sk_flags & 1UL << SOCK_DONE))
			flags |= CLOSE_UNREAD;
	}
	if (wanted & CLOSE_ALL_ACKED) {
		CLOSE_READ(first, SND_UNA);
		CLOSE_READ(last, WRITE_SEQ);
		if (first == last)
			flags |= CLOSE_ALL_ACKED;
	}
	if (wanted & CLOSE_UNSENT) {
		CLOSE_READ(last, WRITE_SEQ);
		if (!last)
			flags |= CLOSE_UNSENT;
	}
	if (wanted & CLOSE_SYN_AGAIN) {
		CLOSE_READ(last, TOTAL_RETRANS);
		if (last || (event->span_ns != SPAN_UNKNOWN && event->span_ns >= SYN_RETRY_NS))
			flags |= CLOSE_SYN_AGAIN;
	}
	if (wanted & CLOSE_USER_TIMEOUT) {
		CLOSE_READ(last, USER_TIMEOUT);
		if (last)
			flags |= CLOSE_USER_TIMEOUT;
	}
	if (wanted & CLOSE_RCV_SHUTDOWN) {
#ifdef SK_SHUTDOWN
		CLOSE_READ(sk_shutdown, SK_SHUTDOWN);
#endif
		if (sk_shutdown & RCV_SHUTDOWN)
			flags |= CLOSE_RCV_SHUTDOWN;
	}
	return flags;
}
#endif

#ifdef EVENT_CLOSE
static inline void event_close(struct event *event)
{
	event->why = event->newstate == TCP_CLOSE ? why_of(event, event->oldstate) : WHY_UNKNOWN;
}
#endif
