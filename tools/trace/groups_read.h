/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what the program counts for --by, and which of the sessions are open. */
#ifndef GROUPS_READ_H
#define GROUPS_READ_H

#include <stdint.h>

struct diag;
struct groups;
struct line_format;
struct loader;
struct sockets;
struct trace_config;

/*
 * Adds everything up to now to groups, which is zeroed; it must be freed in any case. -errno with
 * diag filled.
 */
int groups_read(struct groups *groups, const struct trace_config *config,
		const struct loader *loader, struct sockets *sockets, struct line_format *format,
		struct diag *diag);

#endif
