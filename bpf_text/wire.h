/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The record that the BPF program sends and the tracer decodes, once for both sides.
 *
 * The time comes first, so that records can be put in order without knowing the rest. The order of
 * the members leaves no holes, and EVENT_SIZE is what travels: a perf record carries 4 bytes of
 * length before its data and is padded to 8, so 84 bytes need no padding at all. Then come the
 * members that only some fields want, each if its macro is defined before this file.
 */
#ifndef WIRE_H
#define WIRE_H

#define EVENT_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
/*
 * After so long without an event on its CPU, the program wakes the reader for the next one; until
 * then the reader looks by itself, as often.
 */
#define QUIET_NS 10000000

#define SPAN_UNKNOWN (~0ULL) /* the socket was not seen entering the old state */

struct event {
	__u64 ts_ns; /* CLOCK_MONOTONIC */
	__u64 skaddr;
	__u64 span_ns; /* time spent in the old state, or SPAN_UNKNOWN */
	__u8 laddr[16]; /* network order; IPv4 in the first 4 bytes, the rest is 0 */
	__u8 raddr[16];
	__u32 pid; /* thread group on the CPU, 0 for the idle task */
	__u16 lport; /* host order, 0 where not chosen yet */
	__u16 rport;
	__u16 family; /* AF_INET or AF_INET6 */
	__u8 oldstate; /* include/net/tcp_states.h */
	__u8 newstate;
	char comm[EVENT_COMM_LEN]; /* any bytes; ends at the first NUL */
#ifdef EVENT_AGE
	__u64 age_ns __attribute__((packed, aligned(4))); /* since the socket was first seen */
#endif
	char end[0];
};

#define EVENT_SIZE __builtin_offsetof(struct event, end) /* what travels */

_Static_assert(__builtin_offsetof(struct event, comm) == 68, "event: a hole in the layout");
#ifndef EVENT_AGE
_Static_assert(EVENT_SIZE == 84, "event: EVENT_SIZE is not the end of the last member");
#endif

/* Indices of the per-CPU counters map: what the program could not do. */
enum counter {
	COUNTER_LOST, /* the perf buffer was full: a record was dropped */
	COUNTER_NO_ROOM, /* the table of sockets was full: the next duration is unknown */
	COUNTER_CAUGHT, /* the first program was busy, so the second one sent the event */
	COUNTERS,
};

#endif
