/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the BPF program counts with --by: ended sessions by a key, once for both sides. */
#ifndef SUMMARY_GROUPS_WIRE_H
#define SUMMARY_GROUPS_WIRE_H

#include "summary_wire.h"
#include "wire.h"

struct group_time {
	__u64 slots[SUMMARY_SLOTS]; /* sessions by the time, as in struct summary_state */
	__u64 sum_ns;
};

/* Of one CPU. Numbers that the kernel does not have are not added. */
struct group {
	__u64 whys[WHYS]; /* sessions by close reason */
	__u64 opened[OPENS]; /* sessions by enum opened */
	struct group_time connect, established; /* of sessions that were established */
	__u64 tx_bytes, rx_bytes, retrans;
};

#endif
