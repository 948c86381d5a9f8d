/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/ladder.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "bpf/loader.h"
#include "log/startup_log.h"
#include "program/custom_text.h"
#include "trace/cgroup_marks.h"
#include "trace/sockets.h"
#include "trace/trace_config.h"

/* Returns the next permitted probe, from that index on, or NULL. */
static const char *name_next(const struct ladder *ladder, size_t *index)
{
	const struct program_spec *spec = &ladder->config->program;
	const char *wanted = spec->text ? spec->text->probe : spec->probe, *name;

	while ((name = probe_kind_name((*index)++)))
		if (!wanted || !strcmp(name, wanted))
			return name;
	return NULL;
}

/* Whether the next probe may work. */
static bool rung_falls(const struct rung *rung)
{
	if (rung->step == STEP_PROBE)
		return true;
	if (rung->step == STEP_BUFFERS)
		return false;
	switch (-rung->err) {
	case EPERM:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EAGAIN: /* no process */
	case EINTR:
	case ENOSYS: /* no BPF */
	case ENOEXEC: /* no compiler */
	case ETIMEDOUT:
		return false;
	default:
		return true;
	}
}

/* Runs the steps up to the ladder's last one; after an error undoes those that were begun. */
static void rung_try(struct ladder *ladder, struct rung *rung)
{
	enum step step = STEP_PROBE;

	for (;; step++) {
		rung->step = step;
		rung->err = start_steps[step].run(ladder, rung);
		if (rung->err || step == ladder->last)
			break;
	}
	for (; rung->err && step >= STEP_PROBE; step--)
		if (start_steps[step].undo)
			start_steps[step].undo(ladder, rung);
}

int ladder_climb(struct ladder *ladder, struct diag *diag)
{
	const struct trace_config *config = ladder->config;
	_cleanup_text_ struct text reasons = {0};
	size_t index = 0;
	const char *name = name_next(ladder, &index);

	if (ladder->last > STEP_COMPILE)
		prealloc_begin(&ladder->prealloc, &config->program,
			       config->program.summary ? 0 : config->buffer_pages);
	while (name) {
		struct rung *rung = &ladder->rungs[ladder->count++];

		*rung = (struct rung){.name = name, .program = PROGRAM_NONE};
		rung_try(ladder, rung);
		if (!rung->err || !ladder->rung || rung->step > ladder->rung->step)
			ladder->rung = rung;
		if (!rung->err)
			break;
		name = rung_falls(rung) ? name_next(ladder, &index) : NULL;
		if (name || ladder->count > 1)
			startup_log_step(ladder->log, "probe %s: %s: %s%s%s", rung->name,
					 start_steps[rung->step].failure, rung->why.what,
					 name ? "; trying " : "", name ? name : "");
		text_printf(&reasons, "%s%s: %s", reasons.len ? "; " : "", rung->name,
			    rung->why.what);
	}
	prealloc_end(&ladder->prealloc);
	if (!ladder->rung->err) {
		program_report_missing(&ladder->rung->program);
		return 0;
	}
	if (ladder->rung->step > STEP_PROBE) {
		*diag = ladder->rung->why;
		return ladder->rung->err;
	}
	/* This host has none of them. */
	diag_set(diag, -ENOTSUP, "no probe works on this host: %s",
		 reasons.err ? "" : reasons.data);
	diag_hint(diag, "%s", ladder->rungs[ladder->count - 1].why.hint);
	return -ENOTSUP;
}

void ladder_detach(struct ladder *ladder, struct rung *rung)
{
	sockets_free(ladder->sockets); /* and what they hold of the attachments */
	ladder->sockets = NULL;
	loader_free(ladder->resets);
	ladder->resets = NULL;
	loader_free(ladder->trees);
	ladder->trees = NULL;
	cgroup_watch_free(ladder->cgroups);
	ladder->cgroups = NULL;
	loader_detach(rung->loader);
}

void ladder_free(struct ladder *ladder)
{
	sockets_free(ladder->sockets);
	loader_free(ladder->resets);
	loader_free(ladder->trees);
	cgroup_watch_free(ladder->cgroups);
	for (size_t i = 0; i < ladder->count; i++) {
		loader_free(ladder->rungs[i].loader);
		program_free(&ladder->rungs[i].program);
	}
	prealloc_free(&ladder->prealloc);
}
