/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perf buffers, one per CPU, that a BPF program's perf_event_output writes to (perf_event_open(2),
 * "MMAP layout"). ring_set_free() closes them.
 */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct ring_set;

/* One record's data: valid during the call only, and aligned to 4 bytes at best. */
typedef void ring_record_fn(void *arg, int cpu, const void *data, size_t size);

enum ring_wake {
	RING_WAKE_RECORD, /* the reader is woken by each record */
	RING_WAKE_QUARTER, /* when a quarter of a buffer is full; more often is for the reader's own
			      timer */
};

/*
 * Prepares a buffer of size bytes of data (a power of 2), or of one page if that is more, for each
 * CPU below cpus. None is open yet. NULL: no memory.
 */
struct ring_set *ring_set_new(int cpus, size_t size, enum ring_wake wake);

/* Opens the buffers of CPUs that are online. -errno with diag filled. */
int ring_set_open(struct ring_set *set, struct diag *diag);
void ring_set_free(struct ring_set *set);

/* Returns the memory of the open buffers in bytes. */
size_t ring_set_memory(const struct ring_set *set);

size_t ring_set_count(const struct ring_set *set); /* a set of NULL has none, here and below */
int ring_set_cpu(const struct ring_set *set, size_t index);
int ring_set_fd(const struct ring_set *set, size_t index); /* to poll; owned by the set */

/*
 * Calls fn for each record present at the call: each buffer's head is read once, so a busy CPU
 * cannot hold up the others. Returns the number of records, or -EPROTO for a broken buffer.
 */
int64_t ring_set_drain(struct ring_set *set, ring_record_fn *fn, void *arg);

/* Whether a buffer has undrained data. Looks at no record. */
bool ring_set_has_records(const struct ring_set *set);

/*
 * Returns how many records the kernel has dropped, as far as the drained data says so: the kernel
 * notes a loss with the next record that finds room. Before Linux 5.1 the program does not learn of
 * it.
 */
uint64_t ring_set_lost(const struct ring_set *set);

#endif
