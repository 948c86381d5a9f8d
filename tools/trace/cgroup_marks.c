/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/cgroup_marks.h"

#include <errno.h>
#include <linux/types.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/ring.h"
#include "cgroup_change.h"
#include "program/program.h"
#include "program/source.h"
#include "system/cgroup.h"
#include "system/cgroup_path.h"
#include "trace/buffers.h"
#include "trace/companion.h"

#define CGROUPS	    "cgroups"
#define BUFFER_SIZE 65536 /* of each CPU: some 2,000 changes */
#define GONE_KEPT   4096

struct cgroup_watch {
	const struct loader *tracing;
	struct marks marks; /* of the filter, which has their names */
	struct loader *loader; /* of the program that sees changes */
	struct cgroups *cgroups;
	struct ring_set *changes;
	uint64_t refused; /* cgroups, by the map */
	/* Those that are removed. Their sockets may be there yet, so the last ones stay in the map.
	 */
	uint64_t gone[GONE_KEPT];
	size_t gone_count; /* modulo GONE_KEPT: where the next one goes */
};

static const struct cgroup_part *part_of(const struct cgroup_names *names, enum mark_kind kind)
{
	switch (kind) {
	case MARK_UNIT:
		return &names->unit;
	case MARK_CONTAINER:
		return &names->container;
	case MARK_POD:
		return &names->pod;
	default:
		return &names->path;
	}
}

static bool mark_holds(const struct mark *mark, const struct cgroup_names *names)
{
	const struct cgroup_part *part = part_of(names, mark->kind);

	if (!part->len || !mark->name)
		return part->len;
	return part->len >= mark->len && (mark->more || part->len == mark->len) &&
	       !memcmp(part->bytes, mark->name, mark->len);
}

/* A bit for each mark that the cgroup with the path has. */
static uint64_t marks_of(const struct marks *marks, const char *path)
{
	struct cgroup_names names;
	uint64_t bits = 0;

	cgroup_names_read(&names, path);
	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].kind >= MARK_CGROUP && mark_holds(&marks->items[i], &names))
			bits |= 1ULL << i;
	return bits;
}

struct filling {
	const struct marks *marks;
	const struct loader *loader;
};

static int cgroup_put(void *arg, uint64_t id, const char *path)
{
	const struct filling *filling = arg;
	uint64_t bits = marks_of(filling->marks, path);

	return bits ? loader_map_put(filling->loader, CGROUPS, &id, &bits) : 0;
}

static int map_fill(const struct cgroups *cgroups, const struct marks *marks,
		    const struct loader *loader, struct diag *diag)
{
	struct filling filling = {marks, loader};
	int err = cgroups_walk(cgroups, cgroup_put, &filling);

	return err ? diag_errno(diag, err, "filtering by cgroup") : 0;
}

int cgroup_marks_fill(const struct filter *filter, const struct loader *loader, struct diag *diag)
{
	struct cgroups *cgroups;
	int err;

	if (!marks_have_cgroups(&filter->marks))
		return 0;
	err = cgroups_open(&cgroups, diag);
	if (err)
		return err;
	err = map_fill(cgroups, &filter->marks, loader, diag);
	cgroups_free(cgroups);
	return err;
}

static int program_attach(struct cgroup_watch *watch, const struct program_spec *spec,
			  struct startup_log *log, struct diag *diag)
{
	struct program_spec plain = companion_spec(spec);
	int err;

	plain.summary = plain.sessions = plain.stuck = false;
	event_layout_init(&plain.layout, 0);
	err = companion_load(&watch->loader, &plain, &source_cgroups, NULL, log, diag);
	if (!err)
		err = ring_set_open(watch->changes, diag);
	if (!err)
		err = buffers_give_set(watch->changes, watch->loader, "cgroup_changes", diag);
	return err ? err : loader_attach(watch->loader, NULL, NULL, diag);
}

int cgroup_watch_new(struct cgroup_watch **watch, const struct program_spec *spec,
		     const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	struct cgroup_watch *new;
	int cpus = loader_cpus(diag), err;

	*watch = NULL;
	if (!marks_have_cgroups(&spec->filter.marks))
		return 0;
	if (cpus < 0)
		return cpus;
	new = calloc(1, sizeof(*new));
	if (!new)
		return diag_errno(diag, -ENOMEM, "filtering by cgroup");
	new->tracing = tracing;
	new->marks = spec->filter.marks;
	new->changes = ring_set_new(cpus, BUFFER_SIZE, RING_WAKE_RECORD);
	err = new->changes ? cgroups_open(&new->cgroups, diag)
			   : diag_errno(diag, -ENOMEM, "filtering by cgroup");
	if (!err)
		err = program_attach(new, spec, log, diag);
	if (!err)
		err = map_fill(new->cgroups, &new->marks, tracing, diag);
	if (err)
		cgroup_watch_free(new);
	else
		*watch = new;
	return err;
}

void cgroup_watch_free(struct cgroup_watch *watch)
{
	if (!watch)
		return;
	loader_free(watch->loader);
	ring_set_free(watch->changes);
	cgroups_free(watch->cgroups);
	free(watch);
}

const struct ring_set *cgroup_watch_changes(const struct cgroup_watch *watch)
{
	return watch ? watch->changes : NULL;
}

/* Keeps what the map has of it, and deletes it of the one that has been gone for longest. */
static void cgroup_leave(struct cgroup_watch *watch, uint64_t id)
{
	uint64_t *oldest = &watch->gone[watch->gone_count % GONE_KEPT], bits;

	if (loader_map_get(watch->tracing, CGROUPS, &id, &bits))
		return;
	if (*oldest)
		loader_map_delete(watch->tracing, CGROUPS, oldest);
	*oldest = id;
	watch->gone_count++;
}

/* A ring_record_fn. What is gone by now has no path: it has been answered before, or never. */
static void change_take(void *arg, int cpu, const void *data, size_t size)
{
	struct cgroup_watch *watch = arg;
	struct filling filling = {&watch->marks, watch->tracing};
	char path[CGROUP_PATH_ROOM];
	struct cgroup_change change;

	(void)cpu;
	if (size < sizeof(change))
		return;
	memcpy(&change, data, sizeof(change));
	if (change.is_gone)
		cgroup_leave(watch, change.id);
	else if (!cgroups_find(watch->cgroups, change.id, path) &&
		 cgroup_put(&filling, change.id, path))
		watch->refused++;
}

uint64_t cgroup_watch_lost(const struct cgroup_watch *watch)
{
	return watch ? watch->refused + ring_set_lost(watch->changes) : 0;
}

void cgroup_watch_follow(struct cgroup_watch *watch)
{
	if (watch)
		ring_set_drain(watch->changes, change_take, watch);
}
