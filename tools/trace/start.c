/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/start.h"

#include <errno.h>
#include <stddef.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "system/host.h"
#include "system/journal.h"
#include "system/privileges.h"
#include "trace/cgroup_marks.h"
#include "trace/ladder.h"
#include "trace/resets.h"
#include "trace/sockets.h"
#include "trace/trace_config.h"
#include "trace/trees.h"
#include "trace/waiter.h"

static bool logs_to_journal(const struct trace_config *config)
{
	return config->output.journal;
}

static bool drops_privileges(const struct trace_config *config)
{
	return !config->keep_privileges;
}

static int probe_step(struct ladder *ladder, struct rung *rung)
{
	int err = probe_try(&rung->probe, rung->name, &rung->why);

	if (!err)
		startup_log_step(ladder->log, "probe %s", rung->name);
	return err;
}

static int compile_step(struct ladder *ladder, struct rung *rung)
{
	rung->program.peek = ladder->peek;
	return program_compile(&ladder->config->program, &rung->probe.source, ladder->log,
			       &rung->program, &rung->why);
}

/* The compiler exits meanwhile. If it failed, that is the reason why the object does not load. */
static int load_step(struct ladder *ladder, struct rung *rung)
{
	const struct text *object = &rung->program.object;
	int err = loader_open(&rung->loader, object->data, object->len, &rung->why), finished;
	struct diag why;

	if (!err)
		err = loader_adopt(rung->loader, prealloc_table(&ladder->prealloc), &rung->why);
	if (!err)
		err = loader_load(rung->loader, &rung->why);
	finished = program_finish(&rung->program, &why);
	if (finished) {
		rung->step = STEP_COMPILE;
		rung->why = why;
		return finished;
	}
	if (!err)
		startup_log_step(ladder->log, "loaded");
	return err;
}

static void load_undo(struct ladder *ladder, struct rung *rung)
{
	(void)ladder;
	loader_free(rung->loader);
	rung->loader = NULL;
}

static int buffers_step(struct ladder *ladder, struct rung *rung)
{
	const struct program_spec *spec = &ladder->config->program;
	struct buffers *buffers = &ladder->prealloc.buffers;
	int err = prealloc_buffers(&ladder->prealloc, &rung->why);

	if (!err)
		err = buffers_give(buffers, rung->loader, &rung->why);
	if (!err && spec->stuck)
		err = stuck_may_poll(rung->loader, &rung->why);
	if (!err && !spec->summary)
		startup_log_step(ladder->log, "perf buffers of %d CPUs take %zu kB", buffers->cpus,
				 buffers_memory(buffers) >> 10);
	return err;
}

/* Without it, the field is unknown. */
static void resets_step(struct ladder *ladder, struct rung *rung)
{
	const struct program_spec *spec = &ladder->config->program;
	struct diag diag = {0};

	if (spec->layout.wanted & 1U << OPTIONAL_RESET &&
	    resets_watch(&ladder->resets, spec, rung->loader, ladder->log, &diag))
		message_about("reset_reason", &diag);
}

static int attach_step(struct ladder *ladder, struct rung *rung)
{
	struct program_spec spec = ladder->config->program;
	int err;

	if (ladder->peek)
		spec.cache_dir = NULL;
	err = trees_watch(&ladder->trees, &spec, rung->loader, ladder->log, &rung->why);
	if (!err)
		err = cgroup_watch_new(&ladder->cgroups, &spec, rung->loader, ladder->log,
				       &rung->why);
	if (err)
		return err;
	if (!ladder->peek) {
		ladder->sockets = sockets_new(&ladder->config->program, rung->loader, ladder->log);
		if (!ladder->sockets)
			return diag_errno(&rung->why, -ENOMEM, "starting");
		resets_step(ladder, rung);
	}
	waiter_hold_end(true);
	err = probe_attach(&rung->probe, rung->loader, &rung->why);
	if (!err)
		startup_log_step(ladder->log, "attached");
	return err;
}

/* Drops the probe's records as well, or they would be taken for the next probe's. */
static void attach_undo(struct ladder *ladder, struct rung *rung)
{
	ladder_detach(ladder, rung);
	waiter_hold_end(false);
	prealloc_renew(&ladder->prealloc);
}

static int test_step(struct ladder *ladder, struct rung *rung)
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

const struct start_step start_steps[STEPS] = {
	[STEP_JOURNAL] = {"journal", "accepts entries", .is_required = logs_to_journal,
			  .prepare = journal_open, .close = journal_close},
	[STEP_CAPABILITIES] = {"capabilities", "tracing is permitted", .prepare = host_may_trace},
	/* Before the trace, which must not begin if privileges cannot be dropped. */
	[STEP_SECCOMP] = {"seccomp", "available", .is_required = drops_privileges,
			  .prepare = privileges_may_drop},

	[STEP_PROBE] = {"probe", "available", .run = probe_step, .failure = "not available",
			.result = "a probe"},
	[STEP_COMPILE] = {"compiler", "compiled", .run = compile_step, .failure = "not compiled",
			  .result = "an object"},
	[STEP_LOAD] = {"program", "the kernel loads it", .run = load_step, .undo = load_undo,
		       .failure = "not loaded", .result = "a program"},
	[STEP_BUFFERS] = {"buffers", "open", .run = buffers_step, .failure = "no buffers",
			  .result = "buffers"},
	[STEP_ATTACH] = {.run = attach_step,
			 .undo = attach_undo,
			 .failure = "not attached",
			 .result = "an attached program"},
	[STEP_TEST] = {"record", "the program was run, and its record arrived", .run = test_step,
		       .failure = "not working"},
};

bool start_requires(enum step step, const struct trace_config *config)
{
	const struct start_step *row = &start_steps[step];

	return !row->is_required || row->is_required(config);
}

int start_prepare(const struct trace_config *config, struct diag *diag)
{
	for (enum step step = STEP_JOURNAL; step < STEP_PROBE; step++) {
		int err = start_requires(step, config) ? start_steps[step].prepare(diag) : 0;

		if (err)
			return err;
	}
	return 0;
}
