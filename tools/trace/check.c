/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/object.h"
#include "compile/headers.h"
#include "log/startup_log.h"
#include "output/json.h"
#include "program/probe.h"
#include "system/privileges.h"
#include "system/tracefs.h"
#include "trace/check_host.h"
#include "trace/ladder.h"
#include "trace/rights.h"
#include "trace/scan.h"
#include "trace/start.h"
#include "trace/trace_config.h"
#include "trace/tracer.h"

static const char *const verdicts[] = {"ok", "--", "--", "no"};

struct check {
	const struct trace_config *config;
	struct program_spec fresh; /* the same, but for a cache */
	struct startup_log *log;
	struct line_format format;
	struct output output;
	bool permitted;
	struct tracer *tracer;
	const struct rung *rung; /* of the probe that a start would use or fail with; NULL: no probe
				    is available */
	struct diag unopened; /* why the buffers cannot be read; empty: they can */
	struct program made; /* whatever is in the cache */
	int err; /* of a start; 0: it would trace */
	struct diag failure; /* of err */
};

/* The rung has passed the stage. */
static bool passed(const struct check *check, enum stage stage)
{
	const struct rung *rung = check->rung;

	return rung && (rung->stage > stage || (rung->stage == stage && !rung->err));
}

/* The rung has failed at the stage. */
static bool failed(const struct check *check, enum stage stage, struct diag *diag)
{
	const struct rung *rung = check->rung;

	if (!rung || !rung->err || rung->stage != stage)
		return false;
	*diag = rung->why;
	return true;
}

/* A step that requires a failed one. */
static enum verdict untried(const char *without, struct diag *diag)
{
	diag_set(diag, 0, "not checked: requires %s", without);
	return VERDICT_UNTRIED;
}

/* One of the first steps of a start. */
static enum verdict step_check(struct check *check, const struct start_step *step,
			       struct diag *diag)
{
	bool required = step->is_required(check->config);
	int err = step->run(diag);

	if (step->undo && !required)
		step->undo();
	if (err)
		return required ? VERDICT_NO : VERDICT_WITHOUT;
	diag_set(diag, 0, "%s", step->success);
	return VERDICT_OK;
}

static enum verdict offer_check(const char *probe_name, struct diag *diag)
{
	struct probe probe;

	if (probe_try(&probe, probe_name, diag))
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "usable by --probe %s", probe_name);
	return VERDICT_OK;
}

static enum verdict btf_check(struct check *check, struct diag *diag)
{
	(void)check;
	return offer_check("raw_tracepoint", diag);
}

static enum verdict tracefs_check(struct check *check, struct diag *diag)
{
	enum verdict verdict = offer_check("tracepoint", diag);

	(void)check;
	if (verdict == VERDICT_OK && !tracefs_is_mounted())
		diag_set(diag, 0,
			 "usable by --probe tracepoint (not mounted; mounted privately when "
			 "needed)");
	return verdict;
}

static enum verdict kprobes_check(struct check *check, struct diag *diag)
{
	(void)check;
	return offer_check("kprobe", diag);
}

static void line_append(struct check *check, const char *name, enum verdict verdict,
			const struct diag *diag, const char *remedy);

/* Why a probe is not available has its own line already. */
static void rungs_report(struct check *check, const struct ladder *ladder)
{
	for (size_t i = 0; i < ladder->count; i++) {
		const struct rung *rung = &ladder->rungs[i];
		struct diag diag;

		if (!rung->err || rung == ladder->rung || rung->stage == STAGE_OFFER)
			continue;
		diag_set(&diag, 0, "%s: %s: %s", rung->probe.source.name,
			 stage_failure(rung->stage), rung->why.what);
		line_append(check, "probe", VERDICT_WITHOUT, &diag, rung->why.hint);
	}
}

/* Runs a start on the ladder, as far as permitted. */
static enum verdict probe_check(struct check *check, struct diag *diag)
{
	enum stage last = check->permitted ? STAGE_TEST : STAGE_COMPILE;
	int err = tracer_check(&check->tracer, check->config, last, check->log, diag);
	const struct ladder *ladder = check->tracer ? tracer_ladder(check->tracer) : NULL;

	if (!ladder || !ladder->rung || (ladder->rung->err && ladder->rung->stage == STAGE_OFFER))
		return VERDICT_NO;
	check->rung = ladder->rung;
	if (err && !check->rung->err)
		check->unopened = *diag;
	rungs_report(check, ladder);
	diag_set(diag, 0, "%s", check->rung->probe.source.name);
	return VERDICT_OK;
}

static enum verdict losses_check(struct check *check, struct diag *diag)
{
	if (!check->rung)
		return untried("a probe", diag);
	if (!probe_counts_missed(&check->rung->probe, diag))
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "all are counted");
	return VERDICT_OK;
}

static enum verdict headers_check(struct check *check, struct diag *diag)
{
	const struct program_spec *spec = &check->config->program;
	bool wanted = check->rung ? program_wants_headers(spec, &check->rung->probe.source)
				  : spec->kernel_headers;
	struct headers headers;

