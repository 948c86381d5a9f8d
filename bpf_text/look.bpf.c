/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A look at a socket of the table, as it is now, if the filters match. It is attached to nothing:
 * the tracer runs it (BPF_PROG_TEST_RUN of raw tracepoints, Linux 5.10) and reads the event in the
 * map looked.
 */
#include "found.h"

BPF_F_TABLE("array", u32, struct event, looked, 1, MMAPABLE);

struct look_args {
	u64 skaddr;
};

static inline int filters_match(const struct sock_entry *entry, struct event *event)
{
	int matches = 1;
#ifdef FILTERS
#ifdef STUCK
	/* No task has been found with the socket: here it is that of the last change. */
	event->pid = entry->last.pid;
	__builtin_memcpy(event->comm, entry->last.comm, sizeof(event->comm));
#endif
	matches = socket_judge(event) == VERDICT_NOW && listed_matches(event);
	event->pid = 0;
	__builtin_memset(event->comm, 0, sizeof(event->comm));
#endif
	return matches;
}

int raw_tracepoint__look(struct look_args *args)
{
	u64 sk = args->skaddr;
	u32 zero = 0;
	struct event *event = looked.lookup(&zero);
	const struct sock_entry *entry = 0;

	if (event && sock_describe(0, sk, event))
		entry = event_complete(event, 0);
	if (!entry || !filters_match(entry, event))
		return 0;
	/* The memory of a socket that has ended meanwhile may be another's. */
	return !!sockets.lookup(&sk);
}
