/* SPDX-License-Identifier: Apache-2.0 */
/* The elements of a loaded object's maps. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <sys/mman.h>

#include "bpf/hash_map.h"
#include "bpf/loader_internal.h"

int loader_map(const struct loader *loader, const char *name)
{
	return bpf_object__find_map_fd_by_name(loader->object, name);
}

int loader_map_set(const struct loader *loader, const char *name, uint32_t key, uint32_t value)
{
	int fd = loader_map(loader, name);

	return fd < 0 ? fd : bpf_map_update_elem(fd, &key, &value, BPF_ANY);
}

int loader_map_get(const struct loader *loader, const char *name, const void *key, void *value)
{
	int fd = loader_map(loader, name);

	return fd < 0 ? fd : bpf_map_lookup_elem(fd, key, value);
}

int loader_map_put(const struct loader *loader, const char *name, const void *key,
		   const void *value)
{
	int fd = loader_map(loader, name);

	return fd < 0 ? fd : bpf_map_update_elem(fd, key, value, BPF_ANY);
}

int loader_map_delete(const struct loader *loader, const char *name, const void *key)
{
	int fd = loader_map(loader, name);

	return fd < 0 ? fd : bpf_map_delete_elem(fd, key);
}

int loader_map_view(const struct loader *loader, const char *name, size_t size, const void **view)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(loader->object, name);
	void *at;

	if (!map || !(bpf_map__map_flags(map) & BPF_F_MMAPABLE))
		return -ENOENT;
	if (bpf_map__value_size(map) != size || size % 8)
		return -EINVAL;
	at = mmap(NULL, loader->cpus * size, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);
	if (at == MAP_FAILED)
		return -errno;
	*view = at;
	return 0;
}

int loader_values(const struct loader *loader, const char *name, uint32_t key, void *values,
		  size_t size)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(loader->object, name);

	if (!map)
		return -ENOENT;
	/* The kernel writes as much as the map's values are wide, rounded up to 8. */
	if (bpf_map__type(map) != BPF_MAP_TYPE_PERCPU_ARRAY || bpf_map__value_size(map) != size ||
	    size % 8)
		return -EINVAL;
	return bpf_map_lookup_elem(bpf_map__fd(map), &key, values);
}

int loader_each(const struct loader *loader, const char *name,
		int (*on_value)(void *arg, const void *key, const void *value, size_t size),
		void *arg)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(loader->object, name);

	size_t size;

	if (!map)
		return -ENOENT;
	size = bpf_map__value_size(map);
	if (bpf_map__type(map) == BPF_MAP_TYPE_PERCPU_HASH)
		size = size % 8 ? 0 : size * loader->cpus;
	if (!size)
		return -EINVAL;
	return hash_map_walk(bpf_map__fd(map), bpf_map__key_size(map), size, on_value, arg);
}

int loader_counters(const struct loader *loader, const char *name, uint64_t *sums, size_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		int err = loader_values(loader, name, i, loader->values, sizeof(*loader->values));

		if (err)
			return err;
		sums[i] = 0;
		for (int cpu = 0; cpu < loader->cpus; cpu++)
			sums[i] += loader->values[cpu];
	}
	return 0;
}
