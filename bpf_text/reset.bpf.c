/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The resets that this host sends, by the tracepoint tcp_send_reset, which has the reason since
 * Linux 6.10. The socket changes to CLOSE just before or just after that, by the same task or
 * softirq; the tracer puts the two together. RESET_REASON_OF translates the kernel's number into
 * enum reset_reason.
 */
#include "types.h"

#include "reset_reasons.h"
#include "wire.h"

BPF_PERF_OUTPUT(events);

struct reset_args {
	u64 sk;
	u64 skb;
	u64 reason;
};

int raw_tracepoint__tcp_send_reset(struct reset_args *args)
{
	u32 reason = RESET_REASON_OF((u32)args->reason);
	struct event event;

	if (!args->sk || !reason)
		return 0;

	__builtin_memset(&event, 0, sizeof(event));
	event.ts_ns = bpf_ktime_get_ns();
	event.skaddr = args->sk;
	/* The next socket at this address has other ports. */
	event.lport = port_at(args->sk + INET_SPORT);
	event.rport = port_at(args->sk + SKC_DPORT);
	event.newstate = STATE_RESET;
	event.pid = reason;
	events.perf_submit(args, &event, EVENT_SIZE);
	return 0;
}
