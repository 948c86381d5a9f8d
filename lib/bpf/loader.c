/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/loader_internal.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/hash_map.h"
#include "bpf/verifier_log.h"
#include "system/host.h"

#define VERIFIER_LOG_SIZE 65536

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

int loader_explain(int err, const char *what, struct diag *diag)
{
	char why[128];

	if (-err < __LIBBPF_ERRNO__START)
		return host_explain(err, what, diag);
	libbpf_strerror(err, why, sizeof(why));
	return diag_set(diag, -EPROTO, "%s: %s", what, why);
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

bool loader_is_tail(const struct bpf_program *program)
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
	bpf_object__for_each_program(program, loader->object) if (!loader_is_tail(program))
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
		return loader_explain(err, "the compiled object cannot be read", diag);
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
		err = loader_explain(err, "loading the program", diag);
	log_set(loader, NULL); /* the programs keep the address */
	return err;
}
