/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The owner of a socket. The task on the CPU is the owner's at the changes that only a system call
 * of its own makes: connect(), listen(), and close() or shutdown(), which send a FIN or a reset. At
 * all other changes it can be any task that a softirq interrupted, or one that destroys the sockets
 * of others (ss -K). The last known owner stays with the socket.
 *
 * A child of a listening socket belongs to the process that listens, until it is accepted.
 *
 * TASK_..., SK_LOCK_OWNED, OWNER_SK_ERR and SKC_BIND_NODE are offsets of members in bytes.
 */
#pragma once
#include "sockets.h"

#ifdef EVENT_OWNER
#define TASK_KTHREAD 0x00200000 /* PF_KTHREAD, include/linux/sched.h */

/* struct upid: the number, and the namespace that it is of; one for each level. */
#define UPID_SIZE 16

/* exec() changes them. */
static inline void owner_names_read(struct owner *owner)
{
	bpf_probe_read_kernel(owner->comm, sizeof(owner->comm),
			      (void *)(owner->leader + TASK_COMM));
#ifdef OWNER_EXE
	u64 mm = pointer_at(owner->leader + TASK_MM); /* NULL once it exits */
	u64 dentry = pointer_at(pointer_at(mm + MM_EXE_FILE) + FILE_DENTRY);

	if (mm)
		bpf_probe_read_kernel(owner->exe, sizeof(owner->exe),
				      (void *)pointer_at(dentry + DENTRY_NAME));
#endif
}

/* The task's process, whose name is that of its first thread. */
static inline void owner_set(struct owner *owner, enum owner_from from, u32 pid, u64 task)
{
#ifdef OWNER_PID_NS
	u64 numbers = pointer_at(pointer_at(task + TASK_SIGNAL) + SIGNAL_TGID + sizeof(u64));
	u32 level = 0;
#endif

	__builtin_memset(owner, 0, sizeof(*owner));
	owner->from = from;
	owner->pid = pid;
	owner->leader = pointer_at(task + TASK_GROUP_LEADER);
	owner_names_read(owner);
#ifdef OWNER_PID_NS
	bpf_probe_read_kernel(&level, sizeof(level), (void *)(numbers + PID_LEVEL));
	bpf_probe_read_kernel(&owner->pid_ns, sizeof(owner->pid_ns),
			      (void *)(numbers + PID_NUMBERS + level * UPID_SIZE));
#endif
}

/* Whatever else ends a session than its own process sets an error first. */
static inline int is_without_error(u64 sk)
{
	u32 error = 1;

	bpf_probe_read_kernel(&error, sizeof(error), (void *)(sk + OWNER_SK_ERR));
	return !error;
}

static inline int is_own_change(const struct event *event)
{
	u8 newstate = event->newstate;

	if (event->oldstate == TCP_CLOSE)
		return newstate == TCP_SYN_SENT || newstate == TCP_LISTEN;
	if (newstate == TCP_CLOSE)
		return event->oldstate != TCP_LISTEN && is_without_error(event->skaddr);
	return newstate == TCP_FIN_WAIT1 || newstate == TCP_LAST_ACK;
}

/* A kernel thread acts for others: it closes what MPTCP, io_uring and the last put of a file leave.
 */
static inline int task_is_process(void)
{
	u32 flags = TASK_KTHREAD;

	bpf_probe_read_kernel(&flags, sizeof(flags), (void *)(bpf_get_current_task() + TASK_FLAGS));
	return !(flags & TASK_KTHREAD);
}

/* Whether the task makes the change itself: it has locked the socket, which a softirq does not. */
static inline int is_by_process(u64 sk)
{
	u32 owned = 0;

	bpf_probe_read_kernel(&owned, sizeof(owned), (void *)(sk + SK_LOCK_OWNED));
	return owned && task_is_process();
}

#define COMPILER_BARRIER() asm volatile("" : : : "memory")

/*
 * accept() changes the owner while another CPU may read it. So it is unknown until all of it is
 * written, and what was read is good if it is still the same after.
 */
static inline void entry_own(struct sock_entry *entry, const struct owner *owner)
{
	entry->owner.from = OWNER_UNKNOWN;
	COMPILER_BARRIER();
	__builtin_memcpy(&entry->owner.pid, &owner->pid, sizeof(*owner) - sizeof(owner->from));
	COMPILER_BARRIER();
	entry->owner.from = owner->from;
	entry->missed = 0; /* no scan has looked for this one */
}

/* As the entry has it. */
static inline void owner_copy(const struct sock_entry *entry, struct owner *owner)
{
	*owner = entry->owner;
	COMPILER_BARRIER();
	if (entry->owner.from != owner->from || entry->owner.pid != owner->pid)
		owner->from = OWNER_UNKNOWN;
}

/* With the name that the process has now, if it is still there. */
static inline void owner_of(const struct sock_entry *entry, struct owner *owner)
{
	u32 pid = 0;

	owner_copy(entry, owner);
	bpf_probe_read_kernel(&pid, sizeof(pid), (void *)(owner->leader + TASK_TGID));
	if (owner->leader && pid == owner->pid)
		owner_names_read(owner);
}

/* Whether it is known as the owner already that the current task is of. */
static inline int is_of_current(const struct sock_entry *entry)
{
	return entry->owner.from == OWNER_SELF &&
	       entry->owner.pid == bpf_get_current_pid_tgid() >> 32 &&
	       entry->owner.leader == pointer_at(bpf_get_current_task() + TASK_GROUP_LEADER);
}

struct hlist_place {
	u64 next;
	u64 pprev; /* where the pointer to this node is */
};

/*
 * Returns the listening socket that the child comes from, or 0. The kernel makes the child as a
 * copy of it (net/core/sock.c, sk_clone_lock()), and until the child is bound, the copy still has
 * the listener's place in the list of the sockets at its port: the pointer at pprev points to the
 * listener's node. If a neighbour in that list comes or goes meanwhile, the two places differ.
 */
static inline u64 listener_of(u64 child)
{
	struct hlist_place copy = {}, place = {};
	u64 node = 0;

	bpf_probe_read_kernel(&copy, sizeof(copy), (void *)(child + SKC_BIND_NODE));
	if (bpf_probe_read_kernel(&node, sizeof(node), (void *)copy.pprev))
		return 0;
	if (bpf_probe_read_kernel(&place, sizeof(place), (void *)node))
		return 0;
	if (place.next != copy.next || place.pprev != copy.pprev)
		return 0;
	return node - SKC_BIND_NODE;
}

/* Fills in the owner, and changes that of the entry, or NULL, if the event does. */
static inline void event_own(struct event *event, struct sock_entry *entry)
{
	__builtin_memset(&event->owner, 0, sizeof(event->owner));
	if (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV) {
		u64 listener = listener_of(event->skaddr);

		entry = sockets.lookup(&listener);
		if (entry && is_reported(event))
			owner_of(entry, &event->owner);
		else if (entry)
			owner_copy(entry, &event->owner);
		if (event->owner.from)
			event->owner.from = OWNER_LISTENER;
		return;
	}
	if (is_own_change(event) && is_by_process(event->skaddr)) {
		if (!entry || !is_of_current(entry)) {
			owner_set(&event->owner, OWNER_SELF, bpf_get_current_pid_tgid() >> 32,
				  bpf_get_current_task());
			if (entry)
				entry_own(entry, &event->owner);
			return;
		}
		entry->missed = 0; /* by a scan, before */
	}
	if (entry && is_reported(event))
		owner_of(entry, &event->owner);
}
#endif
