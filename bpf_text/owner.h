/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The owner of a socket. The task on the CPU is the owner's at the changes that only a system call
 * of its own makes: connect(), listen(), and the FIN that close() or shutdown() sends. At all other
 * changes it can be any task that a softirq interrupted, or one that destroys the sockets of others
 * (ss -K). The last known owner stays with the socket.
 *
 * The owner of a listener is also kept by the local end, for the sockets that it will accept.
 * SKC_NET is the offset of the network namespace in struct sock, if the kernel has these.
 */
#pragma once
#include "sockets.h"

#ifdef EVENT_OWNER
struct listener_end {
	u64 net;
	u8 laddr[16];
	u16 lport;
	u16 family;
	u32 zero; /* a key must have no hole */
};

struct listener {
	struct owner owner; /* unknown if listeners of several owners share the end */
	u32 count;
	u32 share; /* that the entry is counted in */
};

BPF_F_TABLE("hash", struct listener_end, struct listener, listeners, MAX_SOCKETS,
	    BPF_F_NO_PREALLOC);

static inline struct listener_end listener_end(const struct event *event)
{
	struct listener_end end = {.lport = event->lport, .family = event->family};

#ifdef SKC_NET
	bpf_probe_read_kernel(&end.net, sizeof(end.net), (void *)(event->skaddr + SKC_NET));
#endif
	__builtin_memcpy(end.laddr, event->laddr, sizeof(end.laddr));
	return end;
}

/* With SO_REUSEPORT several sockets listen at one end. A child's owner is known if all are one's.
 */
static inline void listener_add(const struct event *event)
{
	struct listener_end end = listener_end(event);
	struct listener *listener = listeners.lookup(&end);
	struct listener first = {.owner = event->owner, .count = 1};

	if (!listener) {
		first.share = share_of(event->skaddr, TABLE_LISTENERS);
		if (share_take(first.share) && listeners.update(&end, &first))
			share_return(first.share);
		return;
	}
	if (listener->owner.pid != event->owner.pid)
		listener->owner.from = OWNER_UNKNOWN;
	__sync_fetch_and_add(&listener->count, 1);
}

static inline void listener_remove(const struct event *event)
{
	struct listener_end end = listener_end(event);
	struct listener *listener = listeners.lookup(&end);
	u32 share;

	if (!listener)
		return;
	if (listener->count > 1) {
		__sync_fetch_and_add(&listener->count, -1);
		return;
	}
	share = listener->share;
	if (!listeners.delete(&end))
		share_return(share);
}

/* A child's local address is its listener's, unless that listens at all addresses. */
static inline void listener_find(struct event *event)
{
	struct listener_end end = listener_end(event);
	struct listener *listener = listeners.lookup(&end);

	if (!listener) {
		__builtin_memset(end.laddr, 0, sizeof(end.laddr));
		listener = listeners.lookup(&end);
	}
	if (!listener || listener->owner.from == OWNER_UNKNOWN)
		return;
	event->owner = listener->owner;
	event->owner.from = OWNER_LISTENER;
}

static inline int is_own_change(u8 oldstate, u8 newstate)
{
	if (oldstate == TCP_CLOSE)
		return newstate == TCP_SYN_SENT || newstate == TCP_LISTEN;
	return newstate == TCP_FIN_WAIT1 || newstate == TCP_LAST_ACK;
}

/* Fills in the owner. known is the one of the socket's entry, or NULL. */
static inline void event_own(struct event *event, const struct owner *known)
{
	struct owner none = {};

	event->owner = none;
	if (is_own_change(event->oldstate, event->newstate)) {
		event->owner.from = OWNER_SELF;
		event->owner.pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(event->owner.comm, sizeof(event->owner.comm));
	} else if (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV) {
		listener_find(event); /* a known owner would be that of an earlier socket */
	} else if (known) {
		event->owner = *known;
	}
}
#endif
