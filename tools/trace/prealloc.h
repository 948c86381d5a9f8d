/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trace takes from the kernel that does not depend on its program: the table of sockets and
 * the perf buffers. A thread makes them while the object is looked for and its programs are loaded.
 */
#ifndef AHEAD_H
#define AHEAD_H

#include "bpf/hash_map.h"
#include "system/background.h"
#include "trace/buffers.h"

struct diag;
struct program_spec;

struct ahead { /* is not to be copied once it has begun */
	struct hash_map table;
	struct buffers buffers;
	struct beside_call calls[2];
	struct beside beside;
};

#define AHEAD_NONE ((struct ahead){.table = HASH_MAP_NONE})

/* Begins to make the table for the spec's program, and buffers of so many pages (buffers.h). */
void ahead_begin(struct ahead *ahead, const struct program_spec *spec, unsigned int pages);

/* Waits for the table, or makes it. It has no descriptor if the kernel refused it. */
struct hash_map *ahead_table(struct ahead *ahead);

/* Waits until the buffers are open, or opens them. -errno with diag filled. */
int ahead_buffers(struct ahead *ahead, struct diag *diag);

/*
 * The buffers are to be made anew, and nothing that is in them is read: ahead_buffers() opens
 * others then.
 */
void ahead_again(struct ahead *ahead);

/* Waits for the thread's end. */
void ahead_end(struct ahead *ahead);

/* Closes all. */
void ahead_free(struct ahead *ahead);

#define _cleanup_ahead_ __attribute__((cleanup(ahead_free)))

#endif
