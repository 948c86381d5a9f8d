/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A hash map of BPF without preallocation that an object is going to have. The kernel sets up its
 * buckets one by one, so it is made before the object is there. hash_map_close() closes it.
 */
#ifndef HASH_MAP_H
#define HASH_MAP_H

#include <stddef.h>
#include <stdint.h>

struct diag;

struct hash_map {
	const char *name;
	size_t key_size, value_size; /* bytes */
	uint32_t entries;
	int fd; /* -1: there is none */
};

#define HASH_MAP_NONE ((struct hash_map){.fd = -1})

/*
 * Makes the struct hash_map that arg is; all but the descriptor is filled. Always 0: where it
 * cannot be made, the loading of the object tries it again, and tells.
 */
int hash_map_make(void *arg, struct diag *diag);
void hash_map_close(struct hash_map *map);

#endif
