/* SPDX-License-Identifier: Apache-2.0 */
#include "event/close_reason.h"

#include <netinet/tcp.h>
#include <stddef.h>

const char *why_word(enum why why)
{
	static const char *const words[WHYS] = {
		[WHY_FIN] = "fin",
		[WHY_RESET_BY_PEER] = "reset-by-peer",
		[WHY_RESET_UNREAD] = "reset-unread",
		[WHY_RESET_LINGER] = "reset-linger",
		[WHY_RESET_BY_US] = "reset-by-us",
		[WHY_RESET] = "reset",
		[WHY_REFUSED] = "refused",
		[WHY_REJECTED] = "rejected",
		[WHY_UNREACHABLE] = "unreachable",
		[WHY_NO_PORT] = "no-port",
		[WHY_GAVE_UP] = "gave-up",
		[WHY_ABORTED] = "aborted",
		[WHY_TIMEOUT] = "timeout",
		[WHY_KEEPALIVE] = "keepalive",
		[WHY_USER_TIMEOUT] = "user-timeout",
		[WHY_KILLED] = "killed",
		[WHY_LISTEN_END] = "listen-end",
	};

	return why < WHYS ? words[why] : NULL;
}

const char *reset_reason_word(enum reset_reason reason)
{
	static const char *const words[RESET_REASON_COUNT] = {
#define RESET_WORD(name) [RESET_##name] = #name,
		RESET_REASONS(RESET_WORD)};

	return reason < RESET_REASON_COUNT ? words[reason] : NULL;
}

const char *close_first(enum why why, unsigned int oldstate, unsigned int newstate)
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
	switch (why) {
	case WHY_RESET_BY_PEER:
		return "remote";
	case WHY_RESET_UNREAD:
	case WHY_RESET_LINGER:
	case WHY_RESET_BY_US:
		return "local";
	default:
		return NULL;
	}
}
