/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the socket says of its end, here only if a field or a summary wants it: the words are made
 * of it by tools/ending.c. The offsets are of struct sock and of struct tcp_sock, which begins with
 * it; a summary does without them where the kernel does not have them.
 */
#ifdef SK_ERR
#define SOCK_DEAD    0 /* bits of sk_flags: enum sock_flags, include/net/sock.h */
#define SOCK_DONE    1
#define RCV_SHUTDOWN 1

#define ENDING_SOURCE struct event
#define ENDING_READ(to, offset)                                                                    \
	bpf_probe_read_kernel(&(to), sizeof(to), (void *)(event->skaddr + (offset)))

static inline u32 ending_error(const struct event *event)
{
	u32 error = 0;

	ENDING_READ(error, SK_ERR);
	return error;
}

/* To read costs more than to look, so only what wanted has is read. */
static inline u32 ending_signs(const struct event *event, u32 wanted)
{
	unsigned long flags = 0;
	u32 acked = 0, written = 0, signs = 0;
	u8 shut = RCV_SHUTDOWN; /* where it is not known, it may be */

	if (wanted & (SIGN_ORPHAN | SIGN_FIN_SEEN)) {
		ENDING_READ(flags, SKC_FLAGS);
		if (flags & 1UL << SOCK_DEAD)
			signs |= SIGN_ORPHAN;
		if (flags & 1UL << SOCK_DONE)
			signs |= SIGN_FIN_SEEN;
	}
	if (wanted & SIGN_ALL_ACKED) {
		ENDING_READ(acked, SND_UNA);
		ENDING_READ(written, WRITE_SEQ);
		if (acked == written)
			signs |= SIGN_ALL_ACKED;
	}
	if (wanted & SIGN_DEAF) {
#ifdef SK_SHUTDOWN
		ENDING_READ(shut, SK_SHUTDOWN);
#endif
		if (shut & RCV_SHUTDOWN)
			signs |= SIGN_DEAF;
	}
	return signs & wanted;
}
#endif

#ifdef EVENT_ENDING
static inline void event_end(struct event *event)
{
	event->ending.error = event->ending.signs = 0;
	if (event->newstate != TCP_CLOSE)
		return;
	event->ending.error = ending_error(event);
	event->ending.signs = ending_signs(event, ~0U);
}
#endif
