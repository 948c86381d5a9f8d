/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * inet_sock_set_state as a raw tracepoint: its arguments are the socket and the two states. Nothing
 * of tracefs is needed; the places of the members come from the kernel's BTF, in bytes:
 *
 * - HEAD_SIZE: of struct sock_common's beginning, which holds HEAD_FAMILY, HEAD_DPORT, HEAD_DADDR;
 * - INET_START, INET_SIZE: of the part of struct inet_sock with the local end, INET_SPORT and
 *   INET_SADDR, which are there still when skc_num and skc_rcv_saddr are gone, at the last change;
 * - SOCK_PROTOCOL and its type, V6_LADDR, V6_RADDR: of struct sock. A kernel without IPv6 has no
 *   V6_...
 */
struct raw_args {
	u64 sk;
	u64 oldstate;
	u64 newstate;
};

/*
 * A softirq that changes a socket's state while the program runs on its CPU finds it busy, and the
 * kernel drops that run. So a second one is attached after the first. The first leaves word, on its
 * CPU, of the event that it is done with, and the second takes the word away; where there is none,
 * the first was busy, and the second does the work. An event that comes between the two leaves and
 * takes its own word meanwhile: hence two places.
 */
struct word {
	u64 sk;
	u64 change;
};

struct words {
	struct word last;
	struct word before;
};

BPF_TABLE("percpu_array", u32, struct words, words, 1);

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

static inline int sock_send(struct raw_args *args, u64 sk)
{
	u8 head[HEAD_SIZE] = {}, inet[INET_SIZE] = {};
	struct event event = {};

	bpf_probe_read_kernel(head, sizeof(head), (void *)sk);
	bpf_probe_read_kernel(inet, sizeof(inet), (void *)(sk + INET_START));
	event.skaddr = sk;
	event.oldstate = args->oldstate;
	event.newstate = args->newstate;
	event.lport = big_endian(inet + INET_SPORT);
	event.rport = big_endian(head + HEAD_DPORT);
	__builtin_memcpy(&event.family, head + HEAD_FAMILY, sizeof(event.family));
	if (event.family == AF_INET) {
		__builtin_memcpy(event.laddr, inet + INET_SADDR, 4);
		__builtin_memcpy(event.raddr, head + HEAD_DADDR, 4);
	}
#ifdef V6_LADDR
	else {
		bpf_probe_read_kernel(event.laddr, sizeof(event.laddr), (void *)(sk + V6_LADDR));
		bpf_probe_read_kernel(event.raddr, sizeof(event.raddr), (void *)(sk + V6_RADDR));
	}
#endif
	return event_send(args, &event);
}

static inline u64 args_change(const struct raw_args *args)
{
	return args->oldstate << 32 | (u32)args->newstate;
}

int raw_tracepoint__inet_sock_set_state(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct words *here;
	u32 zero = 0;

	if (!sock_is_tcp(sk))
		return 0;
	sock_send(args, sk);
	here = words.lookup(&zero);
	if (here) {
		here->before = here->last;
		here->last.sk = sk;
		here->last.change = change;
	}
	return 0;
}

int raw_tracepoint__inet_sock_set_state__again(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct words *here;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (!here)
		return 0;
	if (here->last.sk == sk && here->last.change == change) {
		here->last = here->before;
		here->before.sk = 0;
		return 0;
	}
	if (!sock_is_tcp(sk))
		return 0;
	counter_add(COUNTER_CAUGHT);
	return sock_send(args, sk);
}
