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
 * kernel drops that run. So a second one is attached after the first, and does the work where the
 * first was busy: if the first is at work below it, or has left no word of this event. An event
 * that comes between the two leaves and takes its own word meanwhile: hence two places. One that
 * comes while the second runs would leave a word that nobody takes, so it leaves none; should it
 * come before the second can say so, its word goes with the one below it.
 *
 * The work itself is one program, which both end in: the kernel's guard is for what is attached.
 */
struct word {
	u64 sk;
	u64 change;
};

struct turns {
	struct word last;
	struct word before;
	u32 working; /* a bit for each that is at work, the newest lowest: 1 for the first */
	u32 second; /* it looks for a word */
};

BPF_TABLE("percpu_array", u32, struct turns, turns, 1);
BPF_PROG_ARRAY(tails, 1);

static inline int sock_is_tcp(u64 sk)
{
	SOCK_PROTOCOL_TYPE protocol = 0;

	bpf_probe_read_kernel(&protocol, sizeof(protocol), (void *)(sk + SOCK_PROTOCOL));
	return protocol == IPPROTO_TCP;
}

static inline u64 args_change(const struct raw_args *args)
{
	return args->oldstate << 32 | (u32)args->newstate;
}

static inline int word_is(const struct word *word, u64 sk, u64 change)
{
	return word->sk == sk && word->change == change;
}

static inline int word_take(struct turns *here, u64 sk, u64 change)
{
	if (word_is(&here->last, sk, change)) {
		here->last = here->before;
		here->before.sk = 0;
		return 1;
	}
	if (word_is(&here->before, sk, change)) {
		here->last.sk = here->before.sk = 0;
		return 1;
	}
	return 0;
}

int raw_tracepoint__inet_sock_set_state(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct turns *here;
	u32 zero = 0;

	if (!sock_is_tcp(sk))
		return 0;
	here = turns.lookup(&zero);
	if (!here)
		return 0;
	if (!here->second) {
		here->before = here->last;
		here->last.sk = sk;
		here->last.change = change;
	}
	here->working = here->working << 1 | 1;
	tails.call(args, 0);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__again(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct turns *here;
	u32 zero = 0;
	int done;

	here = turns.lookup(&zero);
	if (!here)
		return 0;
	here->second = 1;
	done = !here->working && word_take(here, sk, change);
	here->second = 0;
	if (done || !sock_is_tcp(sk))
		return 0;
	counter_add(COUNTER_CAUGHT);
	here->working <<= 1;
	tails.call(args, 0);
	return 0;
}

static inline u16 big_endian(const u8 *at)
{
	return at[0] << 8 | at[1];
}

int raw_tracepoint_tail__sock_send(struct raw_args *args)
{
	u8 head[HEAD_SIZE] __attribute__((aligned(8))); /* so that it is not taken byte by byte */
	u8 inet[INET_SIZE] __attribute__((aligned(8)));
	struct turns *here;
	struct event event;
	u64 sk = args->sk;
	u32 zero = 0;

	bpf_probe_read_kernel(head, sizeof(head), (void *)sk);
	bpf_probe_read_kernel(inet, sizeof(inet), (void *)(sk + INET_START));
	event.skaddr = sk;
	event.oldstate = args->oldstate;
	event.newstate = args->newstate;
	event.lport = big_endian(inet + INET_SPORT);
	event.rport = big_endian(head + HEAD_DPORT);
	__builtin_memcpy(&event.family, head + HEAD_FAMILY, sizeof(event.family));
#ifdef V6_LADDR
	if (event.family == AF_INET6) {
		bpf_probe_read_kernel(event.laddr, sizeof(event.laddr), (void *)(sk + V6_LADDR));
		bpf_probe_read_kernel(event.raddr, sizeof(event.raddr), (void *)(sk + V6_RADDR));
	} else
#endif
	{
		address4_set(event.laddr, inet + INET_SADDR);
		address4_set(event.raddr, head + HEAD_DADDR);
	}
	event_send(args, &event);
	here = turns.lookup(&zero);
	if (here)
		here->working >>= 1;
	return 0;
}
