/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/hash_map.h"
#include "bpf/iterator.h"
#include "bpf/verifier_log.h"
#include "system/host.h"

#define VERIFIER_LOG_SIZE 65536
#define KERNEL_ENOTSUPP	  524 /* include/linux/errno.h */
#define TAILS		  "tails"

struct loader {
	struct bpf_object *object;
	struct bpf_program **programs; /* the ones to attach, in the object's order */
	struct bpf_link **links; /* one each, NULL until it is attached */
	size_t count;
	int cpus; /* possible ones: the width of a per-CPU value */
	uint64_t *values; /* room for one per-CPU value */
};

/* What libbpf has to say is kept in the verifier's log or in an errno; it must not print. */
static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

/* Before anything of libbpf's runs: lib/ prints nothing. */
__attribute__((constructor)) static void libbpf_silence(void)
{
	libbpf_set_print(print_nothing);
}

/* libbpf has errors of its own beyond errno's. */
static int explain(int err, const char *what, struct diag *diag)
{
	char why[128];

	if (-err < __LIBBPF_ERRNO__START)
		return host_explain(err, what, diag);
	libbpf_strerror(err, why, sizeof(why));
	return diag_set(diag, -EPROTO, "%s: %s", what, why);
}

/*
 * The last first: to take the first of two programs off a tracepoint makes the kernel wait for RCU,
 * 15 ms instead of 0.2 (Linux 6.18, kernel/tracepoint.c, tracepoint_remove_func()).
 */
void loader_detach(struct loader *loader)
{
	for (size_t i = loader->count; i--;) {
		bpf_link__destroy(loader->links[i]);
		loader->links[i] = NULL;
	}
}

void loader_free(struct loader *loader)
{
	if (!loader)
		return;
	loader_detach(loader);
	bpf_object__close(loader->object);
	free(loader->programs);
	free(loader->links);
	free(loader->values);
	free(loader);
}

/* A program whose section names no event is there for others to end in. */
static bool is_tail(const struct bpf_program *program)
{
	return !strchr(bpf_program__section_name(program), '/');
}

static int programs_list(struct loader *loader, struct diag *diag)
{
	struct bpf_program *program;
	size_t room = 0;

	bpf_object__for_each_program(program, loader->object) room++;
	if (!room)
		return diag_set(diag, -EINVAL, "the compiled object holds no program");
	loader->programs = calloc(room, sizeof(struct bpf_program *));
	loader->links = calloc(room, sizeof(struct bpf_link *));
	if (!loader->programs || !loader->links)
		return diag_errno(diag, -ENOMEM, "loading the program");
	bpf_object__for_each_program(program, loader->object) if (!is_tail(program))
		loader->programs[loader->count++] = program;
	return 0;
}

int loader_cpus(struct diag *diag)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus < 0 ? diag_errno(diag, cpus, "/sys/devices/system/cpu/possible") : cpus;
}

/*
 * libbpf finds out itself where a tracing program attaches, and parses all of the kernel's BTF for
 * that, 14 ms. So it is not told that this is one until the object is being loaded.
 */
static int iterator_prepare(struct bpf_program *program, struct bpf_prog_load_opts *opts,
			    long cookie)
{
	const char *id = strrchr(bpf_program__section_name(program), '/') + 1;

	(void)cookie;
	opts->expected_attach_type = BPF_TRACE_ITER;
	opts->attach_btf_id = strtoul(id, NULL, 10);
	return bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
}

static int iterators_handle(struct diag *diag)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = iterator_prepare);
	static int handler = -1;

	if (handler < 0)
		handler = libbpf_register_prog_handler("iter/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0,
						       &opts);
	return handler < 0 ? diag_errno(diag, handler, "loading the program") : 0;
}

static int object_open(struct loader *loader, const void *object, size_t size, struct diag *diag)
{
	int err;

	loader->cpus = loader_cpus(diag);
	if (loader->cpus < 0)
		return loader->cpus;
	loader->values = calloc(loader->cpus, sizeof(*loader->values));
	if (!loader->values)
		return diag_errno(diag, -ENOMEM, "loading the program");
	err = iterators_handle(diag);
	if (err)
		return err;
	loader->object = bpf_object__open_mem(object, size, NULL);
	err = libbpf_get_error(loader->object);
	if (err) {
		loader->object = NULL;
		return explain(err, "the compiled object cannot be read", diag);
	}
	return programs_list(loader, diag);
}

