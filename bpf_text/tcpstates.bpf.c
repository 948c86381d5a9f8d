/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One change of a TCP session's state, whatever probe saw it. The entry below fills in who changed
 * from what to what; this adds the time, the duration and the task, and sends the event.
 */
#ifndef SUMMARY
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(kicks); /* says only that there is something in events */
BPF_TABLE("percpu_array", u32, u64, lasts, 1); /* when an event was last sent, ns */
/* BPF_F_MMAPABLE, which not all headers know; the loader makes it one a CPU. */
BPF_F_TABLE("array", u32, struct sending, sendings, 1, 1024);
#endif

static inline void start_change(struct start *start, const struct event *event)
{
	start->last_ns = event->ts_ns;
#ifdef EVENT_OWNER
	start->owner = event->owner;
#endif
}

static inline void start_fill(struct start *start, const struct event *event, u32 share)
{
	start_change(start, event);
	start->share = share;
#ifdef EVENT_AGE
	start->first_ns = event->ts_ns;
#endif
}

/* Of a socket that was not known. 0, or an error of start_add(). */
#ifdef STUCK
BPF_TABLE("array", u32, struct start, blank, 1); /* all 0; the stack has no room for one */

static inline long start_new(u64 sk, const struct event *event)
{
	u32 zero = 0, share = share_of(sk, TABLE_STARTS);
	struct start *start = blank.lookup(&zero);
	long error = start ? start_add(sk, start, share) : -1;

	if (error)
		return error;
	start = starts.lookup(&sk);
	if (start)
		start_fill(start, event, share);
	return 0;
}
#else
static inline long start_new(u64 sk, const struct event *event)
{
	u32 share = share_of(sk, TABLE_STARTS);
	struct start start = {};

	start_fill(&start, event, share);
	return start_add(sk, &start, share);
}
#endif

#ifdef FILTERS
static inline void start_forget(const struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = starts.lookup(&sk);

	start_leave(start);
	if (start)
		start_remove(sk, start);
}
#endif

static inline int event_begins(const struct event *event)
{
	return event->oldstate == TCP_CLOSE ||
	       (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV);
}

/*
 * What is kept of the socket, or NULL. An entry that is there when a socket begins is of another
 * one, which had this address before: its change to CLOSE was missed.
 */
static inline struct start *start_lookup(const struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = starts.lookup(&sk);

	if (!start || !event_begins(event))
		return start;
	start_leave(start);
	start_remove(sk, start);
	return 0;
}

/* The address names another socket from here on. */
static inline void start_end(u64 sk, const struct start *start, const struct event *event)
{
	start_remove(sk, start);
#ifdef EVENT_OWNER
	if (event->oldstate == TCP_LISTEN)
		listener_remove(event);
#endif
}

/*
 * Ends the old state's time and starts the new one's, in one clock reading. The start is that of a
 * socket that was known already, or NULL.
 */
static inline struct start *event_clock(struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = start_lookup(event);
	long error = 0;

	event->ts_ns = bpf_ktime_get_ns();
	start_times(start, event);
	start_leave(start);
#ifdef EVENT_OWNER
	event_own(event, start ? &start->owner : 0);
#endif
	if (event->newstate == TCP_CLOSE) {
		if (start)
			start_end(sk, start, event);
		return 0;
	}
	if (!start)
		error = start_new(sk, event);
	if (error) {
		start = starts.lookup(&sk); /* the scan may have just added it */
		if (!start) {
			start_refused(error);
#ifdef EVENT_AGE
			event->age_ns = AGE_UNKNOWN;
#endif
			return 0;
		}
		start_leave(start);
	}
	if (start)
		start_change(start, event);
#ifdef EVENT_OWNER
	if (event->newstate == TCP_LISTEN)
		listener_add(event);
#endif
	return start;
}

#if defined(SUMMARY) || defined(STUCK)
/* known is what event_clock() said. NULL: the socket has ended, or there was no room for it. */
static inline struct start *start_of(const struct event *event, struct start *known)
{
	u64 sk = event->skaddr;

	if (known || event->newstate == TCP_CLOSE)
		return known;
	return starts.lookup(&sk);
}
#endif

