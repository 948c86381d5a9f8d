/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/look.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "event/event.h"
#include "program/source.h"
#include "trace/companion.h"

static int descriptor_keep(int fd, struct diag *diag)
{
	int kept = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	return kept < 0 ? diag_errno(diag, -errno, "keeping the program") : kept;
}

int look_load(int *program, int *map, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag)
{
	struct loader *loader;
	int err = companion_load(&loader, spec, &source_look, tracing, log, diag);

	*program = *map = -1;
	if (err)
		return err;
	*program = descriptor_keep(loader_program(loader), diag);
	if (*program >= 0)
		*map = descriptor_keep(loader_map(loader, "looked"), diag);
	loader_free(loader);
	if (*map >= 0)
		return 0;
	err = *program < 0 ? *program : *map;
	if (*program >= 0)
		close(*program);
	*program = *map = -1;
	return err;
}

int look_open(struct look *look, const struct event_layout *layout, int program, int map)
{
	int err = 0;

	*look = (struct look){.program = program, .size = event_last_size(layout)};
	look->looked = mmap(NULL, look->size, PROT_READ, MAP_SHARED, map, 0);
	if (look->looked == MAP_FAILED) {
		err = -errno;
		close(program);
		*look = LOOK_NONE;
	}
	close(map);
	return err;
}

void look_close(struct look *look)
{
	if (look->program >= 0) {
		close(look->program);
		munmap((void *)look->looked, look->size);
	}
	*look = LOOK_NONE;
}

int look_at(const struct look *look, const struct event_layout *layout, uint64_t skaddr,
	    struct event *event)
{
	const uint64_t args[] = {skaddr};
	uint32_t found;
	int err;

	if (look->program < 0)
		return -EBADF;
	err = program_run(look->program, args, sizeof(args), &found);
	if (err || !found)
		return err;
	event_decode(layout, CPU_UNKNOWN, look->looked, layout->sent, event);
	return 1;
}
