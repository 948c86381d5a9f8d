/* SPDX-License-Identifier: Apache-2.0 */
#include "buffers.h"

#include <errno.h>

#include "loader.h"
#include "options.h"
#include "ring.h"

/* On the thread beside. */
static int sets_open(void *arg, struct diag *diag)
{
	struct buffers *buffers = arg;
	int err = ring_set_open(buffers->events, diag);

	return err ? err : ring_set_open(buffers->kicks, diag);
}

int buffers_begin(struct buffers *buffers, const struct options *options, struct diag *diag)
{
	int cpus = loader_cpus(diag);

	if (cpus < 0 || options->summary) /* what it is of stays in the kernel */
		return cpus < 0 ? cpus : 0;
	buffers->events = ring_set_new(cpus, options->buffer_pages, RING_WAKE_QUARTER);
	buffers->kicks = ring_set_new(cpus, 1, RING_WAKE_RECORD);
	if (!buffers->events || !buffers->kicks)
		return diag_errno(diag, -ENOMEM, "opening the perf buffers");
	beside_begin(&buffers->opening, sets_open, buffers);
	return 0;
}

static int set_give(const struct ring_set *set, const struct loader *loader, const char *map,
		    struct diag *diag)
{
	for (size_t i = 0; i < ring_set_count(set); i++) {
		int err = loader_map_set(loader, map, ring_set_cpu(set, i), ring_set_fd(set, i));

		if (err)
			return diag_errno(diag, err, "giving the perf buffers to the program");
	}
	return 0;
}

int buffers_end(struct buffers *buffers, const struct loader *loader, struct diag *diag)
{
	int err = beside_end(&buffers->opening, diag);

	if (!err)
		err = set_give(buffers->events, loader, "events", diag);
	return err ? err : set_give(buffers->kicks, loader, "kicks", diag);
}

void buffers_free(struct buffers *buffers)
{
	struct diag none;

	beside_end(&buffers->opening, &none);
	ring_set_free(buffers->events);
	ring_set_free(buffers->kicks);
}