/* All programs share the log; the last one that was begun is the one that was refused. */
static void log_set(struct loader *loader, char *log)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, loader->object)
		bpf_program__set_log_buf(program, log, log ? VERIFIER_LOG_SIZE : 0);
}

/*
 * An mmapable array has one element for each CPU. Before Linux 5.5 there is none: then it is a
 * plain one, which loader_map_view() says. libbpf meets and reports other errors.
 */
static int map_make_mmapable(const struct loader *loader, struct bpf_map *map)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = bpf_map__map_flags(map));
	int err, fd;

	bpf_map__set_max_entries(map, loader->cpus);
	fd = bpf_map_create(bpf_map__type(map), bpf_map__name(map), bpf_map__key_size(map),
			    bpf_map__value_size(map), loader->cpus, &opts);
	if (fd == -EINVAL)
		return bpf_map__set_map_flags(map, opts.map_flags & ~BPF_F_MMAPABLE);
	if (fd < 0)
		return 0;
	err = bpf_map__reuse_fd(map, fd);
	close(fd);
	return err;
}

/* The source always asks for no preallocation. */
static int map_set_allocation(struct bpf_map *map)
{
	uint32_t flags = bpf_map__map_flags(map);

	return bpf_map__set_map_flags(map, (flags & ~BPF_F_NO_PREALLOC) | hash_map_flags());
}

static int maps_prepare(struct loader *loader, struct diag *diag)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, loader->object)
	{
		uint32_t flags = bpf_map__map_flags(map);
		int err = 0;

		if (flags & BPF_F_MMAPABLE)
			err = map_make_mmapable(loader, map);
		else if (flags & BPF_F_NO_PREALLOC)
			err = map_set_allocation(map);
		if (err)
			return diag_errno(diag, err, "making the map %s", bpf_map__name(map));
	}
	return 0;
}

int loader_share(struct loader *loader, const struct loader *other, struct diag *diag)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, loader->object)
	{
		int fd = loader_map(other, bpf_map__name(map));
		int err = fd < 0 ? 0 : bpf_map__reuse_fd(map, fd);

		if (err)
			return diag_errno(diag, err, "sharing the map %s", bpf_map__name(map));
	}
	return 0;
}

int loader_open(struct loader **loader, const void *object, size_t size, struct diag *diag)
{
	struct loader *new = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return diag_errno(diag, -ENOMEM, "loading the program");
	err = object_open(new, object, size, diag);
	if (!err)
		err = maps_prepare(new, diag);
	if (err) {
		loader_free(new);
		return err;
	}
	*loader = new;
	return 0;
}

int loader_adopt(struct loader *loader, struct hash_map *hash, struct diag *diag)
{
	struct bpf_map *map = bpf_object__find_map_by_name(loader->object, hash->name);
	int err;

	if (hash->fd < 0 || !map || bpf_map__type(map) != BPF_MAP_TYPE_HASH ||
	    bpf_map__key_size(map) != hash->key_size ||
	    bpf_map__value_size(map) != hash->value_size ||
	    bpf_map__max_entries(map) != hash->entries ||
	    bpf_map__map_flags(map) != hash_map_flags())
		return 0;
	err = bpf_map__reuse_fd(map, hash->fd);
	hash_map_close(hash);
	return err ? diag_errno(diag, err, "sharing the map %s", hash->name) : 0;
}

int loader_load(struct loader *loader, struct diag *diag)
{
	static char log[VERIFIER_LOG_SIZE]; /* no memory until the verifier writes to it */
	int err;

	log[0] = '\0';
	log_set(loader, log);
	err = bpf_object__load(loader->object);
	if (err && !verifier_log_explain(err, log, diag))
		err = explain(err, "loading the program", diag);
	log_set(loader, NULL); /* the programs keep the address */
	return err;
}

static int tails_set(const struct loader *loader, struct diag *diag)
{
	struct bpf_program *program;
	uint32_t index = 0;

	bpf_object__for_each_program(program, loader->object)
	{
		int err = is_tail(program)
				  ? loader_map_set(loader, TAILS, index++, bpf_program__fd(program))
				  : 0;

		if (err)
			return diag_errno(diag, err, "%s: into the map " TAILS,
					  bpf_program__name(program));
	}
	return 0;
}

