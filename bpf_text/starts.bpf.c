/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The table of sockets: what is kept of each from one change to the next. */
struct start {
	u64 last_ns; /* change; 0: before the tracer's time */
	u32 share; /* that it is counted in */
	u32 entered; /* with SUMMARY: state that it was counted as entering, or 0 */
#ifdef EVENT_AGE
	u64 first_ns; /* it was seen, be it by a scan */
#endif
#ifdef EVENT_OWNER
	struct owner owner;
#endif
#ifdef STUCK
	struct event seen; /* the last change; a time of 0: not to be shown */
#endif
};

BPF_F_TABLE("hash", u64, struct start, starts, MAX_SOCKETS, BPF_F_NO_PREALLOC); /* of a socket */
BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS);

/* Adds a socket that is not known. 0, or an error: it is known by now, or there is no room. */
static inline long start_add(u64 sk, struct start *new, u32 share)
{
	long error;

	if (!share_take(share))
		return TABLE_IS_FULL;
	error = starts.insert(&sk, new);
	if (error)
		share_give(share);
	return error;
}

static inline void start_remove(u64 sk, const struct start *start)
{
	u32 share = start->share;

	if (!starts.delete(&sk))
		share_give(share);
}

static inline void counter_add(u32 counter, s64 n)
{
	u64 *count = counters.lookup(&counter);

	if (count) /* a softirq may count in the middle of it */
		__sync_fetch_and_add(count, n);
}

/* A socket was not added to the table. */
static inline void start_refused(long error)
{
	counter_add(error == TABLE_IS_FULL ? COUNTER_NO_ROOM : COUNTER_TABLE_ERROR, 1);
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
	if (start && start->first_ns) /* it is set once the start is in the table */
		event->age_ns = event->ts_ns - start->first_ns;
	else if (event->newstate == TCP_CLOSE || event->newstate == STATE_STILL)
		event->age_ns = AGE_UNKNOWN;
	else
		event->age_ns = 0;
#endif
}

/* The socket is in no state from here on, as far as is counted. */
static inline void start_leave(struct start *start)
{
#ifdef SUMMARY
	if (start && start->entered) {
		summary_leave(start->entered);
		start->entered = 0;
	}
#endif
}
