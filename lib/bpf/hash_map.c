/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/hash_map.h"

#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/kernel_release.h"

#define BATCH_MAX   1024 /* elements of one BPF_MAP_LOOKUP_BATCH */
#define BATCH_MIN   64
#define BATCH_BYTES 1048576 /* of their values */

uint32_t hash_map_flags(void)
{
	return kernel_before(6, 1) || kernel_is_realtime() ? 0 : BPF_F_NO_PREALLOC;
}

/*
 * By bpf(2): libbpf would first load two programs to find out what this kernel has. One of them
 * decides whether to raise RLIMIT_MEMLOCK, as before Linux 5.11: there this may fail.
 */
int hash_map_make(void *arg, struct diag *diag)
{
	struct hash_map *map = arg;
	union bpf_attr attr = {
		.map_type = BPF_MAP_TYPE_HASH,
		.key_size = map->key_size,
		.value_size = map->value_size,
		.max_entries = map->entries,
		.map_flags = hash_map_flags(),
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

typedef int value_fn(void *arg, const void *key, const void *value, size_t size);

/* The kernel returns whole buckets, and none has BATCH_MIN elements. -EINVAL: it has no batches. */
static int batches_read(int fd, uint32_t batch, char *keys, size_t key_size, char *values,
			size_t size, value_fn *on_value, void *arg)
{
	uint32_t where;
	union bpf_attr attr = {
		.batch.out_batch = (uintptr_t)&where,
		.batch.keys = (uintptr_t)keys,
		.batch.values = (uintptr_t)values,
		.batch.map_fd = fd,
	};

	for (;;) {
		int err;

		attr.batch.count = batch;
		err = syscall(SYS_bpf, BPF_MAP_LOOKUP_BATCH, &attr, sizeof(attr)) ? -errno : 0;
		if (err && err != -ENOENT)
			return err == -EINVAL && !attr.batch.in_batch ? -EOPNOTSUPP : err;
		for (uint32_t i = 0; on_value && i < attr.batch.count; i++) {
			int stop = on_value(arg, keys + i * key_size, values + i * size, size);

			if (stop)
				return stop;
		}
		if (err)
			return 0; /* -ENOENT: that was the last batch */
		attr.batch.in_batch = (uintptr_t)&where;
	}
}

int hash_map_walk(int fd, size_t key_size, size_t value_size, value_fn *on_value, void *arg)
{
	size_t fitting = BATCH_BYTES / value_size;
	uint32_t batch = fitting < BATCH_MAX ? fitting : BATCH_MAX;
	char *keys, *values;
	int err = -ENOMEM;

	if (batch < BATCH_MIN)
		batch = BATCH_MIN;
	keys = calloc(batch, key_size);
	values = calloc(batch, value_size);
	if (keys && values)
		err = batches_read(fd, batch, keys, key_size, values, value_size, on_value, arg);

	free(keys);
	free(values);
	return err;
}
