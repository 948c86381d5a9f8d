/* SPDX-License-Identifier: Apache-2.0 */
/* What is done with loaded programs: they are attached, run once, asked for what they missed. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/loader_internal.h"

#define KERNEL_ENOTSUPP 524 /* include/linux/errno.h */
#define TAILS		"tails"

static int link_keep(struct loader *loader, size_t index, struct bpf_link *link, struct diag *diag)
{
	int err = libbpf_get_error(link);

	if (err)
		return loader_explain(err, bpf_program__section_name(loader->programs[index]),
				      diag);
	loader->links[index] = link;
	return 0;
}

int loader_attach(struct loader *loader, loader_event *event, const void *arg, struct diag *diag)
{
	struct bpf_program *program;
	uint32_t tails = 0;

	for (size_t i = 0; i < loader->count; i++) {
		struct bpf_link *link;
		int fd = -1, err;

		program = loader->programs[i];
		if (event) {
			fd = event(arg, bpf_program__section_name(program), diag);
			if (fd < 0)
				return fd;
			link = bpf_program__attach_perf_event(program, fd);
		} else {
			link = bpf_program__attach(program);
		}
		err = link_keep(loader, i, link, diag);
		if (err) {
			if (fd >= 0)
				close(fd);
			return err;
		}
	}
	bpf_object__for_each_program(program, loader->object)
	{
		int err;

		if (!loader_is_tail(program))
			continue;
		err = loader_map_set(loader, TAILS, tails++, bpf_program__fd(program));
		if (err)
			return diag_errno(diag, err, "%s: into the map " TAILS,
					  bpf_program__name(program));
	}
	return 0;
}

void loader_detach(struct loader *loader)
{
	for (size_t i = loader->count; i--;) {
		bpf_link__destroy(loader->links[i]);
		loader->links[i] = NULL;
	}
}

int loader_iterator(struct loader *loader, struct diag *diag)
{
	struct bpf_link *link = bpf_program__attach_iter(loader->programs[0], NULL);
	int err = link_keep(loader, 0, link, diag), fd;

	if (err)
		return err;
	fd = fcntl(bpf_link__fd(link), F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? diag_errno(diag, -errno, "keeping the iterator") : fd;
}

int program_run(int program, const void *context, size_t size, uint32_t *returned)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = context, .ctx_size_in = size);
	int err = bpf_prog_test_run_opts(program, &opts);

	*returned = opts.retval;
	return err == -KERNEL_ENOTSUPP ? -EOPNOTSUPP : err;
}

int loader_run(const struct loader *loader, const void *context, size_t size)
{
	int err = 0;

	for (size_t i = 0; !err && i < loader->count; i++) {
		uint32_t returned;

		err = program_run(bpf_program__fd(loader->programs[i]), context, size, &returned);
	}
	return err;
}

int loader_program(const struct loader *loader)
{
	return bpf_program__fd(loader->programs[0]);
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
