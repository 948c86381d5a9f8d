/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A change is counted and not sent. A softirq may count one on the same CPU in the middle of it:
 * what is added to is added to at once.
 */
BPF_TABLE("percpu_array", u32, struct summary_state, summary, SUMMARY_STATES);
BPF_TABLE("percpu_array", u32, u64, whys, WHYS);

static inline struct summary_state *summary_of(u32 state)
{
	return summary.lookup(&state);
}

static inline u32 summary_slot(u64 span_ns)
{
	u64 us = span_ns / 1000;
	u32 slot = 0;

#pragma unroll
	for (u32 bits = 32; bits; bits /= 2) {
		if (us >> bits) {
			us >>= bits;
			slot += bits;
		}
	}
	return slot < SUMMARY_SLOTS ? slot : SUMMARY_SLOTS - 1;
}

/*
 * To look and then to write is two steps, so whoever comes in between has a place of its own. It is
 * done before the other goes on, which thus finds busy as it was.
 */
static inline void summary_max(struct summary_state *state, u64 span_ns)
{
	volatile u64 *busy = &state->busy, *max;
	u64 depth = *busy;

	max = &state->max_ns[depth & 1];
	*busy = depth + 1;
	if (span_ns > *max)
		*max = span_ns;
	*busy = depth;
}

/* At a change to CLOSE: to read what the socket says of it takes time, so at no other. */
static inline void summary_end(const struct event *event)
{
#ifdef ENDING_SOURCE
	u32 why = why_of(event, event->oldstate);
	u64 *count = whys.lookup(&why);

	if (count)
		__sync_fetch_and_add(count, 1);
#endif
}

static inline void summary_change(const struct event *event)
{
	struct summary_state *state = summary_of(event->oldstate);

	if (!state)
		return;
	if (event->span_ns == SPAN_UNKNOWN) {
		__sync_fetch_and_add(&state->unknown, 1);
		return;
	}
	summary_max(state, event->span_ns);
	__sync_fetch_and_add(&state->slots[summary_slot(event->span_ns)], 1);
}

static inline void summary_enter(u32 newstate)
{
	struct summary_state *state = summary_of(newstate);

	if (state)
		__sync_fetch_and_add(&state->entered, 1);
}

static inline void summary_leave(u32 oldstate)
{
	struct summary_state *state = summary_of(oldstate);

	if (state)
		__sync_fetch_and_add(&state->left, 1);
}
