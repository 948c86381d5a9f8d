/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * tcp_set_state() is entered before the change, so the old state is still in the socket. Ports and
 * addresses come from struct inet_sock, as the tracepoint takes them (net/ipv4/af_inet.c).
 */
#define KERNEL_READ(to, from) bpf_probe_read_kernel(to, sizeof(*(to)), from)

int kprobe__tcp_set_state(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_PARM1(ctx);
	struct inet_sock *inet = (struct inet_sock *)sk;
	struct event event = {};
	__be16 sport = 0, dport = 0;

	event.skaddr = (u64)sk;
	event.newstate = PT_REGS_PARM2(ctx);
	KERNEL_READ(&event.oldstate, (u8 *)&sk->__sk_common.skc_state);
	KERNEL_READ(&event.family, &sk->__sk_common.skc_family);
	KERNEL_READ(&sport, &inet->inet_sport);
	KERNEL_READ(&dport, &sk->__sk_common.skc_dport);
	event.lport = ntohs(sport);
	event.rport = ntohs(dport);
	if (event.family == AF_INET) {
		KERNEL_READ((__be32 *)event.laddr, &inet->inet_saddr);
		KERNEL_READ((__be32 *)event.raddr, &sk->__sk_common.skc_daddr);
	}
#if IS_ENABLED(CONFIG_IPV6)
	else {
		KERNEL_READ((struct in6_addr *)event.laddr, &sk->__sk_common.skc_v6_rcv_saddr);
		KERNEL_READ((struct in6_addr *)event.raddr, &sk->__sk_common.skc_v6_daddr);
	}
#endif
	return event_send(ctx, &event);
}
