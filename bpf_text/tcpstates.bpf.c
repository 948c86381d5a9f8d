/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One change of a TCP session's state, whatever probe saw it. The entry below fills in who changed
 * from what to what; this adds the time, the duration and the task, and sends the event.
 *
 * FILTER_FAMILY, FILTER_LPORT and FILTER_DPORT are true for what is to be seen.
 */
struct start {
	u64 last_ns; /* change */
#ifdef EVENT_AGE
	u64 first_ns;
#endif
};

BPF_F_TABLE("hash", u64, struct start, starts, MAX_SOCKETS, BPF_F_NO_PREALLOC); /* of a socket */
BPF_PERF_OUTPUT(events);
BPF_PERF_OUTPUT(kicks); /* says only that there is something in events */
BPF_TABLE("percpu_array", u32, u64, lasts, 1); /* when an event was last sent, ns */
BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS);

static inline void counter_add(u32 counter)
{
	u64 *count = counters.lookup(&counter);

	if (count)
		(*count)++;
}

/* An IPv4 address, and zeros behind it: what is sent must all be written to, and nothing twice. */
static inline void address4_set(u8 address[16], const void *from)
{
	u32 *words = (u32 *)address;

	__builtin_memcpy(&words[0], from, sizeof(words[0]));
	words[1] = words[2] = words[3] = 0;
}

static inline void start_new(u64 sk, u64 now)
{
	struct start start = {.last_ns = now};

#ifdef EVENT_AGE
	start.first_ns = now;
#endif
	if (starts.update(&sk, &start))
		counter_add(COUNTER_NO_ROOM);
}

/* Ends the old state's time and starts the new one's, in one clock reading. */
static inline void event_clock(struct event *event)
{
	u64 sk = event->skaddr, now = bpf_ktime_get_ns();
	struct start *start = starts.lookup(&sk);

	event->ts_ns = now;
	event->span_ns = start ? now - start->last_ns : SPAN_UNKNOWN;
#ifdef EVENT_AGE
	event->age_ns = start ? now - start->first_ns : 0;
#endif
	if (event->newstate == TCP_CLOSE) {
		/* The address names another socket from here on. */
		if (start)
			starts.delete(&sk);
	} else if (start) {
		start->last_ns = now;
	} else {
		start_new(sk, now);
	}
}

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

static inline int event_send(void *ctx, struct event *event)
{
	u64 sk = event->skaddr;

	if (!FILTER_FAMILY(event->family))
		return 0;
	/*
	 * A port is 0 until the kernel has chosen it: such a socket may match later, so its clock
	 * runs, unseen. One with a wrong port never will, and need not stay in the table.
	 */
	if ((event->lport && !FILTER_LPORT(event->lport)) ||
	    (event->rport && !FILTER_DPORT(event->rport))) {
		starts.delete(&sk);
		return 0;
	}
	event_clock(event);
	if (!FILTER_LPORT(event->lport) || !FILTER_DPORT(event->rport))
		return 0;

	event->pid = bpf_get_current_pid_tgid() >> 32;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	if (events.perf_submit(ctx, event, EVENT_SIZE))
		counter_add(COUNTER_LOST);
	else
		reader_kick(ctx, event->ts_ns);
	return 0;
}
