/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/object.h"
#include "compile/headers.h"
#include "log/startup_log.h"
#include "output/json.h"
#include "program/probe.h"
#include "system/journal_limit.h"
#include "system/privileges.h"
#include "system/tracefs.h"
#include "trace/accept.h"
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

/* The rung has passed the step. */
static bool passed(const struct check *check, enum step step)
{
	const struct rung *rung = check->rung;

	return rung && (rung->step > step || (rung->step == step && !rung->err));
}

/* A step that requires the result of a failed one. */
static enum verdict untried(const char *result, struct diag *diag)
{
	diag_set(diag, 0, "not checked: requires %s", result);
	return VERDICT_UNTRIED;
}

/* The verdict on a step of the start. The host's steps are run here. */
static enum verdict step_check(struct check *check, enum step step, struct diag *diag)
{
	const struct start_step *row = &start_steps[step];

	if (row->prepare) {
		bool required = start_requires(step, check->config);
		int err = row->prepare(diag);

		if (row->close && !required)
			row->close();
		if (err)
			return required ? VERDICT_NO : VERDICT_WITHOUT;
		check->permitted |= step == STEP_CAPABILITIES;
	} else {
		if (!passed(check, step - 1))
			return untried(start_steps[step - 1].result, diag);
		if (step >= STEP_LOAD && !check->permitted)
			return untried("the capabilities", diag);
		if (!passed(check, step)) {
			*diag = check->rung->why;
			return VERDICT_NO;
		}
	}
	diag_set(diag, 0, "%s", row->success);
	return VERDICT_OK;
}

static enum verdict journal_check(struct check *check, struct diag *diag)
{
	enum verdict verdict = step_check(check, STEP_JOURNAL, diag);
	struct journal_limit limit;

