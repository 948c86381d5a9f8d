/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The record that the BPF program sends and the tracer decodes, once for both sides.
 *
 * The time comes first, so that records can be put in order without knowing the rest. The order of
 * the members leaves no holes, and EVENT_SIZE is what travels: a perf record carries 4 bytes of
 * length before its data and is padded to 8, so 84 bytes need no padding at all. Then come the
 * members that only some fields need, each if its macro is defined before this file.
 */
#ifndef WIRE_H
#define WIRE_H

#define EVENT_COMM_LEN 16 /* TASK_COMM_LEN, include/linux/sched.h */
#define OWNER_EXE_LEN  28
/*
 * After a CPU has sent no event for this long, the program wakes the reader for the next one. Until
 * then the reader polls at this interval.
 */
#define QUIET_NS 10000000

#define SPAN_UNKNOWN  (~0ULL) /* the socket was not seen entering the old state */
#define AGE_UNKNOWN   (~0ULL) /* the table of sockets was full: it may have been seen before */
#define FIELD_UNKNOWN (~0ULL) /* of the socket: this kernel has no such member */

/*
 * No socket's address: the tracer runs the program with it, once, to see that its record arrives.
 * It changes from STATE_SELF_TEST, which no socket is in, to CLOSE, and no filter drops it.
 */
#define SELF_TEST_SK	1
#define STATE_SELF_TEST 0

#define STATE_STILL 31 /* for a new state: the socket is still in the old one */
#define STATE_TICK  29 /* for a new state: there is no socket, but a scan has seen many files */

#define STATE_RESET 28 /* for a new state: this host sends a reset; pid is the reason */

#define EVENT_OPTIONAL __attribute__((packed, aligned(4)))

#include "session.h"

enum owner_from {
	OWNER_UNKNOWN,
	OWNER_SELF, /* it acted on the socket in a system call of its own */
	OWNER_LISTENER, /* it listens where the socket came from */
	OWNER_SCAN, /* it had the socket open when the tracer looked */
	OWNER_ACCEPT, /* it accepted the socket */
};

/* The owner of a socket; all 0 if it is unknown. */
struct owner {
	__u32 from;
	__u32 pid; /* thread group */
	char comm[EVENT_COMM_LEN]; /* of its first thread */
	__u32 pid_ns; /* the same in its own PID namespace; 0: not asked for, or unknown */
	char exe[OWNER_EXE_LEN]; /* base name of its executable; empty: as for pid_ns */
	__u64 leader EVENT_OPTIONAL; /* address of its first thread in the kernel */
};

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
	__u8 newstate; /* or STATE_STILL */
	char comm[EVENT_COMM_LEN]; /* any bytes; ends at the first NUL */
#ifdef EVENT_AGE
	__u64 age_ns EVENT_OPTIONAL; /* since the socket was first seen */
#endif
#ifdef EVENT_SOCKET_FIELDS
	EVENT_SOCKET_FIELDS /* numbers of the socket, a __u64 each, so that one can be unknown */
#endif
#ifdef EVENT_OWNER
		struct owner owner;
#endif
#ifdef EVENT_CLOSE
	__u32 why; /* enum why (summary_wire.h), at the change to CLOSE */
#endif
#ifdef EVENT_SESSION
	struct session session; /* with the state that has just ended */
#endif
	char end[0];
};

#define EVENT_SIZE __builtin_offsetof(struct event, end) /* what travels */

#define EVENT_SIZE_MAX	  288 /* the stack of a program has no room for more */
#define EVENT_AND_KEY_MAX 344 /* nor of both, with --by (Clang 22 uses most of it) */

_Static_assert(__builtin_offsetof(struct event, comm) == 68, "event: a hole in the layout");
_Static_assert((EVENT_SIZE - 84) % 4 == 0, "event: EVENT_SIZE is not the end of the last member");

/* -ENOSPC; perf_event_output() returns it for nothing else (kernel/events/ring_buffer.c). */
#define BUFFER_IS_FULL (-28)

/* -E2BIG; a hash map returns it for nothing else (kernel/bpf/hashtab.c). */
#define TABLE_IS_FULL (-7)

/* Indices of the per-CPU map counters, in which the program counts what it could not do. They are
 * read in this order. */
enum counter {
	COUNTER_LOST, /* the perf buffer was full: a record was dropped */
	COUNTER_NO_BUFFER, /* this CPU has no perf buffer: it came online later, or was offline
			      since */
	COUNTER_NO_ROOM, /* the table of sockets was full: the next duration is unknown */
	COUNTER_TABLE_ERROR, /* the kernel did not add a socket to the table, mostly without
				memory */
	COUNTER_DECLINED, /* the first program left the event to another: its claim slot was in use
			   */
	COUNTER_RECOVERED, /* the first program missed or declined the event, and another one sent
			      it */
	COUNTER_UNFOLLOWED, /* a process was not added to the table of trees (trees.bpf.c) */
	COUNTERS,
};

/* An element of the map in_flight: one for each CPU, in a cache line of its own. */
struct in_flight {
	__u64 events; /* whose time is taken, and whose record is not in its perf buffer yet */
	__u64 unused[7];
};

#endif
