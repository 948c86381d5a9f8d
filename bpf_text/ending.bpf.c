/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the socket says of its end, here only if a field wants it: the words are made of it by
 * tools/ending.c. The ENDING_... places are in struct sock, and in struct tcp_sock, which begins
 * with it.
 */
#define SOCK_DEAD    0 /* bits of sk_flags: enum sock_flags, include/net/sock.h */
#define SOCK_DONE    1
#define RCV_SHUTDOWN 1

#define ENDING_READ(to, place)                                                                     \
	bpf_probe_read_kernel(&(to), sizeof(to), (void *)(event->skaddr + (place)))

static inline void event_end(struct event *event)
{
	unsigned long flags = 0;
	u32 error = 0, acked = 0, written = 0, signs = 0;
	u8 shut = RCV_SHUTDOWN; /* where it is not known, it may be */

	event->ending.error = event->ending.signs = 0;
	if (event->newstate != TCP_CLOSE)
		return;
	ENDING_READ(error, ENDING_ERROR);
	ENDING_READ(flags, ENDING_FLAGS);
	ENDING_READ(acked, ENDING_ACKED);
	ENDING_READ(written, ENDING_WRITTEN);
#ifdef ENDING_SHUT
	ENDING_READ(shut, ENDING_SHUT);
#endif
	if (flags & 1UL << SOCK_DEAD)
		signs |= SIGN_ORPHAN;
	if (flags & 1UL << SOCK_DONE)
		signs |= SIGN_FIN_SEEN;
	if (acked == written)
		signs |= SIGN_ALL_ACKED;
	if (shut & RCV_SHUTDOWN)
		signs |= SIGN_DEAF;
	event->ending.error = error;
	event->ending.signs = signs;
}
