/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields that are numbers in the kernel's socket. One row is all that such a field takes: from
 * it come the record's member, the offsets, the program's read, -o, every format, the journal's
 * name, the schema, the manual page and the completions.
 *
 *	X(name, title, width, otel, path, help)
 *
 * path is STRUCT.MEMBER in the kernel's BTF, where the struct is sock or one that begins with it; a
 * member that is a pointer can be followed, as in "sock_common.skc_net.net -> net.ns.inum"; a
 * number can be shifted, as in "tcp_sock.srtt_us >> 3", or be the difference of two sequence
 * numbers, with " - "; " or " comes before what a listener has instead; and "jiffies - " before a
 * time of the kernel's, to have the milliseconds since then. Members of 1, 2, 4 and 8 bytes can be
 * read.
 * Where this kernel has no such member, the field is unknown.
 */
#ifndef SOCKET_FIELDS_H
#define SOCKET_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/* clang-format off */
#define SOCKET_FIELDS(X)                                                                           \
	X(netns, "NETNS", 10, "tcpstates.netns", "sock_common.skc_net.net -> net.ns.inum",         \
	  "inode number of the network namespace")                                                 \
	X(uid, "UID", 5, "tcpstates.uid", "sock.sk_uid.val", "user who owns the socket")           \
	X(mark, "MARK", 5, "tcpstates.mark", "sock.sk_mark", "mark of its packets (SO_MARK)")      \
	X(iface, "IFACE", 5, "tcpstates.iface", "sock_common.skc_bound_dev_if",                    \
	  "index of the interface that the socket is bound to, 0 if none")                         \
	X(cookie, "COOKIE", 6, "tcpstates.cookie", "sock_common.skc_cookie.counter",               \
	  "socket cookie (SO_COOKIE), 0 if none is assigned yet")                       \
	X(tx_bytes, "TX-BYTES", 10, "tcpstates.tx_bytes", "tcp_sock.bytes_acked",                  \
	  "bytes that the peer has acknowledged; SYN and FIN are one each")                        \
	X(rx_bytes, "RX-BYTES", 10, "tcpstates.rx_bytes", "tcp_sock.bytes_received",               \
	  "bytes received; the FIN is one")                                                        \
	X(rtt_us, "RTT(us)", 7, "tcpstates.rtt_us", "tcp_sock.srtt_us >> 3",                       \
	  "smoothed round trip time in microseconds")                                              \
	X(retrans, "RETRANS", 7, "tcpstates.retrans", "tcp_sock.total_retrans",                    \
	  "retransmitted segments")                                                                   \
	X(cwnd, "CWND", 5, "tcpstates.cwnd", "tcp_sock.snd_cwnd", "congestion window in segments") \
	X(recv_q, "RECV-Q", 6, "tcpstates.recv_q",                                                 \
	  "tcp_sock.rcv_nxt - tcp_sock.copied_seq or sock.sk_ack_backlog",                         \
	  "bytes that no process has read; of a listener, sessions to accept")                     \
	X(send_q, "SEND-Q", 6, "tcpstates.send_q",                                                 \
	  "tcp_sock.write_seq - tcp_sock.snd_una or sock.sk_max_ack_backlog",                      \
	  "bytes that the peer has not acknowledged; of a listener, its backlog")                  \
	X(drops, "DROPS", 5, "tcpstates.drops", "sock.sk_drops.counter",                           \
	  "segments dropped; of a listener, also those that found its backlog full")               \
	X(tx_idle_ms, "TX-IDLE(ms)", 11, "tcpstates.tx_idle_ms", "jiffies - tcp_sock.lsndtime",    \
	  "milliseconds since data was last sent, or since the session was established")           \
	X(rx_idle_ms, "RX-IDLE(ms)", 11, "tcpstates.rx_idle_ms",                                   \
	  "jiffies - inet_connection_sock.icsk_ack.lrcvtime",                                      \
	  "milliseconds since data last came, or since the session was established")
/* clang-format on */

/* What the program reads in the same way for other fields: X(name, path, the fields). */
#define SOCKET_VALUES(X)                                                                           \
	/* kernfs_node.id is a union before Linux 5.5 */                                           \
	X(cgroup, "sock.sk_cgrp_data.cgroup -> cgroup.kn -> kernfs_node.id",                       \
	  "cgroup, unit, container, pod")

#define SOCKET_FIELD_NUMBER(name, ...) SOCKET_FIELD_##name,
enum { SOCKET_FIELDS(SOCKET_FIELD_NUMBER) SOCKET_FIELD_COUNT /* without the values */ };

struct btf_types;
struct text;

/* Whether some of the optional members (a bit for each) are read from the socket. */
bool socket_fields_are_wanted(unsigned int optionals);

/* Appends the macros EVENT_SOCKET_FIELDS and SOCKET_FIELDS_READ, which bpf_text/ uses. */
void socket_fields_render(unsigned int optionals, struct text *text);

/* The optional members in EVENT_SOCKET_FIELDS of a source, a bit for each. */
unsigned int socket_fields_find(const char *source);

/*
 * Appends the offsets and sizes that SOCKET_FIELDS_READ uses. A field that types do not have gets
 * size 0, and is appended to missing. types may be NULL; why is then the reason.
 */
void socket_fields_render_offsets(const struct btf_types *types, const char *why,
				  unsigned int optionals, struct text *text, struct text *missing);

#endif
