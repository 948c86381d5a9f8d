/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Where there is no tracepoint: the functions that change a TCP session's state. tcp_set_state()
 * makes all changes but two: a socket that begins to listen, and the child of a listening one.
 * Ports and addresses come from struct inet_sock, as the tracepoint takes them
 * (net/ipv4/af_inet.c).
 */
#include "change.h"
#include <linux/ptrace.h>
#include <net/inet_sock.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 5, 0)
#define KERNEL_READ(to, from) bpf_probe_read(to, sizeof(*(to)), from)
#else
#define KERNEL_READ(to, from) bpf_probe_read_kernel(to, sizeof(*(to)), from)
#endif

/* The place of sk_protocol changed in 5.6; the name is "TCP" or "TCPv6" in every kernel. */
static inline int proto_is_tcp(struct sock *sk)
{
	struct proto *proto = 0;
	char name[4] = {};

	KERNEL_READ(&proto, &sk->__sk_common.skc_prot);
	KERNEL_READ(&name, (void *)proto->name);
	return name[0] == 'T' && name[1] == 'C' && name[2] == 'P';
}

static inline void sock_send(struct pt_regs *ctx, struct sock *sk, u8 oldstate, u8 newstate)
{
	struct inet_sock *inet = (struct inet_sock *)sk;
	struct event event = {};
	__be16 sport = 0, dport = 0;

	event.skaddr = (u64)sk;
	event.oldstate = oldstate;
	event.newstate = newstate;
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
	change_send(ctx, &event);
}

/* Entered before the change: the old state is still in the socket. */
int kprobe__tcp_set_state(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_PARM1(ctx);
	u8 oldstate = 0;

	KERNEL_READ(&oldstate, (u8 *)&sk->__sk_common.skc_state);
	sock_send(ctx, sk, oldstate, PT_REGS_PARM2(ctx));
	return 0;
}

int kprobe__inet_csk_listen_start(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_PARM1(ctx);

	if (proto_is_tcp(sk))
		sock_send(ctx, sk, TCP_CLOSE, TCP_LISTEN);
	return 0;
}

int kretprobe__inet_csk_clone_lock(struct pt_regs *ctx)
{
	struct sock *sk = (struct sock *)PT_REGS_RC(ctx);

	if (sk && proto_is_tcp(sk))
		sock_send(ctx, sk, TCP_LISTEN, TCP_SYN_RECV);
	return 0;
}
