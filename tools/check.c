/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "custom_text.h"
#include "diag.h"
#include "headers.h"
#include "host.h"
#include "journal.h"
#include "json.h"
#include "kernel_release.h"
#include "loader.h"
#include "object.h"
#include "options.h"
#include "output.h"
#include "privileges.h"
#include "probe.h"
#include "program.h"
#include "rights.h"
#include "scan.h"
#include "steps.h"
#include "store.h"
#include "tracefs.h"
#include "tracer.h"

#define PARANOID "/proc/sys/kernel/perf_event_paranoid"

enum verdict {
	VERDICT_OK,
	VERDICT_WITHOUT,
	VERDICT_UNTRIED,
	VERDICT_NO,
	VERDICT_NONE, /* no line */
};

static const char *const verdicts[] = {"ok", "--", "--", "no"};

struct check {
	struct options *options;
	struct options fresh; /* the same, but for a cache */
	const struct custom_text *custom; /* or NULL */
	struct steps steps;
	struct line_format format;
	struct output output;
	bool permitted;
	struct probe probe;
	bool probed; /* there is one */
	struct program kept; /* in the cache */
	struct program made; /* whatever is in the cache */
	bool cached;
	struct loader *loader; /* or NULL: it is not loaded */
	bool opened; /* its buffers could be */
	bool tested; /* the program was run, and its record came */
};

/* What comes next needs it, and has been told to be missing. */
static enum verdict untried(const char *without, struct diag *diag)
{
	diag_set(diag, 0, "not tried, without %s", without);
	return VERDICT_UNTRIED;
}

static enum verdict kernel_check(struct check *check, struct diag *diag)
{
	struct utsname name;

	(void)check;
	uname(&name);
	diag_set(diag, 0, "%s %s %s", name.sysname, name.release, name.machine);
	return VERDICT_OK;
}

/* What it forbids to this program is seen when that is loaded. */
static enum verdict lockdown_check(struct check *check, struct diag *diag)
{
	char mode[HOST_LOCKDOWN_ROOM];
	bool locked = host_is_locked_down(mode);

	(void)check;
	diag_set(diag, 0, "%s", locked ? mode : "none");
	return locked ? VERDICT_WITHOUT : VERDICT_OK;
}

static enum verdict journal_check(struct check *check, struct diag *diag)
{
	int err = journal_open(diag);

	if (!check->options->journal)
		journal_close();
	if (err)
		return check->options->journal ? VERDICT_NO : VERDICT_WITHOUT;
	diag_set(diag, 0, "takes entries");
	return VERDICT_OK;
}

static enum verdict capabilities_check(struct check *check, struct diag *diag)
{
	if (host_may_trace(diag))
		return VERDICT_NO;
	check->permitted = true;
	diag_set(diag, 0, "tracing is permitted");
	return VERDICT_OK;
}

static enum verdict offer_check(const char *probe_name, struct diag *diag)
{
	struct probe probe;

	if (probe_try(&probe, probe_name, diag))
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "for the probe %s", probe_name);
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
			 "for the probe tracepoint; not mounted: it is, unseen, when needed");
	return verdict;
}

static enum verdict kprobes_check(struct check *check, struct diag *diag)
{
	(void)check;
	return offer_check("kprobe", diag);
}

static enum verdict probe_check(struct check *check, struct diag *diag)
{
	const char *wanted = check->custom ? check->custom->probe : check->options->probe;
	_cleanup_text_ struct text lacks = {0}; /* it has been told already */

	if (probe_choose(&check->probe, wanted, &lacks, diag))
		return VERDICT_NO;
	check->probed = true;
	diag_set(diag, 0, "%s", probe_name(&check->probe));
	return VERDICT_OK;
}

static enum verdict losses_check(struct check *check, struct diag *diag)
{
	if (!check->probed)
		return untried("a probe", diag);
	if (!probe_counts_missed(&check->probe, diag))
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "all are counted");
	return VERDICT_OK;
}

static enum verdict headers_check(struct check *check, struct diag *diag)
{
	const struct options *options = check->options;
	bool wanted = check->probed ? program_wants_headers(options, &check->probe, check->custom)
				    : options->kernel_headers;
	struct headers headers;

	if (headers_find(options->kernel_headers_path, &headers, diag))
		return wanted ? VERDICT_NO : VERDICT_WITHOUT;
	diag_set(diag, 0, "%s%s", headers.source, wanted ? "" : ": not needed");
	return VERDICT_OK;
}

