/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Why this host sends a reset: the names of the kernel's enum sk_rst_reason (Linux 6.10), whose
 * numbers differ from kernel to kernel.
 */
#ifndef RESET_REASONS_H
#define RESET_REASONS_H

#define RESET_REASONS(X)                                                                           \
	X(NO_SOCKET)                                                                               \
	X(TCP_INVALID_ACK_SEQUENCE)                                                                \
	X(TCP_RFC7323_PAWS)                                                                        \
	X(TCP_TOO_OLD_ACK)                                                                         \
	X(TCP_ACK_UNSENT_DATA)                                                                     \
	X(TCP_FLAGS)                                                                               \
	X(TCP_OLD_ACK)                                                                             \
	X(TCP_ABORT_ON_DATA)                                                                       \
	X(TCP_TIMEWAIT_SOCKET)                                                                     \
	X(INVALID_SYN)                                                                             \
	X(TCP_ABORT_ON_CLOSE)                                                                      \
	X(TCP_ABORT_ON_LINGER)                                                                     \
	X(TCP_ABORT_ON_MEMORY)                                                                     \
	X(TCP_STATE)                                                                               \
	X(TCP_KEEPALIVE_TIMEOUT)                                                                   \
	X(TCP_DISCONNECT_WITH_DATA)                                                                \
	X(MPTCP_RST_EUNSPEC)                                                                       \
	X(MPTCP_RST_EMPTCP)                                                                        \
	X(MPTCP_RST_ERESOURCE)                                                                     \
	X(MPTCP_RST_EPROHIBIT)                                                                     \
	X(MPTCP_RST_EWQ2BIG)                                                                       \
	X(MPTCP_RST_EBADPERF)                                                                      \
	X(MPTCP_RST_EMIDDLEBOX)                                                                    \
	X(ERROR)

#define RESET_REASON_NUMBER(name) RESET_##name,
enum reset_reason { RESET_NOT_KNOWN, RESET_REASONS(RESET_REASON_NUMBER) RESET_REASON_COUNT };

#endif