	if (verdict == VERDICT_OK && journal_limit_find(&limit, diag))
		return VERDICT_WITHOUT;
	return verdict;
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
			const struct diag *diag, const char *remedy)
{
	const struct check_line line = {name, verdicts[verdict], diag->what, remedy};
	struct text *text = &check->output.lines;

	if (check->format.kind >= FORMAT_JSON) {
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

/* Runs the steps of all probes, as far as permitted. */
static enum verdict probe_check(struct check *check, struct diag *diag)
{
	enum step last = check->permitted ? STEP_TEST : STEP_COMPILE;
	int err = tracer_check(&check->tracer, check->config, last, check->log, diag);
	const struct ladder *ladder = check->tracer ? tracer_ladder(check->tracer) : NULL;

	if (!ladder || !ladder->rung || (ladder->rung->err && ladder->rung->step == STEP_PROBE))
		return VERDICT_NO;
	check->rung = ladder->rung;
	if (err && !check->rung->err)
		check->unopened = *diag;
	for (size_t i = 0; i < ladder->count; i++) {
		const struct rung *rung = &ladder->rungs[i];
		struct diag fallen;

		/* An unavailable probe has a line already. */
		if (!rung->err || rung == ladder->rung || rung->step == STEP_PROBE)
			continue;
		diag_set(&fallen, 0, "%s: %s: %s", rung->name, start_steps[rung->step].failure,
			 rung->why.what);
		line_append(check, "probe", VERDICT_WITHOUT, &fallen, rung->why.hint);
	}
	diag_set(diag, 0, "%s", check->rung->name);
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

static bool is_cached(const struct check *check)
{
	return check->rung && check->rung->program.cached;
}

static enum verdict cache_check(struct check *check, struct diag *diag)
{
	const char *dir = check->config->program.cache_dir;
	struct object_cache objects;
	int err = object_cache_peek(&objects, dir, check->log, diag);

	if (!err) {
		err = cache_may_put(&objects.cache);
		if (err)
			diag_errno(diag, err, "cache: %s", dir);
	}
	object_cache_close(&objects);
	if (is_cached(check)) {
		diag_set(diag, 0, "%s: contains this program", dir);
		return VERDICT_OK;
	}
	if (err && err != -ENOENT) {
		if (err != -ECANCELED)
			diag_hint(diag, "--cache-dir=DIR selects another directory");
		return VERDICT_WITHOUT;
	}
	diag_set(diag, 0, "%s: does not contain this program yet", dir);
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

/*
 * An object in the cache does not show that the compiler works, so the program is compiled anyway.
 * A start does not need that, so a failure is none of the start.
 */
static enum verdict compiler_check(struct check *check, struct diag *diag)
{
	enum verdict verdict = step_check(check, STEP_COMPILE, diag);
	_cleanup_text_ struct text names = {0};

	if (verdict != VERDICT_OK)
		return verdict;
	if (is_cached(check)) {
		if (program_compile(&check->fresh, &check->rung->probe.source, check->log,
				    &check->made, diag) ||
		    program_finish(&check->made, diag))
			return VERDICT_WITHOUT;
		compiler_name(&check->made.object, &names);
	} else {
		compiler_name(&check->rung->program.object, &names);
	}
	diag_set(diag, 0, "%s", names.err ? "" : names.data);
	return VERDICT_OK;
}

static enum verdict buffers_check(struct check *check, struct diag *diag)
{
	enum verdict verdict = step_check(check, STEP_BUFFERS, diag);
	_cleanup_text_ struct text found = {0};
	char paranoid[PARANOID_ROOM];

	if (verdict != VERDICT_OK)
		return verdict;
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
	enum verdict verdict;

	if (!passed(check, STEP_BUFFERS) || !passed(check, STEP_ATTACH))
		return step_check(check, STEP_ATTACH, diag);
	verdict = step_check(check, STEP_TEST, diag);
	if (verdict != VERDICT_OK || check->rung->tested == SELF_TEST_PASSED)
		return verdict;
	diag_set(diag, 0, "not tested: %s", check->rung->untested.what);
	return VERDICT_UNTRIED;
}

static enum verdict scan_check(struct check *check, struct diag *diag)
{
	struct scan scan;
	int err;

	if (!scan_is_wanted(&check->config->program))
		return VERDICT_NONE;
	if (!passed(check, STEP_TEST))
		return untried("a program", diag);
	err = scan_open(&scan, &check->fresh, check->rung->loader, check->log, diag);
	scan_close(&scan);
	if (err || !scan_sees_host(diag))
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "the kernel loads it");
	return VERDICT_OK;
}

static enum verdict accept_check(struct check *check, struct diag *diag)
{
	const struct program_spec *spec = &check->fresh;
	struct loader *watching;
	int err;

	if (!(spec->layout.wanted & 1U << OPTIONAL_OWNER) || !scan_is_wanted(spec))
		return VERDICT_NONE;
	if (!passed(check, STEP_TEST))
		return untried("a program", diag);
	err = accept_watch(&watching, spec, check->rung->loader, check->log, diag);
	loader_free(watching);
	if (err)
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "the process that accepts a session is seen");
	return VERDICT_OK;
}

/* In the order of a start, so that the first "no" is the error of a start. */
static const struct check_row {
	const char *name; /* or NULL: the step's */
	enum verdict (*judge)(struct check *check, struct diag *diag); /* or NULL: step_check() */
	const char *remedy; /* where diag has none, or NULL */
	enum step step;
} rows[] = {
	{.name = "kernel", .judge = kernel_check},
	{.name = "lockdown", .judge = lockdown_check, .remedy = "see kernel_lockdown(7)"},
	{.step = STEP_JOURNAL, .judge = journal_check},
	{.step = STEP_CAPABILITIES},
	{.step = STEP_SECCOMP},
	{.name = "btf", .judge = btf_check, .remedy = "a kernel with CONFIG_DEBUG_INFO_BTF"},
	{.name = "tracefs", .judge = tracefs_check, .remedy = "run it as root"},
	{.name = "kprobes", .judge = kprobes_check, .remedy = "only the probe kprobe needs them"},
	{.step = STEP_PROBE, .judge = probe_check},
	{.name = "losses", .judge = losses_check},
	{.name = "headers", .judge = headers_check},
	{.name = "cache", .judge = cache_check},
	{.step = STEP_COMPILE, .judge = compiler_check, .remedy = "-v shows its words"},
	{.step = STEP_LOAD},
	{.name = "memlock", .judge = memlock_check},
	{.name = "files", .judge = files_check},
	{.step = STEP_BUFFERS,
	 .judge = buffers_check,
	 .remedy = "fewer --buffer-pages, or higher limits: ulimit -l, ulimit -n"},
	{.step = STEP_TEST, .judge = record_check},
	{.name = "accept",
	 .judge = accept_check,
	 .remedy = "until a scan, a session belongs to the process that listens"},
	{.name = "scan", .judge = scan_check},
};

/* Prints a row. The first "no" is the error, as of a start. */
static void row_check(struct check *check, const struct check_row *row)
{
	const char *name = row->name ? row->name : start_steps[row->step].name, *remedy = "";
	struct diag found = {0};
	enum verdict verdict =
		row->judge ? row->judge(check, &found) : step_check(check, row->step, &found);

	if (verdict == VERDICT_NONE)
		return;
	if (verdict == VERDICT_WITHOUT || verdict == VERDICT_NO)
		remedy = found.hint[0] || !row->remedy ? found.hint : row->remedy;
	line_append(check, name, verdict, &found, remedy);
	if (verdict == VERDICT_NO && !check->err) {
		check->err = -ECANCELED;
		check->failure = found;
	}
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
		.format.kind = config->output.format,
		.made = PROGRAM_NONE,
		.output.fd = STDOUT_FILENO,
	};
	struct text *lines = &check.output.lines;
	struct losses none = {0};
	struct diag drop_diag = {0};
	int err, drop, broken;

	check.fresh.cache_dir = NULL;
	wall_clock_update(&check.format.clock);
	if (check.format.kind >= FORMAT_JSON)
		json_begin(&check.format, lines);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		row_check(&check, &rows[i]);
	if (check.format.kind >= FORMAT_JSON)
		json_end(&check.format, 0, &none, lines);
	err = check.err;
	if (err)
		*diag = check.failure;
	tracer_free(check.tracer);
	program_free(&check.made);
	/* A start would fail here as well. */
	drop = rights_drop(config->keep_privileges, KEPT_NOTHING, nothing_to_read, NULL, log,
			   &drop_diag);
	if (drop && !err) {
		*diag = drop_diag;
		err = drop;
	}
	if (config->output.quiet)
		text_clear(lines);
	broken = output_flush(&check.output);
	output_free(&check.output);
	if (!err && broken && broken != -EPIPE)
		return diag_errno(diag, broken, "writing to stdout");
	return err;
}
