/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The table of sockets: what is kept of each from one change to the next. Here alone it is known
 * that there are two, the table and its reserve.
 */
struct start {
	u64 last_ns; /* change; 0: before the tracer's time */
#ifdef EVENT_AGE
	u64 first_ns; /* it was seen, be it by a scan */
#endif
#ifdef SUMMARY
	u64 entered; /* it was counted as entering the state that it is in */
#endif
#ifdef EVENT_OWNER
	struct owner owner;
#endif
#ifdef STUCK
	struct event seen; /* the last change; a time of 0: not to be shown */
#endif
};

struct more_start {
	struct start start;
	u64 user; /* whose share it is of */
};

BPF_F_TABLE("hash", u64, struct start, starts, MAX_SOCKETS, BPF_F_NO_PREALLOC); /* of a socket */
BPF_F_TABLE("hash", u64, struct more_start, more_starts, RESERVE, BPF_F_NO_PREALLOC);
BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS);

static inline struct start *start_find(u64 sk)
{
	struct start *start = starts.lookup(&sk);
	struct more_start *more;

	if (start || reserve_is_empty(RESERVE_SOCKETS))
		return start;
	more = more_starts.lookup(&sk);
	return more ? &more->start : 0;
}

/* What the table has refused. */
static inline struct start *start_reserve(u64 sk, struct more_start *new)
{
	u32 user = sock_user(sk);
	u64 *share = reserve_take(RESERVE_SOCKETS, user);
	struct more_start *more;

	if (!share)
		return 0;
	if (more_starts.insert(&sk, new)) {
		reserve_count(RESERVE_SOCKETS, share, -1);
		return 0;
	}
	more = more_starts.lookup(&sk);
	if (more)
		more->user = user;
	return more ? &more->start : 0;
}

/*
 * Adds a socket that is not known. Returns its start, which may also be one that it has got
 * meanwhile, as *is_new says; NULL: there is no room. Where no more is written to it at this
 * change, new stands for the one in the table, which need not be looked for.
 */
static inline struct start *start_add(u64 sk, struct more_start *new, int *is_new)
{
	struct start *start;

	*is_new = !starts.insert(&sk, &new->start);
#if !defined(SUMMARY) && !defined(STUCK)
	if (*is_new)
		return &new->start;
#endif
	start = starts.lookup(&sk);
	if (start)
		return start;
	*is_new = 1;
	return start_reserve(sk, new);
}

/* In case the scan has put it into the one, and the program that traces into the other, from both.
 */
static inline void start_remove(u64 sk)
{
	struct more_start *more;
	u32 user;

	starts.delete(&sk);
	if (reserve_is_empty(RESERVE_SOCKETS))
		return;
	more = more_starts.lookup(&sk);
	if (!more)
		return;
	user = more->user;
	if (!more_starts.delete(&sk))
		reserve_give(RESERVE_SOCKETS, user);
}

static inline void counter_add(u32 counter, s64 n)
{
	u64 *count = counters.lookup(&counter);

	if (count) /* a softirq may count in the middle of it */
		__sync_fetch_and_add(count, n);
}

/* An IPv4 address, and zeros behind it: what is sent must all be written to, and nothing twice. */
static inline void address4_set(u8 address[16], const void *from)
{
	u32 *words = (u32 *)address;

	__builtin_memcpy(&words[0], from, sizeof(words[0]));
	words[1] = words[2] = words[3] = 0;
}

/* How long it has been in its state, and there at all. */
static inline void start_times(const struct start *start, struct event *event)
{
	event->span_ns = start && start->last_ns ? event->ts_ns - start->last_ns : SPAN_UNKNOWN;
#ifdef EVENT_AGE
	if (start)
		event->age_ns = event->ts_ns - start->first_ns;
	else if (event->newstate == TCP_CLOSE || event->newstate == STATE_STILL)
		event->age_ns = AGE_UNKNOWN;
	else
		event->age_ns = 0;
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
