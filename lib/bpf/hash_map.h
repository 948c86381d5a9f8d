/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF hash maps. One can be created before the object that will have it, since the kernel sets up
 * its buckets one by one. hash_map_close() closes it.
 */
#ifndef HASH_MAP_H
#define HASH_MAP_H

#include <stddef.h>
#include <stdint.h>

struct diag;

/*
 * The flags of every hash map here: BPF_F_NO_PREALLOC where a tracing program may add elements that
 * are allocated on demand, else 0. From Linux 5.7 to 6.0 the kernel warns of such a map, which
 * taints it and ends a host with panic_on_warn, or refuses it under PREEMPT_RT. An older kernel is
 * treated alike, for its distribution may have taken that check. Under PREEMPT_RT later kernels
 * refill their cache of free elements in a thread, which a real-time task can keep from running.
 */
uint32_t hash_map_flags(void);

struct hash_map {
	const char *name;
	size_t key_size, value_size; /* bytes */
	uint32_t entries;
	int fd; /* -1: there is none */
};

#define HASH_MAP_NONE ((struct hash_map){.fd = -1})

/*
 * Creates the struct hash_map that arg points to, in which all but the descriptor is set. Always 0:
 * on failure, loading the object tries again and reports the error.
 */
int hash_map_make(void *arg, struct diag *diag);
void hash_map_close(struct hash_map *map);

/*
 * Calls on_value, which may be NULL, for each element of a map, with the value's size, as long as
 * it returns 0; elements added or deleted meanwhile may be included or not. -errno, or what
 * on_value returned; -EOPNOTSUPP without BPF_MAP_LOOKUP_BATCH (Linux 5.6).
 */
int hash_map_walk(int fd, size_t key_size, size_t value_size,
		  int (*on_value)(void *arg, const void *key, const void *value, size_t size),
		  void *arg);

#endif
