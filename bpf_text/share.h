/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * No user gets more than 7/8 of the table, so that none can fill it for all others.
 *
 * The user is the socket's sk_uid; SK_UID is its offset in struct sock. If the kernel's BTF does
 * not have it, all sockets belong to one user. Users whose ids are equal modulo SHARES have one
 * share together: a count for each would need a table that can be full as well.
 */
#pragma once
#include "types.h"

#define SHARE_MAX (MAX_SOCKETS - MAX_SOCKETS / 8)
#define SHARES	  1024

BPF_TABLE("array", u32, u64, shares, SHARES); /* entries */

static inline u32 share_of(u64 sk)
{
	u32 user = 0;

#ifdef SK_UID
	bpf_probe_read_kernel(&user, sizeof(user), (void *)(sk + SK_UID));
#endif
	return user % SHARES;
}

/* Counts one more entry and returns 1, or returns 0 if the share is used up. */
static inline int share_take(u32 share)
{
	u64 *entries = shares.lookup(&share);

	if (!entries || *entries >= SHARE_MAX)
		return 0;
	__sync_fetch_and_add(entries, 1); /* all CPUs at once may exceed it by one each */
	return 1;
}

static inline void share_return(u32 share)
{
	u64 *entries = shares.lookup(&share);

	if (entries)
		__sync_fetch_and_add(entries, -1);
}
