/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Why a session ended, by what its socket shows at the change to CLOSE. */
#pragma once
#define SOCK_DEAD    0 /* bits of sk_flags: enum sock_flags, include/net/sock.h */
#define SOCK_DONE    1
#define SOCK_LINGER  4
#define RCV_SHUTDOWN 1 /* a bit of sk_shutdown */
#define SYN_RETRY_NS 1000000000ULL /* TCP_TIMEOUT_INIT, include/net/tcp.h */

/* The members of struct sock, inet_connection_sock and tcp_sock that have these names. */
struct closing {
	unsigned long sk_flags, sk_lingertime;
	unsigned int sk_err, sk_err_soft;
	unsigned int copied_seq, rcv_nxt, snd_una, write_seq;
	unsigned int total_retrans, icsk_user_timeout;
	unsigned char sk_shutdown;
	unsigned char oldstate;
	unsigned long long span_ns; /* in the old state, or SPAN_UNKNOWN */
};

/* No file refers to it any more. */
static inline int is_orphan(const struct closing *sk)
{
	return sk->sk_flags >> SOCK_DEAD & 1;
}

/* The remote's FIN came in its turn. */
static inline int is_fin_received(const struct closing *sk)
{
	return sk->sk_flags >> SOCK_DONE & 1;
}

/* The remote acknowledged all that was written, and the FIN if any. */
static inline int is_all_acked(const struct closing *sk)
{
	return sk->snd_una == sk->write_seq;
}

/* There is data that no process has read. A FIN has a sequence number as well. */
static inline int is_unread(const struct closing *sk)
{
	return (int)(sk->rcv_nxt - sk->copied_seq) > is_fin_received(sk);
}

/* What ICMP and ICMPv6 say (icmp_err_convert[] and icmpv6_err_convert(); ENOPROTOOPT and the like:
 * that there is no such service). */
static inline enum why why_icmp(unsigned int error)
{
	switch (error) {
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENONET:
	case EACCES: /* ICMPv6 has it where ICMP has one of those above: an administrator's */
		return WHY_UNREACHABLE;
	case ECONNREFUSED:
	case ENOPROTOOPT:
	case EOPNOTSUPP:
	case EPROTO:
		return WHY_REJECTED;
	}
	return WHY_UNKNOWN;
}

/*
 * The process has closed a socket that was connecting. The kernel chooses a port, or finds that the
 * chosen one is in use towards that peer, before it makes the SYN. An ICMP error that comes while
 * connect() has the socket locked is kept as a soft one, and the kernel goes on.
 */
static inline enum why why_connecting(const struct closing *sk)
{
	if (!sk->write_seq)
		return WHY_NO_PORT;
	if (sk->sk_err_soft)
		return why_icmp(sk->sk_err_soft);
	/* The SYN was sent again, or it is time to. */
	if (sk->total_retrans || (sk->span_ns != SPAN_UNKNOWN && sk->span_ns >= SYN_RETRY_NS))
		return WHY_GAVE_UP;
	return WHY_ABORTED;
}

/* __tcp_close() looks for unread data before it looks at SO_LINGER. */
static inline enum why why_reset_by_us(const struct closing *sk)
{
	if (is_unread(sk))
		return WHY_RESET_UNREAD;
	if (sk->sk_flags >> SOCK_LINGER & 1 && !sk->sk_lingertime)
		return WHY_RESET_LINGER;
	return WHY_RESET_BY_US;
}

/* Both sides have sent their FIN. This depends on sk_err, sk_flags, snd_una and write_seq alone. */
static inline int is_by_fin(const struct closing *sk)
{
	if (sk->sk_err)
		return 0;
	/* For an orphan, a timewait socket waits for the remote's FIN from FIN_WAIT2 on. */
	if (sk->oldstate == TCP_FIN_WAIT2)
		return is_fin_received(sk) || is_orphan(sk);
	/* An abort in these states sends a reset or not. */
	return (sk->oldstate == TCP_CLOSING || sk->oldstate == TCP_LAST_ACK) && is_all_acked(sk);
}

/*
 * The kernel sets no error if its own process closes the socket: by an abort, which sends a reset,
 * or after both sides have sent their FIN. It also gives up an orphan when memory is short, with a
 * reset or without.
 */
static inline enum why why_without_error(const struct closing *sk)
{
	if (is_by_fin(sk))
		return WHY_FIN;
	switch (sk->oldstate) {
	case TCP_SYN_SENT:
		return why_connecting(sk);
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT1:
		return is_orphan(sk) ? WHY_UNKNOWN : why_reset_by_us(sk);
	case TCP_FIN_WAIT2:
		return why_reset_by_us(sk);
	}
	return WHY_UNKNOWN;
}

/* tcp_reset() sets ECONNRESET: for a reset that came, and for data that came after RCV_SHUTDOWN. */
static inline enum why why_reset(const struct closing *sk)
{
	switch (sk->oldstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return sk->sk_shutdown & RCV_SHUTDOWN ? WHY_RESET : WHY_RESET_BY_PEER;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return WHY_RESET_BY_PEER;
	}
	return WHY_UNKNOWN;
}

/*
 * Once connected, TCP_USER_TIMEOUT replaces the kernel's own limits (tcp_write_timeout() and others
 * of net/ipv4/tcp_timer.c). Without data on its way, only unanswered keepalive probes are left.
 */
static inline enum why why_timeout(const struct closing *sk)
{
	if (sk->oldstate == TCP_SYN_SENT || sk->oldstate == TCP_SYN_RECV)
		return WHY_TIMEOUT;
	if (sk->icsk_user_timeout)
		return WHY_USER_TIMEOUT;
	return is_all_acked(sk) ? WHY_KEEPALIVE : WHY_TIMEOUT;
}

static inline enum why why_of(const struct closing *sk)
{
	if (sk->oldstate == TCP_LISTEN)
		return WHY_LISTEN_END;
	switch (sk->sk_err) {
	case 0:
		return why_without_error(sk);
	case ECONNRESET:
		return why_reset(sk);
	case EPIPE:
		return sk->oldstate == TCP_CLOSE_WAIT ? WHY_RESET_BY_PEER : WHY_UNKNOWN;
	case ECONNREFUSED:
		return sk->oldstate == TCP_SYN_SENT ? WHY_REFUSED : WHY_REJECTED;
	case ETIMEDOUT:
		return why_timeout(sk);
	case ECONNABORTED: /* of SOCK_DESTROY alone: tcp_abort() */
		return WHY_KILLED;
	}
	return why_icmp(sk->sk_err);
}
