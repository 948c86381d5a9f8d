/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The kernel's struct sock. The places of its members come from the kernel's BTF, in bytes:
 *
 * - HEAD_SIZE: of struct sock_common's beginning, which holds HEAD_FAMILY, HEAD_DPORT, HEAD_DADDR;
 * - INET_START, INET_SIZE: of the part of struct inet_sock with the local end, INET_SPORT and
 *   INET_SADDR, which are there still when skc_num and skc_rcv_saddr are gone, at the last change;
 * - SOCK_PROTOCOL and its type, V6_LADDR, V6_RADDR: of struct sock. A kernel without IPv6 has no
 *   V6_...
 */
static inline int sock_is_tcp(u64 sk)
{
	SOCK_PROTOCOL_TYPE protocol = 0;

	bpf_probe_read_kernel(&protocol, sizeof(protocol), (void *)(sk + SOCK_PROTOCOL));
	return protocol == IPPROTO_TCP;
}

static inline u16 big_endian(const u8 *at)
{
	return at[0] << 8 | at[1];
}

#if defined(SUMMARY) && !defined(FILTERS) && !defined(SCAN)
/* Nobody asks who it connects. */
static inline void sock_read(struct event *event, u64 sk)
{
	event->skaddr = sk;
}
#else
/* Who the socket connects. */
static inline void sock_read(struct event *event, u64 sk)
{
	u8 head[HEAD_SIZE] __attribute__((aligned(8))); /* so that it is not taken byte by byte */
	u8 inet[INET_SIZE] __attribute__((aligned(8)));

	bpf_probe_read_kernel(head, sizeof(head), (void *)sk);
	bpf_probe_read_kernel(inet, sizeof(inet), (void *)(sk + INET_START));
	event->skaddr = sk;
	event->lport = big_endian(inet + INET_SPORT);
	event->rport = big_endian(head + HEAD_DPORT);
	__builtin_memcpy(&event->family, head + HEAD_FAMILY, sizeof(event->family));
#ifdef V6_LADDR
	if (event->family == AF_INET6) {
		bpf_probe_read_kernel(event->laddr, sizeof(event->laddr), (void *)(sk + V6_LADDR));
		bpf_probe_read_kernel(event->raddr, sizeof(event->raddr), (void *)(sk + V6_RADDR));
		return;
	}
#endif
	address4_set(event->laddr, inet + INET_SADDR);
	address4_set(event->raddr, head + HEAD_DADDR);
}
#endif