	if (headers_find(spec->kernel_headers_path, &headers, diag))
		return wanted ? VERDICT_NO : VERDICT_WITHOUT;
	diag_set(diag, 0, "%s%s", headers.source, wanted ? "" : ": not needed");
	return VERDICT_OK;
}

/* What a start would do with the cache. */
static int cache_examine(struct check *check, struct diag *diag)
{
	struct object_cache objects;
	int err = object_cache_peek(&objects, check->config->program.cache_dir, check->log, diag);

	if (!err && cache_may_put(&objects.cache))
		err = diag_errno(diag, cache_may_put(&objects.cache), "cache: %s",
				 check->config->program.cache_dir);
	object_cache_close(&objects);
	if (err && err != -ENOENT && err != -ECANCELED)
		diag_hint(diag, "--cache-dir=DIR selects another directory");
	return err == -ENOENT ? 0 : err;
}

static bool is_cached(const struct check *check)
{
	return check->rung && check->rung->program.cached;
}

static enum verdict cache_check(struct check *check, struct diag *diag)
{
	int err = cache_examine(check, diag);

	if (is_cached(check))
		diag_set(diag, 0, "%s: contains this program", check->config->program.cache_dir);
	else if (err)
		return VERDICT_WITHOUT;
	else
		diag_set(diag, 0, "%s: does not contain this program yet",
			 check->config->program.cache_dir);
	return VERDICT_OK;
}

/* Lists the files of libbcc and LLVM that compiled the object; their names have the versions. */
static void compiler_name(const struct text *object, struct text *names)
{
	static const char *const libraries[] = {"/libbcc.so", "/libLLVM"};
	_cleanup_text_ struct text lines = {0};
	size_t len = 0;
	const char *found = object_compiler(object->data, object->len, &len);
	char *rest;

	text_str(names, "bcc-compile");
	text_bytes(&lines, found ? found : "", len);
	rest = lines.data;
	for (char *line; rest && (line = strsep(&rest, "\n"));) {
		char *path = strchr(line, '/'), *file = path ? realpath(path, NULL) : NULL;

		for (size_t i = 0; file && i < sizeof(libraries) / sizeof(*libraries); i++)
			if (strstr(file, libraries[i]))
				text_printf(names, ", %s", strrchr(file, '/') + 1);
		free(file);
	}
}

/* An object in the cache does not show that the compiler works, so the program is compiled anyway.
 */
static const struct program *program_made(struct check *check, struct diag *diag)
{
	if (!is_cached(check))
		return failed(check, STAGE_COMPILE, diag) ? NULL : &check->rung->program;
	if (program_compile(&check->fresh, &check->rung->probe.source, check->log, &check->made,
			    diag) ||
	    program_finish(&check->made, diag))
		return NULL;
	return &check->made;
}

static enum verdict compiler_check(struct check *check, struct diag *diag)
{
	_cleanup_text_ struct text names = {0};
	const struct program *made;

	if (!check->rung)
		return untried("a probe", diag);
	made = program_made(check, diag);
	if (!made)
		return is_cached(check) ? VERDICT_WITHOUT : VERDICT_NO;
	compiler_name(&made->object, &names);
	diag_set(diag, 0, "%s", names.err ? "" : names.data);
	return VERDICT_OK;
}

static enum verdict program_check(struct check *check, struct diag *diag)
{
	if (!passed(check, STAGE_COMPILE))
		return untried("an object", diag);
	if (!check->permitted)
		return untried("the capabilities", diag);
	if (failed(check, STAGE_LOAD, diag))
		return VERDICT_NO;
	diag_set(diag, 0, "the kernel loads it");
	return VERDICT_OK;
}

static enum verdict buffers_check(struct check *check, struct diag *diag)
{
	_cleanup_text_ struct text found = {0};
	char paranoid[PARANOID_ROOM];

	if (!passed(check, STAGE_LOAD))
		return untried("a program", diag);
	if (failed(check, STAGE_BUFFERS, diag))
		return VERDICT_NO;
	if (check->unopened.what[0]) {
		*diag = check->unopened;
		return VERDICT_NO;
	}
	if (check->config->program.summary)
		text_str(&found, "none: a summary is counted in the kernel");
	else
		text_printf(&found, "%llu pages for each CPU",
			    (unsigned long long)check->config->buffer_pages);
	paranoid_read(paranoid);
	if (paranoid[0])
		text_printf(&found, " (perf_event_paranoid %s)", paranoid);
	diag_set(diag, 0, "%s", found.err ? "" : found.data);
	return VERDICT_OK;
}

static enum verdict record_check(struct check *check, struct diag *diag)
{
	if (!passed(check, STAGE_BUFFERS))
		return untried("buffers", diag);
	if (failed(check, STAGE_ATTACH, diag) || failed(check, STAGE_TEST, diag))
		return VERDICT_NO;
	if (check->rung->tested == SELF_TEST_NONE) {
		diag_set(diag, 0, "not tested: %s", check->rung->untested.what);
		return VERDICT_UNTRIED;
	}
	diag_set(diag, 0, "the program was run, and its record arrived");
	return VERDICT_OK;
}

