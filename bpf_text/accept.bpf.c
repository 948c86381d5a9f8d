/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The process that accepts a session owns it: a program at the end of inet_csk_accept(), which
 * accept(2) takes the session from the queue with. It changes the table of the tracing program.
 *
 * ACCEPT_EXIT is kretfunc__inet_csk_accept__ID, where ID is the function's in the kernel's BTF, and
 * ACCEPT_RESULT the number of its arguments, after which the result comes. Where the kernel cannot
 * run that, it is kretprobe__inet_csk_accept, and ACCEPT_RESULT the place of the register.
 */
#include "owner.h"

int ACCEPT_EXIT(u64 *args)
{
	u64 sk = args[ACCEPT_RESULT];
	struct sock_entry *entry = sockets.lookup(&sk);
	struct owner owner;

	if (!entry || !task_is_process())
		return 0;
	owner_set(&owner, OWNER_ACCEPT, bpf_get_current_pid_tgid() >> 32, bpf_get_current_task());
	entry_own(entry, &owner);
	return 0;
}
