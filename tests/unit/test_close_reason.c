/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a session's end, for each state and error that the kernel has. */
#include "unit.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "event/close_reason.h"

struct sample {
	unsigned int error, flags, soft;
};

static unsigned int close_error(const struct sample *sample)
{
	return sample->error;
}

static unsigned int close_soft_error(const struct sample *sample)
{
	return sample->soft;
}

static unsigned int close_flags(const struct sample *sample, unsigned int wanted)
{
	return sample->flags & wanted;
}

#define CLOSE_SOURCE struct sample
#include "why.h"

#define ANY 0 /* no state has it */

static bool same(const char *got, const char *want)
{
	return got && want ? !strcmp(got, want) : got == want;
}

static const struct {
	unsigned int error, flags, oldstate;
	const char *why, *first;
	unsigned int soft;
} cases[] = {
	{0, 0, TCP_LISTEN, "listen-end", NULL},
	{ECONNRESET, 0, TCP_LISTEN, "listen-end", NULL},
	{0, 0, TCP_SYN_SENT, "aborted", NULL},
	{ECONNREFUSED, 0, TCP_SYN_SENT, "refused", NULL},
	{0, CLOSE_UNSENT | CLOSE_SYN_AGAIN, TCP_SYN_SENT, "no-port", NULL, EACCES},
	{0, CLOSE_SYN_AGAIN, TCP_SYN_SENT, "gave-up", NULL},
	{0, CLOSE_SYN_AGAIN, TCP_SYN_SENT, "rejected", NULL, ECONNREFUSED},
	{0, 0, TCP_SYN_SENT, "unreachable", NULL, EHOSTUNREACH},
	{0, 0, TCP_SYN_SENT, NULL, NULL, EINVAL},
	{ETIMEDOUT, 0, TCP_SYN_SENT, "timeout", NULL},
	{EHOSTUNREACH, 0, TCP_SYN_SENT, "unreachable", NULL},
	{ENETUNREACH, 0, TCP_ESTABLISHED, "unreachable", NULL},
	/* ICMP */
	{EHOSTDOWN, 0, TCP_SYN_SENT, "unreachable", NULL},
	{ENONET, 0, TCP_SYN_SENT, "unreachable", NULL},
	{EACCES, 0, TCP_SYN_SENT, "unreachable", NULL},
	{ENOPROTOOPT, 0, TCP_SYN_SENT, "rejected", NULL},
	{EOPNOTSUPP, 0, TCP_SYN_SENT, "rejected", NULL},
	{EPROTO, 0, TCP_ESTABLISHED, "rejected", NULL},
	{ECONNREFUSED, 0, TCP_ESTABLISHED, "rejected", NULL},
	{EMSGSIZE, 0, TCP_ESTABLISHED, NULL, NULL},
	{ETIMEDOUT, 0, TCP_ESTABLISHED, "timeout", NULL},
	{ETIMEDOUT, CLOSE_ALL_ACKED, TCP_ESTABLISHED, "keepalive", NULL},
	{ETIMEDOUT, CLOSE_ALL_ACKED | CLOSE_USER_TIMEOUT, TCP_ESTABLISHED, "user-timeout", NULL},
	{ETIMEDOUT, CLOSE_USER_TIMEOUT, TCP_CLOSE_WAIT, "user-timeout", "remote"},
	{ETIMEDOUT, CLOSE_ALL_ACKED | CLOSE_USER_TIMEOUT, TCP_SYN_SENT, "timeout", NULL},
	{ETIMEDOUT, CLOSE_ORPHAN, TCP_FIN_WAIT1, "timeout", "local"},
	{ETIMEDOUT, 0, TCP_CLOSE_WAIT, "timeout", "remote"},
	{ECONNABORTED, 0, TCP_ESTABLISHED, "killed", NULL},
	{ECONNABORTED, 0, TCP_SYN_SENT, "killed", NULL},
	/* A reset, or an abort. */
	{ECONNRESET, 0, TCP_ESTABLISHED, "reset-by-peer", "remote"},
	{ECONNRESET, 0, TCP_SYN_RECV, "reset-by-peer", "remote"},
	{ECONNRESET, CLOSE_RCV_SHUTDOWN, TCP_ESTABLISHED, "reset-by-peer", "remote"},
	{EPIPE, CLOSE_FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-by-peer", "remote"},
	{EPIPE, 0, TCP_ESTABLISHED, NULL, NULL},
	{ECONNRESET, CLOSE_ORPHAN | CLOSE_RCV_SHUTDOWN, TCP_LAST_ACK, "reset-by-peer", "remote"},
	{ECONNRESET, 0, TCP_CLOSING, "reset-by-peer", "local"},
	{ECONNRESET, 0, TCP_FIN_WAIT1, "reset-by-peer", "local"},
	{ECONNRESET, CLOSE_RCV_SHUTDOWN, TCP_FIN_WAIT1, "reset", "local"},
	{ECONNRESET, CLOSE_RCV_SHUTDOWN | CLOSE_ORPHAN, TCP_FIN_WAIT2, "reset", "local"},
	{0, 0, TCP_SYN_RECV, "reset-by-us", "local"},
	{0, 0, TCP_ESTABLISHED, "reset-by-us", "local"},
	{0, CLOSE_ALL_ACKED, TCP_ESTABLISHED, "reset-by-us", "local"},
	{0, CLOSE_UNREAD | CLOSE_LINGER_0, TCP_ESTABLISHED, "reset-unread", "local"},
	{0, CLOSE_LINGER_0, TCP_ESTABLISHED, "reset-linger", "local"},
	{0, CLOSE_LINGER_0, TCP_FIN_WAIT2, "reset-linger", "local"},
	{0, CLOSE_UNREAD | CLOSE_FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-unread", "remote"},
	{0, CLOSE_FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-by-us", "remote"},
	{0, 0, TCP_FIN_WAIT1, "reset-by-us", "local"},
	{0, CLOSE_ALL_ACKED, TCP_FIN_WAIT2, "reset-by-us", "local"},
	/* A socket that is nobody's may have been given up. */
	{0, CLOSE_ORPHAN, TCP_SYN_RECV, NULL, NULL},
	{0, CLOSE_ORPHAN, TCP_FIN_WAIT1, NULL, "local"},
	{0, CLOSE_ORPHAN | CLOSE_FIN_RECEIVED, TCP_LAST_ACK, NULL, "remote"},
	{0, CLOSE_FIN_RECEIVED, TCP_LAST_ACK, NULL, "remote"},
	{0, CLOSE_FIN_RECEIVED, TCP_CLOSING, NULL, "local"},
	/* FINs. */
	{0, CLOSE_FIN_RECEIVED, TCP_FIN_WAIT2, "fin", "local"},
	{0, CLOSE_ORPHAN, TCP_FIN_WAIT2, "fin", "local"},
	{0, CLOSE_ALL_ACKED, TCP_CLOSING, "fin", "local"},
	{0, CLOSE_ALL_ACKED | CLOSE_ORPHAN, TCP_LAST_ACK, "fin", "remote"},
	{0, 0, TCP_CLOSE, NULL, NULL},
	{0, 0, ANY, NULL, NULL},
	{0, 0, 255, NULL, NULL},
};

static void causes_are_told(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sample sample = {cases[i].error, cases[i].flags, cases[i].soft};
		enum why reason = why_of(&sample, cases[i].oldstate);
		const char *why = why_word(reason);
		const char *first = close_first(reason, cases[i].oldstate, TCP_CLOSE);

		if (!same(why, cases[i].why) || !same(first, cases[i].first))
			fail_msg("case %zu: %s, %s", i, why ? why : "-", first ? first : "-");
	}
}

static void nothing_ends_before_close(void **state)
{
	static const char *const first[] = {
		[TCP_FIN_WAIT1] = "local",   [TCP_FIN_WAIT2] = "local", [TCP_CLOSING] = "local",
		[TCP_CLOSE_WAIT] = "remote", [TCP_LAST_ACK] = "remote",
	};
	for (unsigned int from = 0; from < 16; from++)
		for (unsigned int to = 0; to < 16; to++) {
			if (to == TCP_CLOSE)
				continue;
			assert_true(same(close_first(WHY_UNKNOWN, from, to),
					 to < COUNT(first) ? first[to] : NULL));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(causes_are_told),
		cmocka_unit_test(nothing_ends_before_close),
	};

	return cmocka_run_group_tests_name("ending", tests, NULL, NULL);
}
