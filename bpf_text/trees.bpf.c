/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Follows processes and their descendants, for filters by them: the tracer puts those into the map
 * that are there when it begins, and a child that one of them forks becomes a member, too, and
 * stays one when another process adopts it.
 *
 * The sockets of a process outlast it, so a member stays when it has ended. It is forgotten when
 * one ends whose PID is the same modulo GONE_KEPT, which comes about after as many forks, or when
 * another process gets its PID.
 *
 * TASK_PID and TASK_TGID are offsets of members of struct task_struct in bytes.
 */
#include "types.h"

#ifndef FILTER_TREES
#define FILTER_TREES
#endif
#include "marks.h"
#include "wire.h"

BPF_TABLE("percpu_array", u32, u64, counters, COUNTERS); /* of the tracing program */

#define GONE_KEPT 16384

BPF_TABLE("array", u32, u32, tree_gone, GONE_KEPT); /* PIDs of members that have ended, or 0 */

struct fork_args {
	u64 parent; /* the task that forks, which clone(2) may make a sibling of the child */
	u64 child;
};

struct free_args {
	u64 task;
};

/* It and its descendants are unknown to the filter. */
static inline void member_refused(void)
{
	u32 counter = COUNTER_UNFOLLOWED;
	u64 *count = counters.lookup(&counter);

	if (count)
		__sync_fetch_and_add(count, 1);
}

static inline u32 task_number(u64 from)
{
	u32 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), (void *)from);
	return number;
}

int raw_tracepoint__sched_process_fork(struct fork_args *args)
{
	u32 parent = task_number(args->parent + TASK_TGID);
	u32 child = task_number(args->child + TASK_TGID);
	struct tree_member *member, born = {};

	if (child == parent) /* a thread */
		return 0;
	member = tree_members.lookup(&parent);
	if (member) {
		born.marks = member->marks;
		if (tree_members.update(&child, &born))
			member_refused();
	} else {
		tree_members.delete(&child); /* of an earlier process with this PID */
	}
	return 0;
}

/* The last of a process: its first task, after all its threads and after wait(2). */
int raw_tracepoint__sched_process_free(struct free_args *args)
{
	u32 pid = task_number(args->task + TASK_TGID), place = pid % GONE_KEPT, earlier;
	struct tree_member *member = tree_members.lookup(&pid);
	u32 *gone = tree_gone.lookup(&place);

	/* exec(2) in another thread gives that the PID of the first one. */
	if (!member || !gone || task_number(args->task + TASK_PID) != pid)
		return 0;
	member->is_gone = 1;
	earlier = *gone;
	*gone = pid;
	if (!earlier || earlier == pid)
		return 0;
	member = tree_members.lookup(&earlier);
	if (member && member->is_gone) /* else its PID is another's by now */
		tree_members.delete(&earlier);
	return 0;
}