/* What a start would do there. */
static int folder_look(struct check *check, struct diag *diag)
{
	struct store store;
	int err = store_look(&store, check->options, &check->steps, diag);

	if (!err && cache_may_put(&store.cache))
		err = diag_errno(diag, cache_may_put(&store.cache), "cache: %s",
				 check->options->cache_dir);
	store_close(&store);
	if (err && err != -ENOENT && err != -ECANCELED)
		diag_hint(diag, "--cache-dir names another");
	return err == -ENOENT ? 0 : err;
}

static enum verdict cache_check(struct check *check, struct diag *diag)
{
	struct diag none;
	int err = folder_look(check, diag);

	check->cached = check->probed && !program_look(check->options, &check->probe, check->custom,
						       &check->steps, &check->kept, &none);
	if (check->cached)
		diag_set(diag, 0, "%s: has this program", check->options->cache_dir);
	else if (err)
		return VERDICT_WITHOUT;
	else
		diag_set(diag, 0, "%s: does not have this program yet", check->options->cache_dir);
	return VERDICT_OK;
}

/* Of each library of LLVM's and BCC's that it was, the file, which has the version. */
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

/* Asked to compile what a start would, whatever is in the cache. */
static enum verdict compiler_check(struct check *check, struct diag *diag)
{
	_cleanup_text_ struct text names = {0};

	if (!check->probed)
		return untried("a probe", diag);
	if (program_compile(&check->fresh, &check->probe, check->custom, &check->steps,
			    &check->made, diag) ||
	    program_settle(&check->made, diag))
		return check->cached ? VERDICT_WITHOUT : VERDICT_NO;
	compiler_name(&check->made.object, &names);
	diag_set(diag, 0, "%s", names.err ? "" : names.data);
	return VERDICT_OK;
}

static enum verdict program_check(struct check *check, struct diag *diag)
{
	const struct text *object = check->cached ? &check->kept.object : &check->made.object;

	if (!object->len)
		return untried("an object", diag);
	if (!check->permitted)
		return untried("the capabilities", diag);
	if (loader_open(&check->loader, object->data, object->len, diag))
		return VERDICT_NO;
	if (loader_load(check->loader, diag)) {
		loader_free(check->loader);
		check->loader = NULL;
		return VERDICT_NO;
	}
	diag_set(diag, 0, "the kernel loads it");
	return VERDICT_OK;
}

/* Before Linux 5.11 BPF takes locked memory, and libbpf raises the limit if it may. */
static enum verdict memlock_check(struct check *check, struct diag *diag)
{
	struct rlimit limit;

	(void)check;
	if (!kernel_before(5, 11))
		return VERDICT_NONE;
	getrlimit(RLIMIT_MEMLOCK, &limit);
	diag_set(diag, 0, "no limit");
	if (limit.rlim_cur != RLIM_INFINITY)
		diag_set(diag, 0, "%llu kB (RLIMIT_MEMLOCK)",
			 (unsigned long long)limit.rlim_cur >> 10);
	return VERDICT_OK;
}

static enum verdict files_check(struct check *check, struct diag *diag)
{
	struct rlimit limit;

	(void)check;
	getrlimit(RLIMIT_NOFILE, &limit);
	diag_set(diag, 0, "%llu may be open (RLIMIT_NOFILE)", (unsigned long long)limit.rlim_max);
	return VERDICT_OK;
}

/* What a user without CAP_PERFMON may have of perf, or "" where that is not told. */
static void paranoid_read(char paranoid[16])
{
	FILE *file = fopen(PARANOID, "re");

	if (!file || !fgets(paranoid, 16, file))
		paranoid[0] = '\0';
	paranoid[strcspn(paranoid, "\n")] = '\0';
	if (file)
		fclose(file);
}

static enum verdict buffers_check(struct check *check, struct diag *diag)
{
	_cleanup_text_ struct text found = {0};
	char paranoid[16];

	if (!check->loader)
		return untried("a program", diag);
	if (tracer_check(check->options, &check->probe, check->loader, &check->tested, diag))
		return VERDICT_NO;
	check->opened = true;
	if (check->options->summary)
		text_str(&found, "none: a summary is counted in the kernel");
	else
		text_printf(&found, "%llu pages for each CPU",
			    (unsigned long long)check->options->buffer_pages);
	paranoid_read(paranoid);
	if (paranoid[0])
		text_printf(&found, " (perf_event_paranoid %s)", paranoid);
	diag_set(diag, 0, "%s", found.err ? "" : found.data);
	return VERDICT_OK;
}

static enum verdict record_check(struct check *check, struct diag *diag)
{
	if (!check->opened)
		return untried("buffers", diag);
	diag_set(diag, 0, "%s",
		 check->tested	 ? "the program was run, and its record came"
		 : check->custom ? "not tried: a program of your own"
				 : "not tried: this kernel cannot run the program by itself");
	return check->tested ? VERDICT_OK : VERDICT_UNTRIED;
}

