/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Members of the socket, read as they are at the event: here only if a field wants one. */
#define MEMBERS

/* A number of the kernel's; a size of 0: this kernel does not have it. */
static inline u64 number_read(u64 at, u32 size)
{
	u64 wide = 0;
	u32 narrow = 0;

	if (!size)
		return MEMBER_UNKNOWN;
	if (size == sizeof(narrow)) {
		bpf_probe_read_kernel(&narrow, sizeof(narrow), (void *)at);
		return narrow;
	}
	bpf_probe_read_kernel(&wide, sizeof(wide), (void *)at);
	return wide;
}

#ifdef EVENT_CGROUP
/* The same of what a pointer leads to: one that is not set, or could not be read, leads to 0. */
static inline u64 number_behind(u64 pointer, u32 offset, u32 size)
{
	return pointer || !size ? number_read(pointer + offset, size) : 0;
}

static inline u64 cgroup_read(u64 sk)
{
	u64 cgroup = number_read(sk + SOCK_CGROUP, SOCK_CGROUP_SIZE);
	u64 node = number_behind(cgroup, CGROUP_KN, CGROUP_KN_SIZE);

	return number_behind(node, KN_ID, KN_ID_SIZE);
}
#endif

/* SOCK_..., in bytes from the socket's beginning, and their sizes are from the kernel's BTF. */
static inline void members_read(struct event *event)
{
	u64 sk = event->skaddr;

#ifdef EVENT_NETNS
	event->netns =
		number_read(number_read(sk + SOCK_NET, SOCK_NET_SIZE) + NET_INUM, NET_INUM_SIZE);
#endif
#ifdef EVENT_UID
	event->uid = number_read(sk + SOCK_UID, SOCK_UID_SIZE);
#endif
#ifdef EVENT_MARK
	event->mark = number_read(sk + SOCK_MARK, SOCK_MARK_SIZE);
#endif
#ifdef EVENT_IFACE
	event->iface = number_read(sk + SOCK_IFACE, SOCK_IFACE_SIZE);
#endif
#ifdef EVENT_COOKIE
	event->cookie = number_read(sk + SOCK_COOKIE, SOCK_COOKIE_SIZE);
#endif
#ifdef EVENT_TX_BYTES
	event->tx_bytes = number_read(sk + SOCK_ACKED, SOCK_ACKED_SIZE);
#endif
#ifdef EVENT_RX_BYTES
	event->rx_bytes = number_read(sk + SOCK_RECEIVED, SOCK_RECEIVED_SIZE);
#endif
#ifdef EVENT_RTT
	event->rtt_us = number_read(sk + SOCK_SRTT, SOCK_SRTT_SIZE);
	if (SOCK_SRTT_SIZE)
		event->rtt_us >>= 3; /* it is kept in eighths */
#endif
#ifdef EVENT_RETRANS
	event->retrans = number_read(sk + SOCK_RETRANS, SOCK_RETRANS_SIZE);
#endif
#ifdef EVENT_CGROUP
	event->cgroup = cgroup_read(sk);
#endif
}
