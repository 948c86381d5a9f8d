/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A look at a socket that is in the table, as it is now. It is attached to nothing: the tracer runs
 * it (BPF_PROG_TEST_RUN of raw tracepoints, Linux 5.10) and reads the event in the map looked.
 */
#include "found.h"

BPF_F_TABLE("array", u32, struct event, looked, 1, MMAPABLE);

struct look_args {
	u64 skaddr;
	u64 filtered; /* only if the filters let a listed socket through */
};

static inline int is_filtered_out(const struct look_args *args, const struct event *event)
{
#ifdef FILTERS
	if (args->filtered)
		return socket_judge(event) != VERDICT_NOW || !listed_matches(event);
#endif
	return 0;
}

int raw_tracepoint__look(struct look_args *args)
{
	u64 sk = args->skaddr;
	u32 zero = 0;
	struct event *event = looked.lookup(&zero);

	if (!event || !sock_describe(0, sk, event) || !event_complete(event, 0) ||
	    is_filtered_out(args, event))
		return 0;
	/* The memory of a socket that has ended meanwhile may be another's. */
	return !!sockets.lookup(&sk);
}
