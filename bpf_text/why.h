/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Why a session ended. Before this is included, CLOSE_SOURCE is the type that the answer is taken
 * from; close_error() returns its sk_err, close_soft_error() its sk_err_soft, and close_flags()
 * which of some CLOSE_... flags are set. The unit test has sources of its own.
 */
#ifdef CLOSE_SOURCE
#define CLOSE_ORPHAN	   1U /* no file refers to it any more (SOCK_DEAD) */
#define CLOSE_FIN_RECEIVED 2U /* the remote's FIN came in its turn (SOCK_DONE) */
#define CLOSE_ALL_ACKED	   4U /* the remote acknowledged all that was written, and the FIN if any */
#define CLOSE_RCV_SHUTDOWN 8U /* data that arrives now is answered with a reset */
#define CLOSE_UNREAD	   16U /* there is data that no process has read */
#define CLOSE_LINGER_0	   32U /* SO_LINGER with a time of 0 */
#define CLOSE_USER_TIMEOUT 64U /* TCP_USER_TIMEOUT is set */
#define CLOSE_UNSENT	   128U /* it has no sequence number yet: no SYN was made */
#define CLOSE_SYN_AGAIN	   256U /* the SYN was sent again, or it is time to */

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
static inline enum why why_connecting(const CLOSE_SOURCE *source)
{
	unsigned int soft;

	if (close_flags(source, CLOSE_UNSENT))
		return WHY_NO_PORT;
	soft = close_soft_error(source);
	if (soft)
		return why_icmp(soft);
	return close_flags(source, CLOSE_SYN_AGAIN) ? WHY_GAVE_UP : WHY_ABORTED;
}

/* __tcp_close() looks for unread data before it looks at SO_LINGER. */
static inline enum why why_reset_by_us(const CLOSE_SOURCE *source)
{
	if (close_flags(source, CLOSE_UNREAD))
		return WHY_RESET_UNREAD;
	return close_flags(source, CLOSE_LINGER_0) ? WHY_RESET_LINGER : WHY_RESET_BY_US;
}

/*
 * The kernel sets no error if its own process closes the socket: by an abort, which sends a reset,
 * or after both sides have sent their FIN. It also gives up an orphan when memory is short, with a
 * reset or without.
 */
static inline enum why why_without_error(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_SYN_SENT:
		return why_connecting(source);
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT1:
		return close_flags(source, CLOSE_ORPHAN) ? WHY_UNKNOWN : why_reset_by_us(source);
	case TCP_FIN_WAIT2:
		/* For an orphan, a timewait socket waits for the remote's FIN from here on. */
		return close_flags(source, CLOSE_FIN_RECEIVED | CLOSE_ORPHAN)
			       ? WHY_FIN
			       : why_reset_by_us(source);
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		/* An abort in these states sends a reset or not. */
		return close_flags(source, CLOSE_ALL_ACKED) ? WHY_FIN : WHY_UNKNOWN;
	}
	return WHY_UNKNOWN;
}

/* tcp_reset() sets ECONNRESET: for a reset that came, and for data that came after RCV_SHUTDOWN. */
static inline enum why why_reset(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return close_flags(source, CLOSE_RCV_SHUTDOWN) ? WHY_RESET : WHY_RESET_BY_PEER;
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
static inline enum why why_timeout(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	if (oldstate == TCP_SYN_SENT || oldstate == TCP_SYN_RECV)
		return WHY_TIMEOUT;
	if (close_flags(source, CLOSE_USER_TIMEOUT))
		return WHY_USER_TIMEOUT;
	return close_flags(source, CLOSE_ALL_ACKED) ? WHY_KEEPALIVE : WHY_TIMEOUT;
}

/* At a change from oldstate to CLOSE. */
static inline enum why why_of(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	unsigned int error;

	if (oldstate == TCP_LISTEN)
		return WHY_LISTEN_END;
	error = close_error(source);
	switch (error) {
	case 0:
		return why_without_error(source, oldstate);
	case ECONNRESET:
		return why_reset(source, oldstate);
	case EPIPE:
		return oldstate == TCP_CLOSE_WAIT ? WHY_RESET_BY_PEER : WHY_UNKNOWN;
	case ECONNREFUSED:
		return oldstate == TCP_SYN_SENT ? WHY_REFUSED : WHY_REJECTED;
	case ETIMEDOUT:
		return why_timeout(source, oldstate);
	case ECONNABORTED: /* of SOCK_DESTROY alone: tcp_abort() */
		return WHY_KILLED;
	}
	return why_icmp(error);
}
#endif
