/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/ladder.h"

#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "bpf/loader.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/custom_text.h"
#include "trace/sockets.h"
#include "trace/trace_config.h"
#include "trace/waiter.h"

const char *stage_failure(enum stage stage)
{
	static const char *const failures[] = {
		[STAGE_OFFER] = "not available", [STAGE_COMPILE] = "not compiled",
		[STAGE_LOAD] = "not loaded",	 [STAGE_BUFFERS] = "no buffers",
		[STAGE_ATTACH] = "not attached", [STAGE_TEST] = "not working",
	};

	return failures[stage];
}

static int rung_compile(struct ladder *ladder, struct rung *rung)
{
	rung->program.peek = ladder->peek;
	return program_compile(&ladder->config->program, &rung->probe.source, ladder->log,
			       &rung->program, &rung->why);
}

static int object_load(struct ladder *ladder, struct rung *rung)
{
	const struct text *object = &rung->program.object;
	int err = loader_open(&rung->loader, object->data, object->len, &rung->why);

	if (!err)
		err = loader_adopt(rung->loader, prealloc_table(&ladder->prealloc), &rung->why);
	return err ? err : loader_load(rung->loader, &rung->why);
}

/* The compiler exits meanwhile. If it failed, that is the reason why the object does not load. */
static int rung_load(struct ladder *ladder, struct rung *rung)
{
	int err = object_load(ladder, rung), finished;
	struct diag why;

	finished = program_finish(&rung->program, &why);
	if (finished) {
		rung->stage = STAGE_COMPILE;
		rung->why = why;
		return finished;
	}
	if (!err)
		startup_log_step(ladder->log, "loaded");
	return err;
}

static int rung_buffers(struct ladder *ladder, struct rung *rung)
{
	struct buffers *buffers = &ladder->prealloc.buffers;
	int err = prealloc_buffers(&ladder->prealloc, &rung->why);

	if (!err)
		err = buffers_give(buffers, rung->loader, &rung->why);
	if (!err && ladder->config->program.stuck)
		err = stuck_may_poll(rung->loader, &rung->why);
	if (!err && !ladder->config->program.summary)
		startup_log_step(ladder->log, "perf buffers of %d CPUs take %zu kB", buffers->cpus,
				 buffers_memory(buffers) >> 10);
	return err;
}

static int rung_attach(struct ladder *ladder, struct rung *rung)
{
	int err;

	if (!ladder->peek) {
		ladder->sockets = sockets_new(&ladder->config->program, rung->loader, ladder->log);
		if (!ladder->sockets)
			return diag_errno(&rung->why, -ENOMEM, "starting");
	}
	waiter_hold_end(true);
	err = probe_attach(&rung->probe, rung->loader, &rung->why);
	if (!err)
		startup_log_step(ladder->log, "attached");
	return err;
}

static int rung_test(struct ladder *ladder, struct rung *rung)
{
	int err = self_test_run(&ladder->config->program, rung->loader, &ladder->prealloc.buffers,
				&rung->tested, &rung->untested);

	if (err)
		rung->why = rung->untested;
	else if (rung->tested == SELF_TEST_PASSED)
		startup_log_step(ladder->log, "tested");
	else
		startup_log_step(ladder->log, "not tested: %s", rung->untested.what);
	return err;
}

/* Runs the stages up to the ladder's last one. */
static int rung_try(struct ladder *ladder, struct rung *rung, const char *name)
{
	static int (*const stages[])(struct ladder * ladder, struct rung * rung) = {
		[STAGE_COMPILE] = rung_compile, [STAGE_LOAD] = rung_load,
		[STAGE_BUFFERS] = rung_buffers, [STAGE_ATTACH] = rung_attach,
		[STAGE_TEST] = rung_test,
	};
	int err = probe_try(&rung->probe, name, &rung->why);

	if (!err)
		startup_log_step(ladder->log, "probe %s", name);
	while (!err && rung->stage < ladder->last) {
		rung->stage++;
		err = stages[rung->stage](ladder, rung);
	}
	return err;
}

/* Drops its records as well, or they would be taken for the next probe's. */
static void rung_undo(struct ladder *ladder, struct rung *rung)
{
	sockets_free(ladder->sockets);
	ladder->sockets = NULL;
	loader_free(rung->loader);
	rung->loader = NULL;
	if (rung->stage < STAGE_ATTACH)
		return;
	waiter_hold_end(false);
	prealloc_renew(&ladder->prealloc);
}

/* Whether the next probe may work. */
static bool rung_falls(const struct rung *rung)
{
	if (rung->stage == STAGE_OFFER)
		return true;
	if (rung->stage == STAGE_BUFFERS)
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

static void rung_report(const struct ladder *ladder, const struct rung *rung, const char *next)
{
	if (next)
		startup_log_step(ladder->log, "probe %s: %s: %s; trying %s",
				 rung->probe.source.name, stage_failure(rung->stage),
				 rung->why.what, next);
	else if (ladder->count > 1)
		startup_log_step(ladder->log, "probe %s: %s: %s", rung->probe.source.name,
				 stage_failure(rung->stage), rung->why.what);
}

static int rungs_try(struct ladder *ladder)
{
	size_t index = 0;
	const char *name = name_next(ladder, &index);

	while (name) {
		struct rung *rung = &ladder->rungs[ladder->count++];

		*rung = (struct rung){.program = PROGRAM_NONE};
		rung->err = rung_try(ladder, rung, name);
		if (!rung->err || !ladder->rung || rung->stage > ladder->rung->stage)
			ladder->rung = rung;
		if (!rung->err)
			return 0;
		name = rung_falls(rung) ? name_next(ladder, &index) : NULL;
		rung_report(ladder, rung, name);
		rung_undo(ladder, rung);
	}
	return ladder->rung->err;
}

/* Reports for each probe why it is not available. */
static int none_offered(const struct ladder *ladder, struct diag *diag)
{
	_cleanup_text_ struct text reasons = {0};

	for (size_t i = 0; i < ladder->count; i++)
		text_printf(&reasons, "%s%s: %s", i ? "; " : "", ladder->rungs[i].probe.source.name,
			    ladder->rungs[i].why.what);
	diag_set(diag, -ENOTSUP, "no probe works on this host: %s",
		 reasons.err ? "" : reasons.data);
	diag_hint(diag, "%s", ladder->rungs[ladder->count - 1].why.hint);
	return -ENOTSUP;
}

int ladder_climb(struct ladder *ladder, struct diag *diag)
{
	const struct trace_config *config = ladder->config;
	int err;

	if (ladder->last > STAGE_COMPILE)
		prealloc_begin(&ladder->prealloc, &config->program,
			       config->program.summary ? 0 : config->buffer_pages);
	err = rungs_try(ladder);
	prealloc_end(&ladder->prealloc);
	if (err && ladder->rung->stage == STAGE_OFFER)
		return none_offered(ladder, diag);
	if (err)
		*diag = ladder->rung->why;
	else
		program_report_missing(&ladder->rung->program);
	return err;
}

void ladder_detach(struct ladder *ladder)
{
	sockets_free(ladder->sockets); /* and what they hold of the attachments */
	ladder->sockets = NULL;
	loader_detach(ladder->rung->loader);
}

void ladder_free(struct ladder *ladder)
{
	sockets_free(ladder->sockets);
	for (size_t i = 0; i < ladder->count; i++) {
		loader_free(ladder->rungs[i].loader);
		program_free(&ladder->rungs[i].program);
	}
	prealloc_free(&ladder->prealloc);
}
