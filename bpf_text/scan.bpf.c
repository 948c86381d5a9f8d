/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A scan of the open sockets: an iterator over the files of all tasks (bpf_iter_task_file,
 * Linux 5.8). A socket is found once for each descriptor of it.
 *
 * FILE_INODE, FILE_DATA, INODE_MODE and SOCKET_SK are offsets of members in bytes. SCAN_ITER is
 * iter__task_file__ID, where ID is the iterator's id in the kernel's BTF.
 */
#include "found.h"

struct task_file {
	u64 meta;
	u64 task;
	u32 fd;
	u64 file;
};

/* So that read(2) returns now and then, however few files are sockets that match. */
#define FILES_PER_TICK 256

#define MODE_TYPE   0170000 /* S_IFMT and S_IFSOCK, which the kernel's headers may define */
#define MODE_SOCKET 0140000

/*
 * Returns the file's socket, or 0. bpf_sock_from_file() would do, but comes with Linux 5.11. A
 * socket can only be opened by a path with O_PATH, and then the file has no private data.
 */
static inline u64 file_sock(u64 file)
{
	u64 inode = 0, socket = 0, sk = 0;
	u16 mode = 0;

	if (!file)
		return 0;
	bpf_probe_read_kernel(&inode, sizeof(inode), (void *)(file + FILE_INODE));
	bpf_probe_read_kernel(&mode, sizeof(mode), (void *)(inode + INODE_MODE));
	if ((mode & MODE_TYPE) != MODE_SOCKET)
		return 0;
	bpf_probe_read_kernel(&socket, sizeof(socket), (void *)(file + FILE_DATA));
	if (socket)
		bpf_probe_read_kernel(&sk, sizeof(sk), (void *)(socket + SOCKET_SK));
	return sk;
}

#if defined(MPTCP_CONN_LIST) && defined(SUBFLOW_NODE) && defined(SUBFLOW_SOCK)
#define MPTCP	     262 /* IPPROTO_MPTCP, include/uapi/linux/in.h */
#define SUBFLOWS_MAX 4 /* the kernel makes 3 by default; the verifier follows each of them */

/* The TCP sockets of an MPTCP socket, which is what the file has. The list may change meanwhile. */
static inline void subflows_found(const struct iterator *iterator, u64 task, u64 msk,
				  struct event *event)
{
	u64 head = msk + MPTCP_CONN_LIST, node = head;

	for (int i = 0; i < SUBFLOWS_MAX; i++) {
		u64 sk = 0;

		if (bpf_probe_read_kernel(&node, sizeof(node), (void *)node) || node == head)
			return;
		bpf_probe_read_kernel(&sk, sizeof(sk),
				      (void *)(node - SUBFLOW_NODE + SUBFLOW_SOCK));
		if (sk && sock_is_tcp(sk))
			sock_found(iterator, task, sk, event);
	}
}
#endif

int SCAN_ITER(struct task_file *args)
{
	const struct iterator *iterator = (void *)args->meta;
	u64 task = args->task, sk = file_sock(args->file);
	u32 protocol, zero = 0;
	struct event *event = described.lookup(&zero);

	if (!event)
		return 0;
	event->newstate = STATE_TICK;
	if (!(iterator->number % FILES_PER_TICK))
		bpf_seq_write(iterator->seq, event, EVENT_SIZE);
	if (!task || !sk)
		return 0;
	protocol = sock_protocol(sk);
	if (protocol == IPPROTO_TCP)
		sock_found(iterator, task, sk, event);
#ifdef MPTCP
	else if (protocol == MPTCP)
		subflows_found(iterator, task, sk, event);
#endif
	return 0;
}
