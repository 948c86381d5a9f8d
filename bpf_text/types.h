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

static inline u16 big_endian(const u8 *at)
{
	return at[0] << 8 | at[1];
}

static inline u16 port_at(u64 from)
{
	u8 port[2] = {};

	bpf_probe_read_kernel(port, sizeof(port), (void *)from);
	return big_endian(port);
}

static inline u64 pointer_at(u64 from)
{
	u64 pointer = 0;

	bpf_probe_read_kernel(&pointer, sizeof(pointer), (void *)from);
	return pointer;
}
