/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What a full table refuses goes into a smaller table, the reserve, of which each user has a share:
 * whoever fills the table cannot fill the reserve as well, and the sockets of others are kept
 * there. Nothing is looked for in a reserve that is empty.
 *
 * The user is the socket's sk_uid: SOCK_USER is its place in struct sock, in bytes. Where the
 * kernel's BTF does not have it, all sockets are of one user.
 */
#define RESERVE (MAX_SOCKETS / 8 > 64 ? MAX_SOCKETS / 8 : 64)
#define SHARE	(RESERVE / 8)

enum reserve {
	RESERVE_SOCKETS,
	RESERVE_LISTENERS,
	RESERVES,
};

/* A count stays when it is 0: if it was deleted, what another CPU adds at that moment was lost. */
BPF_F_TABLE("hash", u64, u64, shares, RESERVE, BPF_F_NO_PREALLOC); /* by share_key() */
BPF_TABLE("array", u32, u64, reserved, RESERVES); /* entries of all users */

static inline u32 sock_user(u64 sk)
{
	u32 user = 0;

#ifdef SOCK_USER
	bpf_probe_read_kernel(&user, sizeof(user), (void *)(sk + SOCK_USER));
#endif
	return user;
}

static inline u64 share_key(u32 reserve, u32 user)
{
	return (u64)reserve << 32 | user;
}

static inline int reserve_is_empty(u32 reserve)
{
	u64 *count = reserved.lookup(&reserve);

	return !count || !*count;
}

static inline void reserve_count(u32 reserve, u64 *share, s64 n)
{
	u64 *count = reserved.lookup(&reserve);

	if (!count || !share)
		return;
	__sync_fetch_and_add(count, n);
	__sync_fetch_and_add(share, n);
}

/*
 * Before an entry is added, so that it will be looked for. Returns the user's share, or NULL: that
 * is used up, or more users have come than are counted. CPUs that ask at once may all be given one.
 */
static inline u64 *reserve_take(u32 reserve, u32 user)
{
	u64 key = share_key(reserve, user), none = 0;
	u64 *share = shares.lookup(&key);

	if (!share) {
		shares.insert(&key, &none);
		share = shares.lookup(&key);
	}
	if (!share || *share >= SHARE)
		return 0;
	reserve_count(reserve, share, 1);
	return share;
}

/* After an entry is deleted. */
static inline void reserve_give(u32 reserve, u32 user)
{
	u64 key = share_key(reserve, user);

	reserve_count(reserve, shares.lookup(&key), -1);
}
