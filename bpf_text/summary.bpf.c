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
 * To compare and then to write is two steps, between which another program can run on this CPU: a
 * softirq's, or, where tracepoints can be preempted, another task's, which need not end before this
 * one goes on. So a place is written by a program that is alone there, and no place's maximum ever
 * falls. Of two that come at once at most one is alone; the other one tries the next place.
 */
static inline void summary_max(struct summary_state *state, u64 span_ns)
{
	volatile u64 *max = state->max_ns, *users = state->users;

#pragma unroll
	for (u32 i = 0; i < SUMMARY_PLACES; i++)
		if (span_ns <= max[i])
			return;
#pragma unroll
	for (u32 i = 0; i < SUMMARY_PLACES; i++) {
		int is_alone;

		__sync_fetch_and_add(&state->users[i], 1);
		is_alone = users[i] == 1;
		if (is_alone && span_ns > max[i])
			max[i] = span_ns;
		__sync_fetch_and_add(&state->users[i], -1);
		if (is_alone)
			return;
	}
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
