/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the BPF program counts in place of sending events, on each CPU, once for both sides: of each
 * state how long it was, and of the changes to CLOSE why sessions ended (bpf_text/why.h). Slot 0 is
 * for times below 2 us, slot n for those of 2^n us and more, the last one for all that are longer
 * still.
 */
#ifndef SUMMARY_WIRE_H
#define SUMMARY_WIRE_H

#define SUMMARY_STATES	 16
#define SUMMARY_SLOTS	 40
#define SUMMARY_PROGRAMS 5 /* as many programs as can be at work on a CPU at once */

struct summary_state {
	__u64 slots[SUMMARY_SLOTS]; /* changes out of the state, by the time in it */
	__u64 sum_ns; /* of those times */
	__u64 unknown; /* those after an unknown time */
	__u64 entered; /* changes into it of sockets whose leaving will be seen */
	__u64 left; /* such sockets that are no longer in it */
	__u64 max_ns[SUMMARY_PROGRAMS]; /* the longest time in it is the largest of them */
	__u64 users[SUMMARY_PROGRAMS]; /* programs that are about to write there, or do */
};

/* By which the ends are counted. */
enum why {
	WHY_UNKNOWN, /* it is not certain */
	WHY_FIN,
	WHY_RESET_BY_PEER,
	WHY_RESET_UNREAD, /* ours: closed with unread data */
	WHY_RESET_LINGER, /* ours: SO_LINGER with a time of 0 */
	WHY_RESET_BY_US, /* ours, for another reason */
	WHY_RESET, /* whose it was is not certain */
	WHY_REFUSED,
	WHY_REJECTED, /* by ICMP: there is no such service */
	WHY_UNREACHABLE, /* by ICMP: not to be reached */
	WHY_NO_PORT, /* no local port was free */
	WHY_GAVE_UP, /* closed while connecting, after waiting for an answer */
	WHY_ABORTED, /* closed while connecting, before that */
	WHY_TIMEOUT,
	WHY_KEEPALIVE, /* keepalive probes were not answered */
	WHY_USER_TIMEOUT, /* TCP_USER_TIMEOUT passed */
	WHY_KILLED, /* by ss -K and the like */
	WHY_LISTEN_END,
	WHYS,
};

#endif
