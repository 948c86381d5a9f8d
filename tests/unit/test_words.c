/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of a session's end, for each state and error that the kernel has. */
#include "unit.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>

#include "event/event.h"
#include "event/words.h"
#include "why.h"

/* What a socket shows beside its errors. */
enum {
	ORPHAN = 1,
	FIN_RECEIVED = 2,
	ALL_ACKED = 4,
	SHUT_FOR_READING = 8,
	UNREAD = 16,
	LINGER_0 = 32,
	LINGER_5 = 64,
	USER_TIMEOUT = 128,
	UNSENT = 256,
	SENT_AGAIN = 512,
	WAITED = 1024,
};

static struct closing closing_of(unsigned int flags)
{
	struct closing sk = {
		.write_seq = 1000,
		.snd_una = 990,
		.copied_seq = 0xffffffff,
		.rcv_nxt = 0xffffffff,
		.span_ns = SPAN_UNKNOWN,
	};

	if (flags & ORPHAN)
		sk.sk_flags |= 1UL << SOCK_DEAD;
	if (flags & FIN_RECEIVED)
		sk.sk_flags |= 1UL << SOCK_DONE;
	if (flags & (LINGER_0 | LINGER_5))
		sk.sk_flags |= 1UL << SOCK_LINGER;
	if (flags & LINGER_5)
		sk.sk_lingertime = 5;
	if (flags & ALL_ACKED)
		sk.snd_una = sk.write_seq;
	if (flags & SHUT_FOR_READING)
		sk.sk_shutdown = RCV_SHUTDOWN;
	sk.rcv_nxt += !!(flags & UNREAD) + !!(flags & FIN_RECEIVED);
	sk.icsk_user_timeout = flags & USER_TIMEOUT ? 20 : 0;
	if (flags & UNSENT)
		sk.write_seq = 0;
	sk.total_retrans = !!(flags & SENT_AGAIN);
	if (flags & WAITED)
		sk.span_ns = SYN_RETRY_NS;
	return sk;
}

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
	{0, UNSENT | SENT_AGAIN, TCP_SYN_SENT, "no-port", NULL, EACCES},
	{0, SENT_AGAIN, TCP_SYN_SENT, "gave-up", NULL},
	{0, WAITED, TCP_SYN_SENT, "gave-up", NULL},
	{0, SENT_AGAIN, TCP_SYN_SENT, "rejected", NULL, ECONNREFUSED},
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
	{ETIMEDOUT, ALL_ACKED, TCP_ESTABLISHED, "keepalive", NULL},
	{ETIMEDOUT, ALL_ACKED | USER_TIMEOUT, TCP_ESTABLISHED, "user-timeout", NULL},
	{ETIMEDOUT, USER_TIMEOUT, TCP_CLOSE_WAIT, "user-timeout", "remote"},
	{ETIMEDOUT, ALL_ACKED | USER_TIMEOUT, TCP_SYN_SENT, "timeout", NULL},
	{ETIMEDOUT, ORPHAN, TCP_FIN_WAIT1, "timeout", "local"},
	{ETIMEDOUT, 0, TCP_CLOSE_WAIT, "timeout", "remote"},
	{ECONNABORTED, 0, TCP_ESTABLISHED, "killed", NULL},
	{ECONNABORTED, 0, TCP_SYN_SENT, "killed", NULL},
	/* A reset, or an abort. */
	{ECONNRESET, 0, TCP_ESTABLISHED, "reset-by-peer", "remote"},
	{ECONNRESET, 0, TCP_SYN_RECV, "reset-by-peer", "remote"},
	{ECONNRESET, SHUT_FOR_READING, TCP_ESTABLISHED, "reset-by-peer", "remote"},
	{EPIPE, FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-by-peer", "remote"},
	{EPIPE, 0, TCP_ESTABLISHED, NULL, NULL},
	{ECONNRESET, ORPHAN | SHUT_FOR_READING, TCP_LAST_ACK, "reset-by-peer", "remote"},
	{ECONNRESET, 0, TCP_CLOSING, "reset-by-peer", "local"},
	{ECONNRESET, 0, TCP_FIN_WAIT1, "reset-by-peer", "local"},
	{ECONNRESET, SHUT_FOR_READING, TCP_FIN_WAIT1, "reset", "local"},
	{ECONNRESET, SHUT_FOR_READING | ORPHAN, TCP_FIN_WAIT2, "reset", "local"},
	{0, 0, TCP_SYN_RECV, "reset-by-us", "local"},
	{0, 0, TCP_ESTABLISHED, "reset-by-us", "local"},
	{0, ALL_ACKED, TCP_ESTABLISHED, "reset-by-us", "local"},
	{0, UNREAD | LINGER_0, TCP_ESTABLISHED, "reset-unread", "local"},
	{0, LINGER_0, TCP_ESTABLISHED, "reset-linger", "local"},
	{0, LINGER_5, TCP_ESTABLISHED, "reset-by-us", "local"},
	{0, LINGER_0, TCP_FIN_WAIT2, "reset-linger", "local"},
	{0, UNREAD | FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-unread", "remote"},
	{0, FIN_RECEIVED, TCP_CLOSE_WAIT, "reset-by-us", "remote"},
	{0, 0, TCP_FIN_WAIT1, "reset-by-us", "local"},
	{0, ALL_ACKED, TCP_FIN_WAIT2, "reset-by-us", "local"},
	/* A socket that is nobody's may have been given up. */
	{0, ORPHAN, TCP_SYN_RECV, NULL, NULL},
	{0, ORPHAN, TCP_FIN_WAIT1, NULL, "local"},
	{0, ORPHAN | FIN_RECEIVED, TCP_LAST_ACK, NULL, "remote"},
	{0, FIN_RECEIVED, TCP_LAST_ACK, NULL, "remote"},
	{0, FIN_RECEIVED, TCP_CLOSING, NULL, "local"},
	/* FINs. */
	{0, FIN_RECEIVED, TCP_FIN_WAIT2, "fin", "local"},
	{0, ORPHAN, TCP_FIN_WAIT2, "fin", "local"},
	{0, ALL_ACKED, TCP_CLOSING, "fin", "local"},
	{0, ALL_ACKED | ORPHAN, TCP_LAST_ACK, "fin", "remote"},
	{0, 0, TCP_CLOSE, NULL, NULL},
	{0, 0, ANY, NULL, NULL},
	{0, 0, 255, NULL, NULL},
};

static void causes_are_told(void **state)
{
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct closing sk = closing_of(cases[i].flags);
		enum why reason;
		const char *why, *first;

		sk.oldstate = cases[i].oldstate;
		sk.sk_err = cases[i].error;
		sk.sk_err_soft = cases[i].soft;
		reason = why_of(&sk);
		why = why_word(reason);
		first = first_word(first_of(reason, cases[i].oldstate, TCP_CLOSE));

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
			assert_true(same(first_word(first_of(WHY_UNKNOWN, from, to)),
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
