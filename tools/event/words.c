/* SPDX-License-Identifier: Apache-2.0 */
#include "event/words.h"

#include <stddef.h>

const char *why_word(unsigned int why)
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

const char *first_word(unsigned int first)
{
	static const char *const words[] = {[FIRST_LOCAL] = "local", [FIRST_REMOTE] = "remote"};

	return first < sizeof(words) / sizeof(*words) ? words[first] : NULL;
}

const char *owner_from_word(unsigned int from)
{
	static const char *const words[] = {
		[OWNER_SELF] = "self",
		[OWNER_LISTENER] = "listener",
		[OWNER_SCAN] = "scan",
		[OWNER_ACCEPT] = "accept",
	};

	return from < sizeof(words) / sizeof(*words) ? words[from] : NULL;
}

const char *opened_word(unsigned int opened)
{
	static const char *const words[] =
		{[OPENED_ACTIVE] = "active", [OPENED_PASSIVE] = "passive"};

	return opened < sizeof(words) / sizeof(*words) ? words[opened] : NULL;
}
