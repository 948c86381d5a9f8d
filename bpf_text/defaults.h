/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * A value for each macro that tools/program/program.c defines, so that an editor and `clang -target
 * bpf -fsyntax-only` take each program as it is. No text that is compiled to be run has these: the
 * offsets are no kernel's.
 */
#pragma once
#define MAX_SOCKETS 65536

#define EVENT_AGE
#define EVENT_OWNER
#define OWNER_PID_NS
#define OWNER_EXE
#define EVENT_CLOSE
#define EVENT_SESSION
#define EVENT_SOCKET_FIELDS __u64 uid EVENT_OPTIONAL;
#define SOCKET_FIELDS_READ  event->uid = field_read(sk, 528, 4);

#define FILTERS
#define FILTER_TREES
#define FILTER_CGROUPS
#define FILTER_FAMILY(family)	 ((family) == AF_INET)
#define FILTER_NETNS(inum)	 ((inum) == 4026531833U)
#define FILTER_LPORT(port)	 ((port) == 80)
#define FILTER_DPORT(port)	 1
#define FILTER_EITHER_PORT(port) 1
#define FILTER_BOTH_PORTS(port)	 1
#define FILTER_LADDR(end)	 ((end).high == 0)
#define FILTER_RADDR(end)	 1
#define FILTER_OLD_STATE(state)	 (0x2U >> (state)&1)
#define FILTER_NEW_STATE(state)	 1
#define FILTER_STATES(old, new)	 1
#define FILTER_SPAN(ns)		 ((ns) != SPAN_UNKNOWN)
#define FILTER_FILLED
#define FILTER_NEWSTATE
#define FILTER_VALUES                                                                              \
	const u64 tree_marks = tree_marks_of(event->owner.pid);                                    \
	const s64 lport = event->lport;                                                            \
	const s64 newstate = to;                                                                   \
	const s64 uid = event->uid;                                                                \
	const struct end raddr = end_of(event->raddr, event->family);                              \
	const char *const comm = event->comm;                                                      \
	const s64 first = (s64)first_of(event->why, event->oldstate, event->newstate) ?: -1;
#define FILTER_EXPRESSION                                                                          \
	(lport == 80 && newstate && uid >= 0 && raddr.high == 0 && !(comm[0] ^ 'n') &&             \
	 first < 0 && (tree_marks >> 3 & 1))

#define SKC_FAMILY	  16
#define SKC_DPORT	  12
#define SKC_DADDR	  0
#define INET_SPORT	  814
#define INET_SADDR	  808
#define SK_PROTOCOL	  532
#define SK_PROTOCOL_SIZE  2
#define SKC_V6_RCV_SADDR  72
#define SKC_V6_DADDR	  56
#define SKC_NET		  48
#define NET_INUM	  176
#define SK_IS_MPTCP	  1490
#define SK_UID		  528
#define SK_LOCK_OWNED	  156
#define OWNER_SK_ERR	  544
#define SKC_BIND_NODE	  32
#define TASK_FLAGS	  44
#define TASK_GROUP_LEADER 1100
#define TASK_COMM	  2000
#define SK_ERR		  344
#define SK_ERR_SOFT	  348
#define SK_LINGERTIME	  400
#define USER_TIMEOUT	  1300
#define TOTAL_RETRANS	  1700
#define COPIED_SEQ	  1480
#define RCV_NXT		  1484
#define SKC_FLAGS	  96
#define SND_UNA		  1472
#define WRITE_SEQ	  1596
#define SK_SHUTDOWN	  563

#define ECONNRESET   104
#define EPIPE	     32
#define ECONNREFUSED 111
#define ETIMEDOUT    110
#define EHOSTUNREACH 113
#define ENETUNREACH  101
#define ECONNABORTED 103
#define EHOSTDOWN    112
#define ENONET	     64
#define EACCES	     13
#define ENOPROTOOPT  92
#define EOPNOTSUPP   95
#define EPROTO	     71

#define TASK_SIGNAL 2200
#define SIGNAL_TGID 400
#define PID_LEVEL   4
#define PID_NUMBERS 96
#define TASK_MM	    1200
#define MM_EXE_FILE 900
#define FILE_DENTRY 72
#define DENTRY_NAME 40

/* found.h, scan.bpf.c, tcp.bpf.c */
#define TCP_ITER	 iter__tcp__1
#define SK_SOCKET	 624
#define SOCKET_FILE	 16
#define ACCEPT_HEAD	 1000
#define REQUEST_NEXT	 136
#define REQUEST_SK	 152
#define REQUEST_LISTENER 96
#define SCAN_ITER	 iter__task_file__1
#define FILE_INODE	 32
#define FILE_DATA	 200
#define INODE_MODE	 0
#define SOCKET_SK	 24
#define SKC_STATE	 18
#define TASK_TGID	 1000

#define MPTCP_CONN_LIST 1488
#define SUBFLOW_NODE	0
#define SUBFLOW_SOCK	336

/* accept.bpf.c */
#define ACCEPT_EXIT   kretfunc__inet_csk_accept__1
#define ACCEPT_RESULT 2

/* trees.bpf.c */
#define TASK_PID 1004

/* cgroups.bpf.c */
#define CGROUP_KN 248
#define KERNFS_ID 96

/* reset.bpf.c */
#define RESET_REASON_OF(number) ((number) == 11 ? 1U : 0)

/* tracepoint.bpf.c */
#define ARGS_PROTOCOL u16
