/* SPDX-License-Identifier: Apache-2.0 */
#include "ending.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char by_peer[] = "reset-by-peer", by_us[] = "reset-by-us";

/*
 * The kernel sets no error before it closes a socket for its own process: by an abort, which sends
 * a reset, or since both sides have sent their FIN. A socket that no process has any more is also
 * given up when memory is short, with a reset or without.
 */
static const char *why_without_error(unsigned int signs, unsigned int oldstate)
{
	const char *aborted = signs & SIGN_ORPHAN ? NULL : by_us;

	switch (oldstate) {
	case TCP_SYN_SENT:
		return "aborted";
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSE_WAIT:
	case TCP_FIN_WAIT1:
		return aborted;
	case TCP_FIN_WAIT2:
		/* Without a process, a timewait socket waits for the remote's FIN from here on. */
		return signs & (SIGN_FIN_SEEN | SIGN_ORPHAN) ? "fin" : aborted;
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		/* To abort it now sends a reset or not. */
		return signs & SIGN_ALL_ACKED ? "fin" : NULL;
	}
	return NULL;
}

/* tcp_reset() sets it, for a reset that came, and for data that came when nobody would read it. */
static const char *why_reset(unsigned int signs, unsigned int oldstate)
{
	switch (oldstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
		return signs & SIGN_DEAF ? "reset" : by_peer;
	case TCP_SYN_RECV:
	case TCP_ESTABLISHED:
	case TCP_CLOSING:
	case TCP_LAST_ACK:
		return by_peer;
	}
	return NULL;
}

const char *ending_why(const struct ending *ending, unsigned int oldstate, unsigned int newstate)
{
	if (newstate != TCP_CLOSE)
		return NULL;
	if (oldstate == TCP_LISTEN)
		return "listen-end";
	switch (ending->error) {
	case 0:
		return why_without_error(ending->signs, oldstate);
	case ECONNRESET:
		return why_reset(ending->signs, oldstate);
	case EPIPE:
		return oldstate == TCP_CLOSE_WAIT ? by_peer : NULL;
	case ECONNREFUSED:
		return oldstate == TCP_SYN_SENT ? "refused" : NULL;
	case ETIMEDOUT:
		return "timeout";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "unreachable";
	case ECONNABORTED:
		return "aborted";
	}
	return NULL;
}

/* The states after a FIN tell whose it was: each is reached by one way alone. */
static const char *first_of_state(unsigned int state)
{
	switch (state) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		return "local";
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
		return "remote";
	}
	return NULL;
}

const char *ending_first(const struct ending *ending, unsigned int oldstate, unsigned int newstate)
{
	const char *first = first_of_state(newstate == TCP_CLOSE ? oldstate : newstate);
	const char *why = first ? NULL : ending_why(ending, oldstate, newstate);

	if (why == by_peer)
		return "remote";
	return why == by_us ? "local" : first;
}
