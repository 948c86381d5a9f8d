/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * inet_sock_set_state as a raw tracepoint: its arguments are the socket and the two states. Nothing
 * of tracefs is needed.
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
 * Until all three are attached there is nothing in tails to end in, and nothing is sent: whoever
 * finds it so leaves no word. Each change finds it so up to one of its programs, and not after it.
 */
struct word {
	u64 sk;
	u64 change;
};

struct words {
	struct word below;
	struct word above;
	u64 tail; /* 0, which the kernel cannot know: it has a jump less to make at the start */
};

BPF_TABLE("percpu_array", u32, struct words, words, 1);
BPF_PROG_ARRAY(tails, 2); /* the second place stays empty */

static inline u64 args_change(const struct raw_args *args)
{
	return args->oldstate << 32 | (u32)args->newstate;
}

static inline int word_take_from(struct word *place, u64 sk, u64 change)
{
	if (place->sk != sk || place->change != change)
		return 0;
	place->sk = 0;
	return 1;
}

static inline int word_take(struct words *here, u64 sk, u64 change)
{
	return word_take_from(&here->above, sk, change) || word_take_from(&here->below, sk, change);
}

int raw_tracepoint__inet_sock_set_state(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct words *here;
	struct word *place;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (!here)
		return 0;
	place = here->below.sk ? &here->above : &here->below;
	place->sk = sk;
	place->change = change;
	tails.call(args, 0);
	word_take(here, sk, change);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__second(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct words *here;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (!here || word_take(here, sk, change))
		return 0;
	counter_add(COUNTER_CAUGHT, 1);
	tails.call(args, here->tail); /* rarely */
	counter_add(COUNTER_CAUGHT, -1);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__third(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct words *here;
	u32 zero = 0;

	here = words.lookup(&zero);
	if (here)
		word_take(here, sk, change);
	return 0;
}

/*
 * What the first and the second do. MPTCP and SCTP change states here too: those changes are left
 * out as late as here, so that one that the first was too busy for is counted as caught. A
 * softirq's may run in the middle of another, so its variables must not be where a CPU has just one
 * place for them: since Linux 6.13 (kernel/bpf/verifier.c, check_max_stack_depth()) that is a
 * tracing program's stack, unless the program has a tail call.
 */
int raw_tracepoint_tail__sock_send(struct raw_args *args)
{
	struct event event;

	if (!sock_is_tcp(args->sk))
		return 0;
	sock_read(&event, args->sk);
	event.oldstate = args->oldstate;
	event.newstate = args->newstate;
	event_send(args, &event);
	tails.call(args, 1);
	return 0;
}
