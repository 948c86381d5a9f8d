/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Reports to the tracer at once which cgroups are made and removed, for filters by their names. A
 * new one is reported twice: when it is made, where the tracer may be too early to open it
 * (cgroup_mkdir() of the kernel activates it behind the tracepoint), and when it gets a process.
 *
 * CGROUP_KN and KERNFS_ID are offsets of members in bytes.
 */
#include "types.h"

#include "cgroup_change.h"

BPF_PERF_OUTPUT(cgroup_changes);

struct cgroup_args {
	u64 cgroup;
	u64 path;
	u64 value;
};

static inline void cgroup_report(struct cgroup_args *args, u64 is_gone)
{
	struct cgroup_change change = {.is_gone = is_gone};

	bpf_probe_read_kernel(&change.id, sizeof(change.id),
			      (void *)(pointer_at(args->cgroup + CGROUP_KN) + KERNFS_ID));
	cgroup_changes.perf_submit(args, &change, sizeof(change));
}

int raw_tracepoint__cgroup_mkdir(struct cgroup_args *args)
{
	cgroup_report(args, 0);
	return 0;
}

int raw_tracepoint__cgroup_notify_populated(struct cgroup_args *args)
{
	if (args->value)
		cgroup_report(args, 0);
	return 0;
}

int raw_tracepoint__cgroup_rmdir(struct cgroup_args *args)
{
	cgroup_report(args, 1);
	return 0;
}
