/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The sockets that no file refers to: closed ones that still have something to send or to wait for,
 * and those that nobody has accepted yet. An iterator over the TCP sockets of a network namespace
 * (bpf_iter_tcp, Linux 5.9), those that listen first.
 *
 * SK_SOCKET, SOCKET_FILE, ACCEPT_HEAD and REQUEST_... are offsets of members in bytes. TCP_ITER is
 * iter__tcp__ID, where ID is the iterator's id in the kernel's BTF.
 */
#include "found.h"

struct tcp_socket {
	u64 meta;
	u64 sk; /* struct sock_common */
};

static inline int sock_has_file(u64 sk)
{
	u64 socket = pointer_at(sk + SK_SOCKET);

	return socket && pointer_at(socket + SOCKET_FILE);
}

#ifdef EVENT_OWNER
BPF_F_TABLE("hash", u64, u64, queued, 16384, BPF_F_NO_PREALLOC); /* to the listening socket */

/*
 * Sessions that nobody has accepted are noted one at each call, as the verifier would follow each
 * turn of a loop. There is a call for each of them, so a second run knows them all.
 */
struct queues {
	u64 listener;
	u64 request; /* of its queue: the next one to note, or 0 */
	u32 known, done; /* listening sockets with a queue */
};

#define LISTENERS_MAX 64 /* that wait to have their queues noted */

BPF_TABLE("array", u32, struct queues, queues, 1);
BPF_TABLE("array", u32, u64, listeners, LISTENERS_MAX);

static inline void listener_note(struct queues *queues, u64 sk)
{
	u32 place = queues->known % LISTENERS_MAX;

	if (queues->known - queues->done == LISTENERS_MAX || !pointer_at(sk + ACCEPT_HEAD))
		return;
	listeners.update(&place, &sk);
	queues->known++;
}

static inline void listener_take(struct queues *queues)
{
	u32 place = queues->done % LISTENERS_MAX;
	u64 *listener = listeners.lookup(&place);

	if (queues->known == queues->done || !listener)
		return;
	queues->listener = *listener;
	queues->request = pointer_at(*listener + ACCEPT_HEAD);
	queues->done++;
}

/* accept() may take it away meanwhile, and its memory may then be another listener's. */
static inline void request_note(struct queues *queues)
{
	u64 listener = queues->listener, request = queues->request;
	u64 sk = pointer_at(request + REQUEST_SK);

	queues->request = 0;
	if (!request || pointer_at(request + REQUEST_LISTENER) != listener)
		return;
	queued.update(&sk, &listener);
	queues->request = pointer_at(request + REQUEST_NEXT);
}

static inline void queues_note(u64 sk, u8 state)
{
	u32 zero = 0;
	struct queues *all = queues.lookup(&zero);

	if (!all)
		return;
	if (state == TCP_LISTEN)
		listener_note(all, sk);
	if (!all->request)
		listener_take(all);
	request_note(all);
}

/* A session that nobody has accepted belongs to the owner of the socket that listens. */
static inline void queue_own(struct event *event)
{
	u64 sk = event->skaddr, *listener = queued.lookup(&sk);
	const struct sock_entry *entry = 0;

	if (listener && !pointer_at(sk + SK_SOCKET) &&
	    port_at(*listener + INET_SPORT) == event->lport)
		entry = sockets.lookup(listener);
	if (!entry)
		return;
	owner_of(entry, &event->owner);
	if (event->owner.from != OWNER_UNKNOWN)
		event->owner.from = OWNER_LISTENER;
}
#endif

int TCP_ITER(struct tcp_socket *args)
{
	const struct iterator *iterator = (void *)args->meta;
	u64 sk = args->sk;
	u32 zero = 0;
	struct event *event = described.lookup(&zero);
	u8 state;

	if (!sk || !event)
		return 0;
	state = sock_state(sk);
	/* These are not of struct sock. */
	if (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV)
		return 0;
#ifdef EVENT_OWNER
	queues_note(sk, state);
#endif
	if (sock_has_file(sk) || !sock_describe(0, sk, event))
		return 0;
#ifdef EVENT_OWNER
	queue_own(event);
#endif
	sock_show(iterator, event);
	return 0;
}
