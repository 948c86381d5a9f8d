/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/groups_read.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/loader.h"
#include "output/groups.h"
#include "trace/sockets.h"
#include "trace/trace_config.h"

struct reading {
	struct groups *groups;
	const struct trace_config *config;
	struct line_format *format;
	struct event *event; /* room for one */
	struct group *cpus; /* room for each CPU's counts */
	int count; /* CPUs */
};

static int group_take(void *arg, const void *key, const void *value, size_t size)
{
	struct reading *reading = arg;
	const struct program_spec *program = &reading->config->program;

	if (size != reading->count * sizeof(struct group))
		return -EINVAL;
	group_key_read(&program->by, key, &program->layout, reading->event);
	groups_add(reading->groups, reading->format, reading->event, value, reading->count);
	return reading->groups->err;
}

/*
 * The time in the state is not known of a socket that has not changed since a scan first showed it.
 * It is at least its age.
 */
static uint64_t open_ns(const struct event_layout *layout, const struct event *event)
{
	uint64_t age = event_age_ns(layout, event);

	if (event->span_ns != SPAN_UNKNOWN)
		return event->span_ns;
	return age == AGE_UNKNOWN ? 0 : age;
}

static int open_take(void *arg, const void *record)
{
	struct reading *reading = arg;
	const struct stuck_limit *limit = &reading->config->group_stuck;
	const struct event *event = record;

	if (!event)
		return 0;
	groups_add_open(reading->groups, reading->format, event,
			limit->states >> event->oldstate & 1 &&
				open_ns(&reading->config->program.layout, event) >=
					limit->after_ns);
	return reading->groups->err;
}

static int counts_read(struct reading *reading, const struct loader *loader, struct diag *diag)
{
	int err = loader_each(loader, "groups", group_take, reading);

	if (err == -EOPNOTSUPP) {
		diag_set(diag, err, "--by: this kernel has no BPF_MAP_LOOKUP_BATCH");
		diag_hint(diag, "it comes with Linux 5.6");
		return err;
	}
	if (!err)
		err = loader_values(loader, "other_group", 0, reading->cpus,
				    sizeof(*reading->cpus));
	if (err)
		return diag_errno(diag, err, "reading the counts by key");
	groups_add(reading->groups, reading->format, NULL, reading->cpus, reading->count);
	return 0;
}

int groups_read(struct groups *groups, const struct trace_config *config,
		const struct loader *loader, struct sockets *sockets, struct line_format *format,
		struct diag *diag)
{
	struct reading reading = {groups, config, format, .count = loader_cpus(diag)};
	int err;

	if (reading.count < 0)
		return reading.count;
	groups->max = config->program.by.max_groups;
	groups->now_ns = clock_now_ns();
	reading.event = calloc(1, config->program.layout.size);
	reading.cpus = calloc(reading.count, sizeof(*reading.cpus));
	if (!reading.event || !reading.cpus)
		err = diag_errno(diag, -ENOMEM, "reading the counts by key");
	else
		err = counts_read(&reading, loader, diag);
	groups->has_open = sockets_can_list(sockets);
	if (!err && groups->has_open) {
		sockets_ask(sockets);
		sockets_list(sockets, open_take, &reading);
	}
	free(reading.event);
	free(reading.cpus);
	if (!err && groups->err)
		err = diag_errno(diag, groups->err, "reading the counts by key");
	return err;
}
