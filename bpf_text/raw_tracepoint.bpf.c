/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * inet_sock_set_state as a raw tracepoint: its arguments are the socket and the two states. Nothing
 * of tracefs is needed.
 */
#include "change.h"
#include "sock.h"

struct raw_args {
	u64 sk;
	u64 oldstate;
	u64 newstate;
};

/*
 * The kernel skips a program for an event that comes while that program is running on the same CPU:
 * in a softirq, or, where a tracepoint can be preempted, in another task. So three are attached, or
 * five with TRACEPOINT_PREEMPTIBLE. Whichever runs first for a change claims it and sends the
 * event; the last one releases the claim, and sends what nobody has claimed. An event is missed
 * only if all of them were running on its CPU. They are attached in the order of their names, which
 * is the one that libbcc gives them in.
 *
 * A claim is kept in a slot that the socket's address chooses, and not by CPU: a task can migrate
 * between two of the programs. The socket is locked, so nothing else claims a change of it
 * meanwhile, and a claim that is left over (the last was skipped) is replaced at its next change.
 * A slot that another socket uses cannot be claimed: then the next program tries.
 *
 * Until all of them are attached, the map of tails is empty and nothing is sent: a program whose
 * tail call fails releases its claim.
 */
#define CLAIM_BITS 10

struct claim {
	u64 sk; /* or 0 */
	u64 change;
	u64 users; /* programs that are about to claim the slot, or have */
	u64 tail; /* 0, which the kernel cannot know: it has a jump less to make at the start */
	u64 unused[4]; /* a cache line each */
};

BPF_TABLE("array", u32, struct claim, claims, 1 << CLAIM_BITS);
BPF_PROG_ARRAY(tails, 2); /* the second place stays empty */

static inline u64 args_change(const struct raw_args *args)
{
	return args->oldstate << 32 | (u32)args->newstate;
}

static inline struct claim *claim_find(u64 sk)
{
	u32 slot = sk * 0x9e3779b97f4a7c15ULL >> (64 - CLAIM_BITS);

	return claims.lookup(&slot);
}

static inline int claim_is(const struct claim *claim, u64 sk, u64 change)
{
	return claim->sk == sk && claim->change == change;
}

/* Of two that come at once at most one is alone; the other one may be so for neither. */
static inline int claim_take(struct claim *claim, u64 sk, u64 change)
{
	volatile u64 *users = &claim->users;

	if (claim->sk != sk) {
		__sync_fetch_and_add(&claim->users, 1);
		if (*users != 1) {
			__sync_fetch_and_add(&claim->users, -1);
			return 0;
		}
	}
	claim->change = change;
	claim->sk = sk;
	return 1;
}

static inline void claim_release(struct claim *claim)
{
	claim->sk = 0;
	__sync_fetch_and_add(&claim->users, -1);
}

/*
 * BPF's interpreter runs a program that is called as a tail on the stack of its caller, and since
 * Linux 6.9 that is only as large as the caller's own use of it (kernel/bpf/verifier.c,
 * do_misc_fixups(), takes back the 512 bytes that a tail call had been given): the tail would write
 * over the kernel's own stack. So a caller uses as much as the tail may.
 */
#define STACK_OF_TAIL 496

static inline void stack_use(void)
{
	u64 stack[STACK_OF_TAIL / sizeof(u64)];

	*(volatile u64 *)stack = 0;
	asm volatile("" : : "r"(stack) : "memory"); /* all of it is needed */
}

int raw_tracepoint__inet_sock_set_state(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct claim *claim;

	stack_use();
	claim = claim_find(sk);
	if (!claim)
		return 0;
	if (!claim_take(claim, sk, change)) {
		counter_add(COUNTER_DECLINED, 1);
		return 0;
	}
	tails.call(args, 0);
	claim_release(claim);
	return 0;
}

/* Those that are neither the first nor the last. */
static inline int change_recover(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct claim *claim = claim_find(sk);

	stack_use();
	if (!claim || claim_is(claim, sk, change))
		return 0;
	if (!claim_take(claim, sk, change))
		return 0;
	counter_add(COUNTER_RECOVERED, 1);
	tails.call(args, claim->tail); /* rarely */
	counter_add(COUNTER_RECOVERED, -1);
	claim_release(claim);
	return 0;
}

int raw_tracepoint__inet_sock_set_state__2(struct raw_args *args)
{
	return change_recover(args);
}

#ifdef TRACEPOINT_PREEMPTIBLE
int raw_tracepoint__inet_sock_set_state__3(struct raw_args *args)
{
	return change_recover(args);
}

int raw_tracepoint__inet_sock_set_state__4(struct raw_args *args)
{
	return change_recover(args);
}
#endif

int raw_tracepoint__inet_sock_set_state__5(struct raw_args *args)
{
	u64 sk = args->sk, change = args_change(args);
	struct claim *claim = claim_find(sk);
	int is_sent;

	stack_use();
	if (!claim)
		return 0;
	is_sent = claim_is(claim, sk, change);
	if (claim->sk == sk)
		claim_release(claim);
	if (is_sent)
		return 0;
	counter_add(COUNTER_RECOVERED, 1);
	tails.call(args, claim->tail);
	counter_add(COUNTER_RECOVERED, -1);
	return 0;
}

/*
 * What each of them ends in. MPTCP and SCTP change states here too: those changes are left out
 * as late as here, so that one that the first was too busy for is counted as recovered. A softirq's
 * may run in the middle of another, so its variables must not be where a CPU has just one place for
 * them: since Linux 6.13 (kernel/bpf/verifier.c, check_max_stack_depth()) that is a tracing
 * program's stack, unless the program has a tail call.
 */
_Static_assert(sizeof(struct event) <= EVENT_SIZE_MAX, "the record is too large");
_Static_assert(EVENT_SIZE_MAX + 208 <= STACK_OF_TAIL, "the tail may need more stack");

int raw_tracepoint_tail__send(struct raw_args *args)
{
	struct event event;

	if (!sock_is_tcp(args->sk) && args->sk != SELF_TEST_SK)
		return 0;
	event.skaddr = args->sk;
	event.oldstate = args->oldstate;
	event.newstate = args->newstate;
	if (has_addresses(&event))
		sock_read(&event, args->sk);
	change_send(args, &event);
	tails.call(args, 1);
	return 0;
}
