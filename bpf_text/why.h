/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Why a session ended, decided once for both sides. Whoever includes it says by ENDING_SOURCE what
 * it is told by, and how: ending_error() is sk_err, and ending_signs() which of some SIGN_... there
 * are. The program reads only what is asked for.
 */
#ifdef ENDING_SOURCE
/*
 * The kernel sets no error before it closes a socket for its own process: by an abort, which sends
 * a reset, or since both sides have sent their FIN. A socket that no process has any more is also
 * given up when memory is short, with a reset or without.
 */
static inline enum why why_without_error(const ENDING_SOURCE *source, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_SYN_SENT:
		return WHY_ABORTED;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT1:
		return ending_signs(source, SIGN_ORPHAN) ? WHY_UNKNOWN : WHY_RESET_BY_US;
	case TCP_FIN_WAIT2:
		/* Without a process, a timewait socket waits for the remote's FIN from here on. */
		return ending_signs(source, SIGN_FIN_SEEN | SIGN_ORPHAN) ? WHY_FIN
									 : WHY_RESET_BY_US;
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		/* To abort it now sends a reset or not. */
		return ending_signs(source, SIGN_ALL_ACKED) ? WHY_FIN : WHY_UNKNOWN;
	}
	return WHY_UNKNOWN;
}

/* tcp_reset() sets it, for a reset that came, and for data that came when nobody would read it. */
static inline enum why why_reset(const ENDING_SOURCE *source, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return ending_signs(source, SIGN_DEAF) ? WHY_RESET : WHY_RESET_BY_PEER;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return WHY_RESET_BY_PEER;
	}
	return WHY_UNKNOWN;
}

/* At its change to CLOSE. */
static inline enum why why_of(const ENDING_SOURCE *source, unsigned int oldstate)
{
	if (oldstate == TCP_LISTEN)
		return WHY_LISTEN_END;
	switch (ending_error(source)) {
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