static enum verdict scan_check(struct check *check, struct diag *diag)
{
	struct scan scan;
	int err;

	if (!scan_is_wanted(check->options, check->custom))
		return VERDICT_NONE;
	if (!check->loader)
		return untried("a program", diag);
	err = scan_open(&scan, &check->fresh, check->custom, check->loader, &check->steps, diag);
	scan_close(&scan);
	if (err)
		return VERDICT_WITHOUT;
	diag_set(diag, 0, "the kernel loads it");
	return VERDICT_OK;
}

/* Or it would not go on with the rights that it has. */
static enum verdict seccomp_check(struct check *check, struct diag *diag)
{
	if (check->options->keep_privileges) {
		diag_set(diag, 0, "not wanted");
		return VERDICT_OK;
	}
	if (privileges_may_drop(diag))
		return VERDICT_NO;
	diag_set(diag, 0, "filters system calls");
	return VERDICT_OK;
}

/* In the order of a start, so that the first one that fails is what a start would tell. */
static const struct row {
	const char *name;
	enum verdict (*judge)(struct check *check, struct diag *diag);
	const char *remedy; /* where diag has none, or NULL */
} rows[] = {
	{"kernel", kernel_check, NULL},
	{"lockdown", lockdown_check, "see kernel_lockdown(7)"},
	{"journal", journal_check, NULL},
	{"capabilities", capabilities_check, NULL},
	{"seccomp", seccomp_check, NULL},
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

#define ROWS (sizeof(rows) / sizeof(*rows))

static void line_append(struct check *check, const struct check_line *line)
{
	struct text *text = &check->output.lines;

	if (check->format.layout == LAYOUT_JSON) {
		json_check(&check->format, line, text);
		return;
	}
	text_printf(text, "%-2s  %-12s  ", line->verdict, line->name);
	text_visible(text, line->what);
	if (line->remedy[0]) {
		text_str(text, " (");
		text_visible(text, line->remedy);
		text_char(text, ')');
	}
	text_char(text, '\n');
}

static const char *remedy_choose(const struct row *row, enum verdict verdict,
				 const struct diag *diag)
{
	if (verdict == VERDICT_OK || verdict == VERDICT_UNTRIED)
		return "";
	return diag->hint[0] || !row->remedy ? diag->hint : row->remedy;
}

/* Whether a start would go on. */
static bool row_check(struct check *check, const struct row *row, struct diag *diag)
{
	enum verdict verdict;
	struct check_line line;

	*diag = (struct diag){0};
	verdict = row->judge(check, diag);
	if (verdict == VERDICT_NONE)
		return true;
	line = (struct check_line){row->name, verdicts[verdict], diag->what,
				   remedy_choose(row, verdict, diag)};
	line_append(check, &line);
	return verdict != VERDICT_NO;
}

static int rows_check(struct check *check, struct diag *diag)
{
	struct losses none = {0};
	struct diag found;
	int err = 0;

	wall_clock_update(&check->format.clock);
	if (check->format.layout == LAYOUT_JSON)
		json_begin(&check->format, &check->output.lines);
	for (size_t i = 0; i < ROWS; i++) {
		if (row_check(check, &rows[i], &found))
			continue;
		if (!err)
			*diag = found;
		err = -ECANCELED;
	}
	if (check->format.layout == LAYOUT_JSON)
		json_end(&check->format, 0, &none, &check->output.lines);
	return err;
}

static bool nothing_to_read(void *arg)
{
	(void)arg;
	return true;
}

int check_run(struct options *options, const struct custom_text *custom, struct diag *diag)
{
	struct check check = {
		.options = options,
		.fresh = *options,
		.custom = custom,
		.kept = PROGRAM_NONE,
		.made = PROGRAM_NONE,
		.output.fd = STDOUT_FILENO,
	};
	struct diag drop_diag = {0};
	int err, drop, broken;

	check.fresh.no_cache = true;
	steps_begin(&check.steps, options->verbose);
	options_format(options, &check.format);
	err = rows_check(&check, diag);
	loader_free(check.loader);
	program_free(&check.kept);
	program_free(&check.made);
	/* Where that fails, a start does not go on either. */
	drop = rights_drop(options, false, nothing_to_read, NULL, &check.steps, &drop_diag);
	if (drop && !err) {
		*diag = drop_diag;
		err = drop;
	}
	if (options->quiet)
		text_clear(&check.output.lines);
	broken = output_flush(&check.output);
	output_free(&check.output);
	return err || !broken || broken == -EPIPE ? err
						  : diag_errno(diag, broken, "writing to stdout");
}
