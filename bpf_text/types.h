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
