/* SPDX-License-Identifier: Apache-2.0 */
#include "ending.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>

#define ENDING_SOURCE struct ending

static inline unsigned int ending_error(const struct ending *ending)
{
	return ending->error;
}

static inline unsigned int ending_signs(const struct ending *ending, unsigned int wanted)
{
	return ending->signs & wanted;
}

#include "why.h"

static enum why why_at(const struct ending *ending, unsigned int oldstate, unsigned int newstate)
{
	return newstate == TCP_CLOSE ? why_of(ending, oldstate) : WHY_UNKNOWN;
}

const char *ending_word(enum why why)
{
	static const char *const words[WHYS] = {
		[WHY_FIN] = "fin",
		[WHY_RESET_BY_PEER] = "reset-by-peer",
		[WHY_RESET_BY_US] = "reset-by-us",
		[WHY_RESET] = "reset",
		[WHY_REFUSED] = "refused",
		[WHY_TIMEOUT] = "timeout",
		[WHY_UNREACHABLE] = "unreachable",
		[WHY_ABORTED] = "aborted",
		[WHY_LISTEN_END] = "listen-end",
	};

	return words[why];
}

const char *ending_why(const struct ending *ending, unsigned int oldstate, unsigned int newstate)
{
	return ending_word(why_at(ending, oldstate, newstate));
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

	if (first)
		return first;
	switch (why_at(ending, oldstate, newstate)) {
	case WHY_RESET_BY_PEER:
		return "remote";
	case WHY_RESET_BY_US:
		return "local";
	default:
		return NULL;
	}
}