static int link_keep(struct loader *loader, size_t index, struct bpf_link *link, struct diag *diag)
{
	int err = libbpf_get_error(link);

	if (err)
		return explain(err, bpf_program__section_name(loader->programs[index]), diag);
	loader->links[index] = link;
	return 0;
}

static int event_attach(struct loader *loader, size_t index, loader_event *event, const void *arg,
			struct diag *diag)
{
	struct bpf_program *program = loader->programs[index];
	int fd = event(arg, bpf_program__section_name(program), diag), err;

	if (fd < 0)
		return fd;
	err = link_keep(loader, index, bpf_program__attach_perf_event(program, fd), diag);
	if (err)
		close(fd);
	return err;
}

int loader_attach(struct loader *loader, loader_event *event, const void *arg, struct diag *diag)
{
	int err = 0;

	for (size_t i = 0; !err && i < loader->count; i++)
		err = event ? event_attach(loader, i, event, arg, diag)
			    : link_keep(loader, i, bpf_program__attach(loader->programs[i]), diag);
	return err ? err : tails_set(loader, diag);
}

int loader_run(const struct loader *loader, const void *context, size_t size)
{
	for (size_t i = 0; i < loader->count; i++) {
		LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = context, .ctx_size_in = size);
		int err = bpf_prog_test_run_opts(bpf_program__fd(loader->programs[i]), &opts);

		if (err)
			return err == -KERNEL_ENOTSUPP ? -EOPNOTSUPP : err;
	}
	return 0;
}

static int fd_keep(int fd, const char *what, struct diag *diag)
{
	int kept;

	if (fd < 0)
		return diag_errno(diag, fd, "keeping %s", what);
	kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return kept < 0 ? diag_errno(diag, -errno, "keeping %s", what) : kept;
}

int loader_iterator(struct loader *loader, struct diag *diag)
{
	struct bpf_link *link = bpf_program__attach_iter(loader->programs[0], NULL);
	int err = link_keep(loader, 0, link, diag);

	return err ? err : fd_keep(bpf_link__fd(link), "the iterator", diag);
}

bool loader_may_iterate(int iterator)
{
	int fd = bpf_iter_create(iterator);

	if (fd >= 0)
		close(fd);
	return fd != -EPERM;
}

int loader_iterate(int iterator, size_t size, int (*on_record)(void *arg, const void *record),
		   void *arg, struct diag *diag)
{
	int fd = bpf_iter_create(iterator), err;

	if (fd < 0)
		return diag_errno(diag, fd, "starting the iterator");
	err = iterator_read(fd, size, on_record, arg, diag);
	close(fd);
	return err;
}

int loader_map(const struct loader *loader, const char *name)
{
	return bpf_object__find_map_fd_by_name(loader->object, name);
}

int loader_map_set(const struct loader *loader, const char *name, uint32_t key, uint32_t value)
{
	int fd = loader_map(loader, name);

	return fd < 0 ? fd : bpf_map_update_elem(fd, &key, &value, BPF_ANY);
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
		int (*on_record)(void *arg, const void *value, size_t size), void *arg)
{
	const struct bpf_map *map = bpf_object__find_map_by_name(loader->object, name);

	return map ? hash_map_walk(bpf_map__fd(map), bpf_map__key_size(map),
				   bpf_map__value_size(map), on_record, arg)
		   : -ENOENT;
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

/* Linux 5.12 has put recursion_misses behind run_cnt; the headers may be older. */
union prog_info {
	struct bpf_prog_info known;
	struct {
		char before[offsetof(struct bpf_prog_info, run_cnt) + sizeof(uint64_t)];
		uint64_t recursion_misses;
	};
};

int loader_misses(const struct loader *loader, bool first, uint64_t *misses)
{
	*misses = 0;
	for (size_t i = 0; i < (first ? 1 : loader->count); i++) {
		union prog_info info = {};
		uint32_t size = sizeof(info);
		int err = bpf_obj_get_info_by_fd(bpf_program__fd(loader->programs[i]), &info.known,
						 &size);

		if (err)
			return err;
		*misses += info.recursion_misses;
	}
	return 0;
}
