/* SPDX-License-Identifier: Apache-2.0 */
#include "event/close_reason.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stddef.h>

#define CLOSE_SOURCE struct close_info

static inline unsigned int close_error(const struct close_info *info)
{
	return info->error;
}

static inline unsigned int close_flags(const struct close_info *info, unsigned int wanted)
{
	return info->flags & wanted;
}

#include "why.h"

static enum why why_at(const struct close_info *info, unsigned int oldstate, unsigned int newstate)
{
	return newstate == TCP_CLOSE ? why_of(info, oldstate) : WHY_UNKNOWN;
}

const char *why_word(enum why why)
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

const char *close_why(const struct close_info *info, unsigned int oldstate, unsigned int newstate)
{
	return why_word(why_at(info, oldstate, newstate));
}

const char *close_first(const struct close_info *info, unsigned int oldstate, unsigned int newstate)
{
	/* Each state after a FIN is reached by one side's FIN alone. */
	switch (newstate == TCP_CLOSE ? oldstate : newstate) {
	case TCP_FIN_WAIT1:
	case TCP_FIN_WAIT2:
	case TCP_CLOSING:
		return "local";
	case TCP_CLOSE_WAIT:
	case TCP_LAST_ACK:
		return "remote";
	}
	switch (why_at(info, oldstate, newstate)) {
	case WHY_RESET_BY_PEER:
		return "remote";
	case WHY_RESET_BY_US:
		return "local";
	default:
		return NULL;
	}
}
