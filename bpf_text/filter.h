/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The filters of the command line. Each FILTER_... macro is an expression that is true for what is
 * traced. One that is not given is 1, and the compiler drops what only this one needs.
 */
#pragma once
#include "expression.h"
#ifdef FILTERS
#include "first.h"
#include "marks.h"
#endif
#include "types.h"
#include "wire.h"

#ifdef FILTERS
/* The address of one end, in host order and as IPv6, where IPv4 ones are ::ffff:a.b.c.d. */
struct end {
	u64 high;
	u64 low;
	u32 is_ipv6; /* the socket's family, which can have addresses of both */
};

#define MAPPED 0x0000ffff00000000ULL /* ::ffff:0:0 */

static inline u64 word_host(u64 word)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap64(word);
#else
	return word;
#endif
}

static inline struct end end_of(const u8 address[16], u16 family)
{
	struct end end = {.low = MAPPED};
	u64 words[2];

	__builtin_memcpy(words, address, sizeof(words));
	if (family == AF_INET) {
		end.low |= word_host(words[0]) >> 32;
		return end;
	}
	end.high = word_host(words[0]);
	end.low = word_host(words[1]);
	end.is_ipv6 = 1;
	return end;
}

static inline int end_is_unspecified(struct end end)
{
	return !end.high && (!end.low || end.low == MAPPED);
}

#ifdef NET_INUM
/* The inode number of the socket's network namespace. */
static inline u32 netns_of(u64 sk)
{
	u32 inum = 0;

	bpf_probe_read_kernel(&inum, sizeof(inum), (void *)(pointer_at(sk + SKC_NET) + NET_INUM));
	return inum;
}
#endif

static inline int netns_matches(u64 sk)
{
#ifdef NET_INUM
	u32 inum = netns_of(sk);

	return FILTER_NETNS(inum);
#else
	return 1;
#endif
}

#ifdef SK_IS_MPTCP
/* The kernel's own mark: also of a session whose peer has turned out to have no MPTCP. */
static inline int sock_is_mptcp(u64 sk)
{
	u8 is_mptcp = 0;

	bpf_probe_read_kernel(&is_mptcp, sizeof(is_mptcp), (void *)(sk + SK_IS_MPTCP));
	return !!is_mptcp;
}
#endif

/* Whether the socket matches. The lowest verdict of several filters decides. */
enum verdict {
	VERDICT_NEVER,
	VERDICT_LATER, /* it may, once it has a port or an address */
	VERDICT_NOW,
};

/*
 * Until a port is chosen it is 0, and an address the unspecified one: then the socket may match
 * later.
 *
 * Each filter has a verdict of its own, where all paths through it meet again. Else the kernel's
 * verifier would follow each path through one list into each through the next, and a thousand ports
 * times a thousand addresses are too many for it.
 */
static inline enum verdict filter_judge(int matches, int is_unchosen)
{
	if (matches)
		return VERDICT_NOW;
	return is_unchosen ? VERDICT_LATER : VERDICT_NEVER;
}

static inline enum verdict verdict_both(enum verdict a, enum verdict b)
{
	return a < b ? a : b;
}

/* --port: one of the two is listed, and none is excluded. */
static inline int ports_match(u16 lport, u16 rport)
{
	return (FILTER_EITHER_PORT(lport) || FILTER_EITHER_PORT(rport)) &&
	       FILTER_BOTH_PORTS(lport) && FILTER_BOTH_PORTS(rport);
}

static inline enum verdict socket_judge(const struct event *event)
{
	struct end local = end_of(event->laddr, event->family);
	struct end remote = end_of(event->raddr, event->family);
	enum verdict verdict;

	if (!FILTER_FAMILY(event->family) || !netns_matches(event->skaddr))
		return VERDICT_NEVER;
	verdict = filter_judge(FILTER_LPORT(event->lport), !event->lport);
	verdict = verdict_both(verdict, filter_judge(FILTER_DPORT(event->rport), !event->rport));
	verdict = verdict_both(verdict, filter_judge(ports_match(event->lport, event->rport),
						     !event->lport || !event->rport));
	verdict =
		verdict_both(verdict, filter_judge(FILTER_LADDR(local), end_is_unspecified(local)));
	return verdict_both(verdict,
			    filter_judge(FILTER_RADDR(remote), end_is_unspecified(remote)));
}

/* The filters of a change; another change of the same socket may differ. */
static inline int change_matches(const struct event *event)
{
	return FILTER_OLD_STATE(event->oldstate) && FILTER_NEW_STATE(event->newstate) &&
	       FILTER_STATES(event->oldstate, event->newstate) && FILTER_SPAN(event->span_ns);
}

/* --filter. FILTER_VALUES declares the variables that the expression uses. */
static inline int expression_holds(const struct event *event, u32 to)
{
	FILTER_VALUES

	return !!(FILTER_EXPRESSION);
}

static inline int expression_matches(const struct event *event)
{
	return expression_holds(event, event->newstate);
}

/*
 * For a socket that a scan lists. It has no new state, so filters of the new state do not apply,
 * and an expression that names it must hold for any one of them.
 */
static inline int listed_matches(const struct event *event)
{
#ifdef FILTER_NEWSTATE
	u64 holds = 0;

	for (u32 to = TCP_ESTABLISHED; to <= TCP_CLOSING; to++) {
		holds |= expression_holds(event, to);
		/* Its value is not known, or the verifier would follow each turn twice. */
		asm volatile("" : "+r"(holds));
	}
#else
	u64 holds = expression_holds(event, STATE_STILL);
#endif

	return holds && FILTER_OLD_STATE(event->oldstate) &&
	       FILTER_STATES(event->oldstate, event->oldstate) && FILTER_SPAN(event->span_ns);
}
#endif
