/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reads what why.h decides by. The offsets are of struct sock, and of struct tcp_sock, which begins
 * with it. They are defined if a field or a summary needs the reason and the kernel has them.
 *
 * Most sessions end by FIN, which a few reads show. For the others all is read before anything is
 * decided: with a read in each branch the verifier has more paths to follow, and loading the
 * program took 12.2 ms in place of 9.7 (Linux 6.18).
 */
#pragma once
#include "types.h"

#include "summary_wire.h"
#include "wire.h"

#ifdef SK_ERR
#include "why.h"

#define CLOSE_READ(member, offset)                                                                 \
	bpf_probe_read_kernel(&(member), sizeof(member), (void *)(event->skaddr + (offset)))

static inline enum why event_why(const struct event *event)
{
	struct closing sk = {.oldstate = event->oldstate, .span_ns = event->span_ns};

	CLOSE_READ(sk.sk_err, SK_ERR);
	CLOSE_READ(sk.sk_flags, SKC_FLAGS);
	CLOSE_READ(sk.snd_una, SND_UNA);
	CLOSE_READ(sk.write_seq, WRITE_SEQ);
	if (is_by_fin(&sk))
		return WHY_FIN;
	CLOSE_READ(sk.sk_err_soft, SK_ERR_SOFT);
	CLOSE_READ(sk.sk_lingertime, SK_LINGERTIME);
	CLOSE_READ(sk.copied_seq, COPIED_SEQ);
	CLOSE_READ(sk.rcv_nxt, RCV_NXT);
	CLOSE_READ(sk.total_retrans, TOTAL_RETRANS);
	CLOSE_READ(sk.icsk_user_timeout, USER_TIMEOUT);
#ifdef SK_SHUTDOWN
	CLOSE_READ(sk.sk_shutdown, SK_SHUTDOWN);
#else
	sk.sk_shutdown = RCV_SHUTDOWN; /* it may be set */
#endif
	return why_of(&sk);
}
#endif

#ifdef EVENT_CLOSE
static inline void event_close(struct event *event)
{
	event->why = event->newstate == TCP_CLOSE ? event_why(event) : WHY_UNKNOWN;
}
#endif
