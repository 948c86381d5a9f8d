/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the socket shows at its change to CLOSE, from which why.h finds the reason. The offsets are
 * of struct sock, and of struct tcp_sock, which begins with it. They are defined if a field or a
 * summary needs the reason and the kernel has them.
 */
#pragma once
#include "types.h"
#include "wire.h"

#ifdef SK_ERR
#define SOCK_DEAD    0 /* bits of sk_flags: enum sock_flags, include/net/sock.h */
#define SOCK_DONE    1
#define RCV_SHUTDOWN 1 /* a bit of sk_shutdown */

#define CLOSE_SOURCE struct event
#define CLOSE_READ(to, offset)                                                                     \
	bpf_probe_read_kernel(&(to), sizeof(to), (void *)(event->skaddr + (offset)))

static inline u32 close_error(const struct event *event)
{
	u32 error = 0;

	CLOSE_READ(error, SK_ERR);
	return error;
}

/* Returns those of the wanted flags that are set, and reads only what these need. */
static inline u32 close_flags(const struct event *event, u32 wanted)
{
	unsigned long sk_flags = 0;
	u32 snd_una = 0, write_seq = 0, flags = 0;
	u8 sk_shutdown = RCV_SHUTDOWN; /* unknown on this kernel: it may be set */

	if (wanted & (CLOSE_ORPHAN | CLOSE_FIN_RECEIVED)) {
		CLOSE_READ(sk_flags, SKC_FLAGS);
		if (sk_flags & 1UL << SOCK_DEAD)
			flags |= CLOSE_ORPHAN;
		if (sk_flags & 1UL << SOCK_DONE)
			flags |= CLOSE_FIN_RECEIVED;
	}
	if (wanted & CLOSE_ALL_ACKED) {
		CLOSE_READ(snd_una, SND_UNA);
		CLOSE_READ(write_seq, WRITE_SEQ);
		if (snd_una == write_seq)
			flags |= CLOSE_ALL_ACKED;
	}
	if (wanted & CLOSE_RCV_SHUTDOWN) {
#ifdef SK_SHUTDOWN
		CLOSE_READ(sk_shutdown, SK_SHUTDOWN);
#endif
		if (sk_shutdown & RCV_SHUTDOWN)
			flags |= CLOSE_RCV_SHUTDOWN;
	}
	return flags & wanted;
}
#endif

#ifdef EVENT_CLOSE
static inline void event_close(struct event *event)
{
	event->close.error = event->close.flags = 0;
	if (event->newstate != TCP_CLOSE)
		return;
	event->close.error = close_error(event);
	event->close.flags = close_flags(event, ~0U);
}
#endif
