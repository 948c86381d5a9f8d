/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The addresses in the kernel's struct sock. SKC_..., SK_... and INET_... are offsets of its
 * members in bytes, from the kernel's BTF. A kernel without IPv6 has no SKC_V6_.... The local end
 * is read from struct inet_sock, which still has it at the last change, when skc_num and
 * skc_rcv_saddr are gone.
 */
#pragma once
#include "sockets.h"
#include "types.h"
#include "wire.h"

#define MAX(a, b) ((a) > (b) ? (a) : (b))
#define MIN(a, b) ((a) < (b) ? (a) : (b))

/* What is read at once: the beginning of struct sock_common, and the local end. */
#define HEAD_SIZE  MAX(MAX(SKC_FAMILY + 2, SKC_DPORT + 2), SKC_DADDR + 4)
#define INET_START MIN(INET_SPORT, INET_SADDR)
#define INET_SIZE  (MAX(INET_SPORT + 2, INET_SADDR + 4) - INET_START)

static inline u32 sock_protocol(u64 sk)
{
#if SK_PROTOCOL_SIZE == 1
	u8 protocol = 0;
#else
	u16 protocol = 0;
#endif

	bpf_probe_read_kernel(&protocol, sizeof(protocol), (void *)(sk + SK_PROTOCOL));
	return protocol;
}

static inline int sock_is_tcp(u64 sk)
{
	return sock_protocol(sk) == IPPROTO_TCP;
}

/* Whether a filter or the record needs the addresses. */
static inline int has_addresses(const struct event *event)
{
#ifdef FILTERS
	return 1;
#elif defined(GROUPS)
	return is_session_end(event);
#elif defined(SUMMARY)
	return 0;
#else
	return is_reported(event);
#endif
}

static inline void sock_read(struct event *event, u64 sk)
{
	u8 head[HEAD_SIZE] __attribute__((aligned(8))); /* so that it is not copied byte by byte */
	u8 inet[INET_SIZE] __attribute__((aligned(8)));

	bpf_probe_read_kernel(head, sizeof(head), (void *)sk);
	bpf_probe_read_kernel(inet, sizeof(inet), (void *)(sk + INET_START));
	event->skaddr = sk;
	event->lport = big_endian(inet + INET_SPORT - INET_START);
	event->rport = big_endian(head + SKC_DPORT);
	__builtin_memcpy(&event->family, head + SKC_FAMILY, sizeof(event->family));
#if defined(SKC_V6_RCV_SADDR) && defined(SKC_V6_DADDR)
	if (event->family == AF_INET6) {
		bpf_probe_read_kernel(event->laddr, sizeof(event->laddr),
				      (void *)(sk + SKC_V6_RCV_SADDR));
		bpf_probe_read_kernel(event->raddr, sizeof(event->raddr),
				      (void *)(sk + SKC_V6_DADDR));
		return;
	}
#endif
	address4_set(event->laddr, inet + INET_SADDR - INET_START);
	address4_set(event->raddr, head + SKC_DADDR);
}
