/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Why a session ended, decided by one text for the program and for the tracer. Before it is
 * included, CLOSE_SOURCE is the type that the answer is taken from, close_error() returns its
 * sk_err, and close_flags() which of some CLOSE_... flags are set.
 */
#ifdef CLOSE_SOURCE
/*
 * The kernel sets no error if its own process closes the socket: by an abort, which sends a reset,
 * or after both sides have sent their FIN. It also gives up an orphan when memory is short, with a
 * reset or without.
 */
static inline enum why why_without_error(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_SYN_SENT:
		return WHY_ABORTED;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT1:
		return close_flags(source, CLOSE_ORPHAN) ? WHY_UNKNOWN : WHY_RESET_BY_US;
	case TCP_FIN_WAIT2:
		/* For an orphan, a timewait socket waits for the remote's FIN from here on. */
		return close_flags(source, CLOSE_FIN_RECEIVED | CLOSE_ORPHAN) ? WHY_FIN
									      : WHY_RESET_BY_US;
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

/* At a change from oldstate to CLOSE. */
static inline enum why why_of(const CLOSE_SOURCE *source, unsigned int oldstate)
{
	if (oldstate == TCP_LISTEN)
		return WHY_LISTEN_END;
	switch (close_error(source)) {
	case 0:
		return why_without_error(source, oldstate);
	case ECONNRESET:
		return why_reset(source, oldstate);
	case EPIPE:
		return oldstate == TCP_CLOSE_WAIT ? WHY_RESET_BY_PEER : WHY_UNKNOWN;
	case ECONNREFUSED:
		return oldstate == TCP_SYN_SENT ? WHY_REFUSED : WHY_UNKNOWN;
	case ETIMEDOUT:
		return WHY_TIMEOUT;
	case EHOSTUNREACH:
	case ENETUNREACH:
		return WHY_UNREACHABLE;
	case ECONNABORTED:
		return WHY_ABORTED;
	}
	return WHY_UNKNOWN;
}
#endif
