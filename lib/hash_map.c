/* SPDX-License-Identifier: Apache-2.0 */
#include "hash_map.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * By bpf(2), for libbpf would load two programs before to know what this kernel has. One of them
 * tells whether RLIMIT_MEMLOCK is to be raised, as before Linux 5.11: there this may fail.
 */
int hash_map_make(void *arg, struct diag *diag)
{
	struct hash_map *map = arg;
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_HASH,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->entries,
		.map_flags = BPF_F_NO_PREALLOC,
	};

	(void)diag;
	strncpy(attr.map_name, map->name, sizeof(attr.map_name) - 1);
	map->fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof(attr));
	return 0;
}

void hash_map_close(struct hash_map *map)
{
	if (map->fd >= 0)
		close(map->fd);
	map->fd = -1;
}
