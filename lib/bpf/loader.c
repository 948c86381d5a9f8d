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

/* libbpf's messages are in the verifier's log, or an errno says the same. */
static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

/* lib/ never prints, so this comes before any call of libbpf. */
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

bool loader_is_tail(const struct bpf_program *program)
{
	return !strchr(bpf_program__section_name(program), '/');
}

int loader_cpus(struct diag *diag)
{
	int cpus = libbpf_num_possible_cpus();

	return cpus < 0 ? diag_errno(diag, cpus, "/sys/devices/system/cpu/possible") : cpus;
}

/*
 * libbpf finds out itself where a tracing program attaches, and parses all of the kernel's BTF for
 * that: 2.3 of the 11 ms of a cached start. So the program gets its type and its id only when it is
 * loaded.
 */
static int tracing_prepare(struct bpf_program *program, struct bpf_prog_load_opts *opts,
			   long attach_type)
{
	const char *id = strrchr(bpf_program__section_name(program), '/') + 1;

	int err = bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);

	if (!err)
		err = bpf_program__set_expected_attach_type(program, attach_type);
	opts->expected_attach_type = attach_type;
	opts->attach_btf_id = strtoul(id, NULL, 10);
	return err;
}

static int fexit_attach(const struct bpf_program *program, long attach_type, struct bpf_link **link)
{
	(void)attach_type;
	*link = bpf_program__attach_trace(program);
	return libbpf_get_error(*link);
}

/* Sections for which libbpf's own way is not ours. */
static int sections_register(struct diag *diag)
{
	LIBBPF_OPTS(libbpf_prog_handler_opts, iter, .cookie = BPF_TRACE_ITER,
		    .prog_prepare_load_fn = tracing_prepare);
	LIBBPF_OPTS(libbpf_prog_handler_opts, fexit, .cookie = BPF_TRACE_FEXIT,
		    .prog_prepare_load_fn = tracing_prepare, .prog_attach_fn = fexit_attach);
	static bool registered;
	int err = 0;

	if (registered)
		return 0;
	err = libbpf_register_prog_handler("iter/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &iter);
	if (err >= 0)
		err = libbpf_register_prog_handler("fexit/", BPF_PROG_TYPE_RAW_TRACEPOINT, 0,
						   &fexit);
	if (err < 0)
		return diag_errno(diag, err, "loading the program");
	registered = true;
	return 0;
}

/*
 * An mmapable array has one element for each CPU. Before Linux 5.5 it is a plain one, and
 * loader_map_view() reports that. libbpf meets and reports other errors.
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

/* The source does not know this kernel, nor its CPUs. */
static int maps_prepare(const struct loader *loader, struct diag *diag)
{
	struct bpf_map *map;

	bpf_object__for_each_map(map, loader->object)
	{
		uint32_t flags = bpf_map__map_flags(map);
		int err = 0;

		if (flags & BPF_F_MMAPABLE)
			err = map_make_mmapable(loader, map);
		else if (flags & BPF_F_NO_PREALLOC) /* as every hash map of the source has */
			err = bpf_map__set_map_flags(map, (flags & ~BPF_F_NO_PREALLOC) |
								  hash_map_flags());
		if (err)
			return diag_errno(diag, err, "making the map %s", bpf_map__name(map));
	}
	return 0;
}

int loader_open(struct loader **opened, const void *object, size_t size, struct diag *diag)
{
	struct loader *loader = *opened = calloc(1, sizeof(*loader));
	struct bpf_program *program;
	size_t programs = 0;
	int err;

	if (!loader)
		return diag_errno(diag, -ENOMEM, "loading the program");
	loader->cpus = loader_cpus(diag);
	if (loader->cpus < 0)
		return loader->cpus;
	loader->values = calloc(loader->cpus, sizeof(*loader->values));
	if (!loader->values)
		return diag_errno(diag, -ENOMEM, "loading the program");
	err = sections_register(diag);
	if (err)
		return err;
	loader->object = bpf_object__open_mem(object, size, NULL);
	err = libbpf_get_error(loader->object);
	if (err) {
		loader->object = NULL;
		return loader_explain(err, "the compiled object cannot be read", diag);
	}
	bpf_object__for_each_program(program, loader->object) programs++;
	if (!programs)
		return diag_set(diag, -EINVAL, "the compiled object holds no program");
	loader->programs = calloc(programs, sizeof(struct bpf_program *));
	loader->links = calloc(programs, sizeof(struct bpf_link *));
	if (!loader->programs || !loader->links)
		return diag_errno(diag, -ENOMEM, "loading the program");
	bpf_object__for_each_program(program, loader->object) if (!loader_is_tail(program))
		loader->programs[loader->count++] = program;
	return maps_prepare(loader, diag);
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
	struct bpf_program *program;
	int err;

	/* The programs share the log: the last one to write to it is the refused one. */
	log[0] = '\0';
	bpf_object__for_each_program(program, loader->object)
		bpf_program__set_log_buf(program, log, sizeof(log));
	err = bpf_object__load(loader->object);
	/* The programs keep the address of the log. */
	bpf_object__for_each_program(program, loader->object)
		bpf_program__set_log_buf(program, NULL, 0);
	if (err && !verifier_log_explain(err, log, diag))
		return loader_explain(err, "loading the program", diag);
	return err;
}
