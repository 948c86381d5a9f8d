/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One change of a TCP session's state, whatever probe saw it. The entry below fills in who changed
 * from what to what; this adds the time, the duration and the task, and sends the event.
 *
 * FILTER_FAMILY and the other FILTER_... macros are true for what is to be seen; one that is not
 * asked for is 1, and what is worked out for it alone goes with it.
 */
struct start {
	u64 last_ns; /* change */
#ifdef EVENT_AGE
	u64 first_ns;
#endif
#ifdef SUMMARY
	u64 entered; /* it was counted as entering the state that it is in */
#endif
#ifdef EVENT_OWNER
	struct owner owner;
#endif
};

BPF_F_TABLE("hash", u64, struct start, starts, MAX_SOCKETS, BPF_F_NO_PREALLOC); /* of a socket */
#ifndef SUMMARY
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(kicks); /* says only that there is something in events */
BPF_TABLE("percpu_array", u32, u64, lasts, 1); /* when an event was last sent, ns */
#endif
BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS);

static inline void counter_add(u32 counter)
{
	u64 *count = counters.lookup(&counter);

	if (count) /* a softirq may count in the middle of it */
		__sync_fetch_and_add(count, 1);
}

/* An IPv4 address, and zeros behind it: what is sent must all be written to, and nothing twice. */
static inline void address4_set(u8 address[16], const void *from)
{
	u32 *words = (u32 *)address;

	__builtin_memcpy(&words[0], from, sizeof(words[0]));
	words[1] = words[2] = words[3] = 0;
}

static inline void start_new(u64 sk, struct event *event)
{
	struct start start = {.last_ns = event->ts_ns};

#ifdef EVENT_AGE
	start.first_ns = event->ts_ns;
#endif
#ifdef EVENT_OWNER
	start.owner = event->owner;
#endif
	if (!starts.update(&sk, &start))
		return;
	counter_add(COUNTER_NO_ROOM);
#ifdef EVENT_AGE
	event->age_ns = AGE_UNKNOWN;
#endif
}

/* The socket is in no state from here on, as far as is counted. */
static inline void start_leave(struct start *start, u32 oldstate)
{
#ifdef SUMMARY
	if (start && start->entered) {
		start->entered = 0;
		summary_leave(oldstate);
	}
#endif
}

/* Ends the old state's time and starts the new one's, in one clock reading. */
static inline void event_clock(struct event *event)
{
	u64 sk = event->skaddr, now = bpf_ktime_get_ns();
	struct start *start = starts.lookup(&sk);

	event->ts_ns = now;
	event->span_ns = start ? now - start->last_ns : SPAN_UNKNOWN;
#ifdef EVENT_AGE
	event->age_ns = start			       ? now - start->first_ns
			: event->newstate == TCP_CLOSE ? AGE_UNKNOWN
						       : 0;
#endif
	start_leave(start, event->oldstate);
#ifdef EVENT_OWNER
	event_own(event, start ? &start->owner : 0);
#endif
	if (event->newstate == TCP_CLOSE) {
		/* The address names another socket from here on. */
		if (start)
			starts.delete(&sk);
	} else if (start) {
		start->last_ns = now;
#ifdef EVENT_OWNER
		start->owner = event->owner;
#endif
	} else {
		start_new(sk, event);
	}
}

#ifdef SUMMARY
/* A socket without a start is not seen leaving, so it is not counted as entering either. */
static inline void event_count(const struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = starts.lookup(&sk);

	summary_change(event);
	if (start) {
		start->entered = 1;
		summary_enter(event->newstate);
	}
}
#else
/* To wake the reader costs more than all the rest, so it is done for the first event of many. */
static inline void reader_kick(void *ctx, u64 now)
{
	u32 zero = 0;
	u64 *last = lasts.lookup(&zero);
	u64 quiet;

	if (!last)
		return;
	quiet = now - *last;
	*last = now;
	if (quiet > QUIET_NS)
		kicks.perf_submit(ctx, &zero, sizeof(zero));
}
#endif

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

/* What the filters say of the socket, whatever it does, in the order of what decides. */
enum verdict {
	VERDICT_NEVER,
	VERDICT_LATER,
	VERDICT_NOW,
};

/*
 * A port is 0, and an address is the unspecified one, until it is chosen: then the socket may match
 * later.
 *
 * Each part has an answer of its own, which brings all ways to it together: the kernel's verifier
 * would follow each way through one list into each through the next, and a thousand ports times a
 * thousand addresses are too many for it.
 */
static inline enum verdict part_judge(int matches, int open)
{
	return matches ? VERDICT_NOW : open ? VERDICT_LATER : VERDICT_NEVER;
}

static inline enum verdict verdict_both(enum verdict a, enum verdict b)
{
	return a < b ? a : b;
}

static inline enum verdict socket_judge(const struct event *event)
{
	struct end local = end_of(event->laddr, event->family);
	struct end remote = end_of(event->raddr, event->family);
	enum verdict verdict;

	if (!FILTER_FAMILY(event->family))
		return VERDICT_NEVER;
	verdict = part_judge(FILTER_LPORT(event->lport), !event->lport);
	verdict = verdict_both(verdict, part_judge(FILTER_DPORT(event->rport), !event->rport));
	verdict = verdict_both(verdict, part_judge(FILTER_LADDR(local), end_is_unspecified(local)));
	return verdict_both(verdict, part_judge(FILTER_RADDR(remote), end_is_unspecified(remote)));
}

/* What the filters say of this change; another one of the same socket may be different. */
static inline int change_matches(const struct event *event)
{
	return FILTER_OLD_STATE(event->oldstate) && FILTER_NEW_STATE(event->newstate) &&
	       FILTER_STATES(event->oldstate, event->newstate) && FILTER_SPAN(event->span_ns);
}

/* The names are those of the user's expression. */
static inline int expression_matches(const struct event *event)
{
	const s64 lport = event->lport, rport = event->rport;
	const s64 family = event->family == AF_INET ? 4 : 6;
	const s64 oldstate = event->oldstate, newstate = event->newstate;
	const s64 span_us = event->span_ns == SPAN_UNKNOWN ? -1 : (s64)(event->span_ns / 1000);
	const s64 pid = event->pid;

	return !!(FILTER_EXPRESSION);
}

static inline int event_send(void *ctx, struct event *event)
{
	enum verdict verdict = socket_judge(event);
	u64 sk = event->skaddr;

	if (verdict == VERDICT_NEVER) {
#ifdef SUMMARY
		start_leave(starts.lookup(&sk), event->oldstate);
#endif
		starts.delete(&sk); /* it need not stay in the table */
		return 0;
	}
	event_clock(event); /* also of what is not shown: the next duration is right then */
	if (verdict == VERDICT_LATER || !change_matches(event))
		return 0;
	event->pid = bpf_get_current_pid_tgid() >> 32;
	if (!expression_matches(event))
		return 0;

#ifdef SUMMARY
	event_count(event);
#else
	bpf_get_current_comm(event->comm, sizeof(event->comm));
#ifdef MEMBERS
	members_read(event);
#endif
#ifdef EVENT_ENDING
	event_end(event);
#endif
	if (events.perf_submit(ctx, event, EVENT_SIZE))
		counter_add(COUNTER_LOST);
	else
		reader_kick(ctx, event->ts_ns);
#endif
	return 0;
}
