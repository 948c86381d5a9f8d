/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the tracer has found out for the filters: a bit for each comparison that this program cannot
 * make by itself.
 */
#pragma once
#include "types.h"

#ifdef FILTER_TREES
#define TREE_MEMBERS_MAX 65536

/* The processes that -p PID+ names, and their descendants (bpf_text/trees.bpf.c). */
struct tree_member {
	u64 marks; /* of the comparisons that it fulfils */
	u64 is_gone; /* it has ended; its sockets may be there yet */
};

BPF_F_TABLE("hash", u32, struct tree_member, tree_members, TREE_MEMBERS_MAX, BPF_F_NO_PREALLOC);

static inline u64 tree_marks_of(u32 pid)
{
	const struct tree_member *member = tree_members.lookup(&pid);

	return member ? member->marks : 0;
}
#endif

#ifdef FILTER_CGROUPS
#define CGROUPS_MAX 65536

/* By the cgroup's id; those that no comparison is true for are not there. */
BPF_F_TABLE("hash", u64, u64, cgroups, CGROUPS_MAX, BPF_F_NO_PREALLOC);

static inline u64 cgroup_marks_of(u64 cgroup)
{
	const u64 *marks = cgroups.lookup(&cgroup);

	return marks ? *marks : 0;
}
#endif
