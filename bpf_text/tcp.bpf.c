/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The sockets that no file refers to: closed ones that still have something to send or to wait for,
 * and those that nobody has accepted yet. An iterator over the TCP sockets of a network namespace
 * (bpf_iter_tcp, Linux 5.9).
 *
 * SK_SOCKET and SOCKET_FILE are offsets of members in bytes. TCP_ITER is iter__tcp__ID, where ID is
 * the iterator's id in the kernel's BTF.
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

int TCP_ITER(struct tcp_socket *args)
{
	u64 sk = args->sk, *meta = (u64 *)args->meta;
	struct event event;
	u8 state;

	if (!sk)
		return 0;
	state = sock_state(sk);
	/* These are not of struct sock. */
	if (state == TCP_TIME_WAIT || state == TCP_NEW_SYN_RECV || sock_has_file(sk))
		return 0;
	sock_found(meta[0], 0, sk, &event);
	return 0;
}