#ifdef SUMMARY
/* A socket without a start is not seen leaving, so it is not counted as entering either. */
static inline void event_count(const struct event *event, struct start *start)
{
	summary_change(event);
	if (event->newstate == TCP_CLOSE && event->oldstate != STATE_SELF_TEST)
		summary_end(event);
	if (!start)
		return;
	start->entered = event->newstate;
	summary_enter(event->newstate);
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

static inline void event_submit(void *ctx, struct event *event)
{
	int error = events.perf_submit(ctx, event, EVENT_SIZE);

	if (error)
		counter_add(error == BUFFER_IS_FULL ? COUNTER_LOST : COUNTER_NO_BUFFER, 1);
	else
		reader_kick(ctx, event->ts_ns);
}
#endif

/* What is not needed to decide whether it is shown. */
static inline void event_fill(struct event *event)
{
	bpf_get_current_comm(event->comm, sizeof(event->comm));
#ifdef EVENT_SOCKET_FIELDS
	socket_fields_read(event);
#endif
#ifdef EVENT_ENDING
	event_end(event);
#endif
}

#ifdef STUCK
/* The socket may stay in its new state for long, and be asked about. */
static inline void start_see(struct start *start, const struct event *event, int is_to_show)
{
	if (!start)
		return;
	__builtin_memcpy(&start->seen, event, EVENT_SIZE);
	if (!is_to_show)
		start->seen.ts_ns = 0;
}
#endif

#ifdef SUMMARY
#define sending_begin() 0
#define sending_end(sending)
#else
/*
 * From reading the clock until the record is in its buffer a softirq may come, or another guest of
 * a host. So that the reader does not give out later events before, it is told that there is one on
 * its way.
 */
static inline struct sending *sending_begin(void)
{
	u32 cpu = bpf_get_smp_processor_id();
	struct sending *sending = sendings.lookup(&cpu);

	if (sending) /* a softirq or another task may do so in the middle of it */
		__sync_fetch_and_add(&sending->events, 1);
	return sending;
}

static inline void sending_end(struct sending *sending)
{
	if (sending)
		__sync_fetch_and_add(&sending->events, -1);
}
#endif

/* is_to_show: it is, as far as it is a matter of the socket. */
static inline void event_follow(void *ctx, struct event *event, int is_to_show)
{
	/* Also of what is not shown: its next duration is right then. */
	struct start *start = event_clock(event);

	event->pid = bpf_get_current_pid_tgid() >> 32;
#ifdef STUCK
	event_fill(event); /* what is not shown now may be later */
	start_see(start_of(event, start), event, is_to_show);
#endif
#ifdef FILTERS
	is_to_show = is_to_show && change_matches(event) && expression_matches(event);
	if (!is_to_show && event->skaddr != SELF_TEST_SK)
		return;
#endif

#ifdef SUMMARY
	event_count(event, start_of(event, start));
#else
#ifndef STUCK
	event_fill(event);
#endif
	event_submit(ctx, event);
#endif
}

#ifdef TEST_BY_CONNECTION
/*
 * The kernel cannot run this program by itself, so the tracer tests it with a connection of its
 * own. The sockets of that have this local address (network order; 0: no test); their changes
 * become the one of SELF_TEST_SK.
 */
BPF_TABLE("array", u32, u32, test_address, 1);

static inline void test_mark(struct event *event)
{
	u32 zero = 0;
	u32 *address = test_address.lookup(&zero);

	if (!address || !*address || event->family != AF_INET || *(u32 *)event->laddr != *address)
		return;
	event->skaddr = SELF_TEST_SK;
	event->oldstate = STATE_SELF_TEST;
	event->newstate = TCP_CLOSE;
}
#else
#define test_mark(event)
#endif

static inline void event_send(void *ctx, struct event *event)
{
	struct sending *sending;
	int is_to_show = 1;
#ifdef FILTERS
	enum verdict verdict;
#endif

	test_mark(event);
#ifdef FILTERS
	verdict = socket_judge(event);
	if (verdict == VERDICT_NEVER && event->skaddr != SELF_TEST_SK) {
		start_forget(event); /* it need not stay in the table */
		return;
	}
	is_to_show = verdict == VERDICT_NOW;
#endif
	sending = sending_begin();
	event_follow(ctx, event, is_to_show);
	sending_end(sending);
}
