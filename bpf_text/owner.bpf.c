/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Whose the socket is, here only if a field wants it. The task on the CPU tells it at the changes
 * that nothing but a system call of its own makes: connect() and listen(), and the FIN that close()
 * or shutdown() sends. At all others it may be any task that a softirq came upon, or one that ends
 * the sockets of others (ss -K). What was told last stays with the socket.
 *
 * A listener that is in the table of sockets is kept by its local end as well, for the sockets that
 * it will accept. Where the kernel has network namespaces, SKC_NET is the offset of struct
 * sock's pointer to its own.
 */
struct listener_end {
	u64 net;
	u8 laddr[16];
	u16 lport;
	u16 family;
	u32 zero; /* no hole: it is a key */
};

struct listener {
	struct owner owner; /* unknown, if several that listen there differ */
	u32 count;
	u32 share; /* that it is counted in */
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

/* With SO_REUSEPORT several listen at one end: whose child it will be is known if one has all. */
static inline void listener_add(const struct event *event)
{
	struct listener_end end = listener_end(event);
	struct listener *listener = listeners.lookup(&end);
	struct listener first = {.owner = event->owner, .count = 1};

	if (!listener) {
		first.share = share_of(event->skaddr, TABLE_LISTENERS);
		if (share_take(first.share) && listeners.update(&end, &first))
			share_give(first.share);
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
		share_give(share);
}

/* The child's local address is its listener's, or that one listens at all of them. */
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

static inline int task_changes(u8 oldstate, u8 newstate)
{
	if (oldstate == TCP_CLOSE)
		return newstate == TCP_SYN_SENT || newstate == TCP_LISTEN;
	return newstate == TCP_FIN_WAIT1 || newstate == TCP_LAST_ACK;
}

/* Says whose the socket is; kept is what was known of it before, or NULL. */
static inline void event_own(struct event *event, const struct owner *kept)
{
	struct owner none = {};

	event->owner = none;
	if (task_changes(event->oldstate, event->newstate)) {
		event->owner.from = OWNER_SELF;
		event->owner.pid = bpf_get_current_pid_tgid() >> 32;
		bpf_get_current_comm(event->owner.comm, sizeof(event->owner.comm));
	} else if (event->oldstate == TCP_LISTEN && event->newstate == TCP_SYN_RECV) {
		listener_find(event); /* whatever is kept is of a socket that is gone */
	} else if (kept) {
		event->owner = *kept;
	}
}
