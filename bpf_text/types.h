/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The kernel's types, constants and helpers: from its headers, or declared here. */
#pragma once
#ifndef MAX_SOCKETS
#include "defaults.h"
#endif

#ifdef KERNEL_HEADERS
/* What libbcc's own prelude does not include. */
#include <linux/in.h>
#include <linux/socket.h>
#include <net/tcp_states.h>
#else
#include "prelude.h"
#endif

static inline u64 pointer_at(u64 from)
{
	u64 pointer = 0;

	bpf_probe_read_kernel(&pointer, sizeof(pointer), (void *)from);
	return pointer;
}
