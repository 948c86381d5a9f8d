/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The record of sock:inet_sock_set_state (4.16+, include/trace/events/sock.h). Its addresses and
 * ports come from struct inet_sock, so the local port is still there at the last change to CLOSE.
 * ARGS_PROTOCOL is u16, or u8 before 5.6, which moves what follows; see the kernel's format file.
 */
#include "change.h"

struct set_state_args {
	u64 common;
	u64 skaddr;
	int oldstate;
	int newstate;
	u16 sport;
	u16 dport;
	u16 family;
	ARGS_PROTOCOL protocol;
	u8 saddr[4];
	u8 daddr[4];
	u8 saddr_v6[16];
	u8 daddr_v6[16];
};

/*
 * Without it LLVM may merge two reads into one, through a pointer into the record that it computes
 * first, which the kernel's verifier refuses.
 */
#define ARGS_READ() asm volatile("" : : : "memory")

/*
 * A program that returns 0 keeps the event from perf, from anybody's perf
 * (kernel/events/core.c, perf_trace_run_bpf_submit()).
 */
#define PASS_ON 1

int tracepoint__sock__inet_sock_set_state(struct set_state_args *args)
{
	struct event event;

	/* MPTCP and SCTP change states here too. */
	if (args->protocol != (ARGS_PROTOCOL)IPPROTO_TCP)
		return PASS_ON;
	event.skaddr = args->skaddr;
	event.oldstate = args->oldstate;
	event.newstate = args->newstate;
	event.lport = args->sport;
	event.rport = args->dport;
	event.family = args->family;
	if (args->family == AF_INET) {
		address4_set(event.laddr, args->saddr);
		address4_set(event.raddr, args->daddr);
		ARGS_READ();
	} else {
		__builtin_memcpy(event.laddr, args->saddr_v6, sizeof(args->saddr_v6));
		__builtin_memcpy(event.raddr, args->daddr_v6, sizeof(args->daddr_v6));
		ARGS_READ();
	}
	change_send(args, &event);
	return PASS_ON;
}
