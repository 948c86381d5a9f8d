/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * --by: ended sessions are counted by a key. GROUP_KEY has the members of the key, and
 * GROUP_KEY_FILL fills them in. The first session of a key adds a group; without room, or memory,
 * it is counted in the group of all others.
 */
#pragma once
#include "summary.h"
#include "summary_groups_wire.h"
#include "types.h"
#include "wire.h"

#ifdef GROUPS
struct group_key {
	GROUP_KEY
};

BPF_F_TABLE("percpu_hash", struct group_key, struct group, groups, MAX_GROUPS, BPF_F_NO_PREALLOC);
BPF_TABLE("percpu_array", u32, struct group, other_group, 1);
BPF_TABLE("array", u32, struct group, empty_group, 1);

static inline struct group *group_of(struct group_key *key)
{
	struct group *group = groups.lookup(key), *empty;
	u32 zero = 0;

	if (group)
		return group;
	empty = empty_group.lookup(&zero);
	if (empty)
		groups.insert(key, empty); /* or another CPU has */
	group = groups.lookup(key);
	return group ? group : other_group.lookup(&zero);
}

static inline void number_add(u64 *sum, u64 number)
{
	if (number != FIELD_UNKNOWN)
		__sync_fetch_and_add(sum, number);
}

static inline void group_time_add(struct group_time *time, u64 ns)
{
	if (ns == FIELD_UNKNOWN)
		return;
	__sync_fetch_and_add(&time->slots[summary_slot(ns)], 1);
	__sync_fetch_and_add(&time->sum_ns, ns);
}

static inline int was_established(const struct event *event)
{
	return event->oldstate != TCP_SYN_SENT && event->oldstate != TCP_SYN_RECV;
}

static inline void group_count(const struct event *event)
{
	const struct session *session = &event->session;
	u32 why = event->why, opened = session->opened;
	struct group_key filled = {}, *key = &filled;
	struct group *group;

	GROUP_KEY_FILL
	group = group_of(key);
	if (!group)
		return;
	if (why < WHYS)
		__sync_fetch_and_add(&group->whys[why], 1);
	if (opened < OPENS)
		__sync_fetch_and_add(&group->opened[opened], 1);
	if (was_established(event)) {
		group_time_add(&group->connect, session_connect_ns(session));
		group_time_add(&group->established, session->state_ns[SESSION_ESTABLISHED]);
	}
	number_add(&group->tx_bytes, event->tx_bytes);
	number_add(&group->rx_bytes, event->rx_bytes);
	number_add(&group->retrans, event->retrans);
}
#endif
