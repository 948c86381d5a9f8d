/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace takes from the kernel that does not depend on its program: the table of sockets and
 * the perf buffers. A thread makes them while the object is looked for and its programs are loaded.
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

/* Begins to make the table for the spec's program, and buffers of so many pages (buffers.h). */
void prealloc_begin(struct prealloc *prealloc, const struct program_spec *spec, unsigned int pages);

/* Waits for the table, or makes it. It has no descriptor if the kernel refused it. */
struct hash_map *prealloc_table(struct prealloc *prealloc);

/* Waits until the buffers are open, or opens them. -errno with diag filled. */
int prealloc_buffers(struct prealloc *prealloc, struct diag *diag);

/*
 * The buffers are to be made anew, and nothing that is in them is read: prealloc_buffers() opens
 * others then.
 */
void prealloc_renew(struct prealloc *prealloc);

/* Waits for the thread's end. */
void prealloc_end(struct prealloc *prealloc);

/* Closes all. */
void prealloc_free(struct prealloc *prealloc);

#define _cleanup_ahead_ __attribute__((cleanup(prealloc_free)))

#endif
