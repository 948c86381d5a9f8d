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

static inline void start_new(u64 sk, struct event *event)
{
	struct start start = {.last_ns = event->ts_ns};
	long error;

#ifdef EVENT_AGE
	start.first_ns = event->ts_ns;
#endif
#ifdef EVENT_OWNER
	start.owner = event->owner;
#endif
	error = starts.update(&sk, &start);
	if (!error)
		return;
	start_refused(error);
#ifdef EVENT_AGE
	event->age_ns = AGE_UNKNOWN;
#endif
}

#ifdef FILTERS
static inline void start_forget(const struct event *event)
{
	u64 sk = event->skaddr;

	start_leave(starts.lookup(&sk), event->oldstate);
	starts.delete(&sk);
}
#endif

/*
 * Ends the old state's time and starts the new one's, in one clock reading. The start is that of a
 * socket that was known already, or NULL.
 */
static inline struct start *event_clock(struct event *event)
{
	u64 sk = event->skaddr;
	struct start *start = starts.lookup(&sk);

	event->ts_ns = bpf_ktime_get_ns();
	start_times(start, event);
	start_leave(start, event->oldstate);
#ifdef EVENT_OWNER
	event_own(event, start ? &start->owner : 0);
#endif
	if (event->newstate == TCP_CLOSE) {
		/* The address names another socket from here on. */
		if (start)
			starts.delete(&sk);
		return 0;
	}
	if (!start) {
		start_new(sk, event);
		return 0;
	}
	start->last_ns = event->ts_ns;
#ifdef EVENT_OWNER
	start->owner = event->owner;
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
	start->entered = 1;
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
#ifdef MEMBERS
	members_read(event);
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

static inline int event_send(void *ctx, struct event *event)
{
	struct sending *sending;
	int is_to_show = 1;
#ifdef FILTERS
	enum verdict verdict = socket_judge(event);

	if (verdict == VERDICT_NEVER && event->skaddr != SELF_TEST_SK) {
		start_forget(event); /* it need not stay in the table */
		return 0;
	}
	is_to_show = verdict == VERDICT_NOW;
#endif
	sending = sending_begin();
	event_follow(ctx, event, is_to_show);
	sending_end(sending);
	return 0;
}
