/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The record of cgroups.bpf.c: a cgroup has been made, populated or removed. */
#ifndef CGROUP_CHANGE_H
#define CGROUP_CHANGE_H

struct cgroup_change {
	__u64 id;
	__u64 is_gone;
};

#endif