static enum verdict scan_check(struct check *check, struct diag *diag)
{
	struct scan scan;
	int err;

	if (!scan_is_wanted(&check->config->program))
		return VERDICT_NONE;
	if (!passed(check, STAGE_TEST))
		return untried("a program", diag);
	err = scan_open(&scan, &check->fresh, check->rung->loader, check->log, diag);
	scan_close(&scan);
	if (err)
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "the kernel loads it");
	return VERDICT_OK;
}

struct check_row {
	const char *name;
	enum verdict (*judge)(struct check *check, struct diag *diag);
	const char *remedy; /* where diag has none, or NULL */
};

static const struct check_row host_rows[] = {
	{"kernel", kernel_check, NULL},
	{"lockdown", lockdown_check, "see kernel_lockdown(7)"},
};

/* In the order of a start, after start_steps, so that the first failure is that of a start. */
static const struct check_row rows[] = {
	{"btf", btf_check, "a kernel with CONFIG_DEBUG_INFO_BTF"},
	{"tracefs", tracefs_check, "run it as root"},
	{"kprobes", kprobes_check, "only the probe kprobe needs them"},
	{"probe", probe_check, NULL},
	{"losses", losses_check, NULL},
	{"headers", headers_check, NULL},
	{"cache", cache_check, NULL},
	{"compiler", compiler_check, "-v shows its words"},
	{"program", program_check, NULL},
	{"memlock", memlock_check, NULL},
	{"files", files_check, NULL},
	{"buffers", buffers_check, "fewer --buffer-pages, or higher limits: ulimit -l, ulimit -n"},
	{"record", record_check, NULL},
	{"scan", scan_check, NULL},
};

#define ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

static void line_append(struct check *check, const char *name, enum verdict verdict,
			const struct diag *diag, const char *remedy)
{
	const struct check_line line = {name, verdicts[verdict], diag->what, remedy};
	struct text *text = &check->output.lines;

	if (check->format.layout >= FORMAT_JSON) {
		json_check(&check->format, &line, text);
		return;
	}
	text_printf(text, "%-2s  %-12s  ", line.verdict, name);
	text_visible(text, line.what);
	if (remedy[0]) {
		text_str(text, " (");
		text_visible(text, remedy);
		text_char(text, ')');
	}
	text_char(text, '\n');
}

/* Prints a verdict. The first "no" is the error, as of a start. */
static void verdict_report(struct check *check, const char *name, enum verdict verdict,
			   const char *remedy, const struct diag *found)
{
	const char *shown = "";

	if (verdict == VERDICT_NONE)
		return;
	if (verdict == VERDICT_WITHOUT || verdict == VERDICT_NO)
		shown = found->hint[0] || !remedy ? found->hint : remedy;
	line_append(check, name, verdict, found, shown);
	if (verdict != VERDICT_NO || check->err)
		return;
	check->err = -ECANCELED;
	check->failure = *found;
}

static void row_check(struct check *check, const struct check_row *row)
{
	struct diag found = {0};
	enum verdict verdict = row->judge(check, &found);

	verdict_report(check, row->name, verdict, row->remedy, &found);
}

static void rows_check(struct check *check)
{
	struct losses none = {0};

	wall_clock_update(&check->format.clock);
	if (check->format.layout >= FORMAT_JSON)
		json_begin(&check->format, &check->output.lines);
	for (size_t i = 0; i < ROWS(host_rows); i++)
		row_check(check, &host_rows[i]);
	for (size_t i = 0; i < START_STEPS; i++) {
		struct diag found = {0};
		enum verdict verdict = step_check(check, &start_steps[i], &found);

		if (i == START_CAPABILITIES)
			check->permitted = verdict == VERDICT_OK;
		verdict_report(check, start_steps[i].name, verdict, NULL, &found);
	}
	for (size_t i = 0; i < ROWS(rows); i++)
		row_check(check, &rows[i]);
	if (check->format.layout >= FORMAT_JSON)
		json_end(&check->format, 0, &none, &check->output.lines);
}

static bool nothing_to_read(void *arg)
{
	(void)arg;
	return true;
}

int check_run(const struct trace_config *config, struct startup_log *log, struct diag *diag)
{
	struct check check = {
		.config = config,
		.fresh = config->program,
		.log = log,
		.format.layout = config->output.layout,
		.made = PROGRAM_NONE,
		.output.fd = STDOUT_FILENO,
	};
	struct diag drop_diag = {0};
	int err, drop, broken;

	check.fresh.cache_dir = NULL;
	rows_check(&check);
	err = check.err;
	if (err)
		*diag = check.failure;
	tracer_free(check.tracer);
	program_free(&check.made);
	/* A start would fail here as well. */
	drop = rights_drop(config->keep_privileges, false, nothing_to_read, NULL, log, &drop_diag);
	if (drop && !err) {
		*diag = drop_diag;
		err = drop;
	}
	if (config->output.quiet)
		text_clear(&check.output.lines);
	broken = output_flush(&check.output);
	output_free(&check.output);
	if (!err && broken && broken != -EPIPE)
		return diag_errno(diag, broken, "writing to stdout");
	return err;
}
