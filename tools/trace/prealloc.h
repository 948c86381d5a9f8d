/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel objects of a trace that do not depend on its program: the map of sockets and the perf
 * buffers. A thread creates them while the object is found and its programs are loaded. That saves
 * 0.7 ms of a cached start's 6.6 on Debian 12, 2 % on Debian 13, and nothing of a first start
 * (docs/performance.md).
 */
#ifndef PREALLOC_H
#define PREALLOC_H

#include "bpf/hash_map.h"
#include "system/background.h"
#include "trace/buffers.h"

struct diag;
struct program_spec;

struct prealloc { /* is not to be copied once it has begun */
	struct hash_map table;
	struct buffers buffers;
	struct background_call calls[2];
	struct background background;
};

#define PREALLOC_NONE ((struct prealloc){.table = HASH_MAP_NONE})

/* Starts creating the map of the program, and perf buffers of this many pages (buffers.h). */
void prealloc_begin(struct prealloc *prealloc, const struct program_spec *spec, unsigned int pages);

/* Waits for the map, or creates it. It has no descriptor if the kernel refused it. */
struct hash_map *prealloc_table(struct prealloc *prealloc);

/* Waits until the buffers are open, or opens them. -errno with diag filled. */
int prealloc_buffers(struct prealloc *prealloc, struct diag *diag);

/* Drops the buffers with what is in them; prealloc_buffers() then opens new ones. */
void prealloc_renew(struct prealloc *prealloc);

/* Waits for the thread's end. */
void prealloc_end(struct prealloc *prealloc);

/* Closes all. */
void prealloc_free(struct prealloc *prealloc);

#endif
