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
 * The kernel begins no program that is at work already below on its CPU, so a softirq's changes
 * pass it by. Hence three are attached, of which at most one can be below a softirq:
 *
 * - the first sends the event and leaves word of it;
 * - the second sends it where there is no word: the first was below;
 * - the third takes the word where the second could not: that one was below.
 *
 * So a softirq leaves no word behind, and needs another place than the event below it, whose word
 * must stay. Nor can it find a word of its own change there: the socket below is locked.
 *
 * While they are being attached there is no third one yet, and nobody is to leave a word.
 */
struct word {
	u64 sk;
	u64 change;
};

struct words {
	struct word below;
	struct word above;
	u64 third; /* it has run here */
};

BPF_TABLE("percpu_array", u32, struct words, words, 1);
BPF_PROG_ARRAY(tails, 2); /* the second place stays empty */

static inline int sock_is_tcp(u64 sk)
{
	SOCK_PROTOCOL_TYPE protocol = 0;

	bpf_probe_read_kernel(&protocol, sizeof(protocol), (void *)(sk + SOCK_PROTOCOL));
	return protocol == IPPROTO_TCP;
}

static inline struct word args_word(const struct raw_args *args)
{
	return (struct word){args->sk, args->oldstate << 32 | (u32)args->newstate};
}

static inline int word_take_from(struct word *place, struct word word)
{
	if (place->sk != word.sk || place->change != word.change)
		return 0;
	place->sk = 0;
	return 1;
}

static inline int word_take(struct words *here, struct word word)
{
	return word_take_from(&here->above, word) || word_take_from(&here->below, word);
}

int raw_tracepoint__inet_sock_set_state(struct raw_args *args)
{
	struct words *here;
	u32 zero = 0;

	if (!sock_is_tcp(args->sk))
		return 0;
	here = words.lookup(&zero);
	if (!here)
		return 0;
	if (here->third)
		*(here->below.sk ? &here->above : &here->below) = args_word(args);
	tails.call(args, 0);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__second(struct raw_args *args)
{
	struct words *here;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (!here || !here->third || word_take(here, args_word(args)) || !sock_is_tcp(args->sk))
		return 0;
	counter_add(COUNTER_CAUGHT);
	tails.call(args, 0);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__third(struct raw_args *args)
{
	struct words *here;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (!here)
		return 0;
	here->third = 1;
	word_take(here, args_word(args));
	return 0;
}

static inline u16 big_endian(const u8 *at)
{
	return at[0] << 8 | at[1];
}

/*
 * What the first and the second do. A softirq's may run in the middle of another, so its variables
 * must not be where a CPU has just one place for them: since Linux 6.13 (kernel/bpf/verifier.c,
 * check_max_stack_depth()) that is a tracing program's stack, unless the program has a tail call.
 */
int raw_tracepoint_tail__sock_send(struct raw_args *args)
{
	u8 head[HEAD_SIZE] __attribute__((aligned(8))); /* so that it is not taken byte by byte */
	u8 inet[INET_SIZE] __attribute__((aligned(8)));
	struct event event;
	u64 sk = args->sk;

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
	tails.call(args, 1);
	return 0;
}
