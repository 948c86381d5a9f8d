/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * --summary: changes are counted, and no event is sent. A softirq may count a change on the same
 * CPU in the middle of another, so counters are added to atomically.
 */
#pragma once
#include "close.h"
#include "summary_wire.h"
#include "types.h"
#include "wire.h"

#ifdef SUMMARY

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
 * A comparison and a write are two steps. Another program can run between them on this CPU: that of
 * a softirq, or, if tracepoints can be preempted, that of another task, which may end after this
 * one. So a program writes a maximum only while it is alone there, and no maximum ever falls. Of
 * two programs that come at once at most one is alone; the other tries the next maximum.
 */
static inline void summary_max(struct summary_state *state, u64 span_ns)
{
	volatile u64 *max = state->max_ns, *users = state->users;

#pragma unroll
	for (u32 i = 0; i < SUMMARY_PROGRAMS; i++)
		if (span_ns <= max[i])
			return;
#pragma unroll
	for (u32 i = 0; i < SUMMARY_PROGRAMS; i++) {
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

/* Counts the reason of a change to CLOSE, if the kernel shows it. */
static inline void summary_close(const struct event *event)
{
#ifdef SK_ERR
#ifdef EVENT_CLOSE
	u32 why = event->why;
#else
	u32 why = event_why(event);
#endif
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
	__sync_fetch_and_add(&state->sum_ns, event->span_ns);
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
#endif
