/* SPDX-License-Identifier: Apache-2.0 */
#include "program/program.h"

#include <errno.h>

#include "base/diag.h"
#include "compile/headers.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/custom_text.h"
#include "program/source.h"

struct offset_needs program_needs(const struct program_spec *spec)
{
	return (struct offset_needs){
		.optionals = spec->layout.wanted,
		.summary = spec->summary,
		.netns = spec->netns,
		.mptcp = spec->mptcp,
	};
}

void program_render(const struct program_spec *spec, const struct source *source,
		    bool kernel_headers, const char *offsets, struct text *text)
{
	text_printf(text, PROGRAM_FIRST_LINE, source->name);
	filter_render(text, &spec->filter);
	event_layout_render(&spec->layout, text);
	if (spec->summary)
		text_str(text, PROGRAM_SUMMARY);
	group_by_render(&spec->by, text);
	if (spec->sessions)
		text_str(text, PROGRAM_SESSIONS);
	if (spec->stuck)
		text_str(text, PROGRAM_STUCK);
	text_printf(text, "#define MAX_SOCKETS %llu\n", (unsigned long long)spec->max_sockets);
	if (kernel_headers)
		text_str(text, PROGRAM_KERNEL_HEADERS);
	text_str(text, offsets);
	text_char(text, '\n');
	text_str(text, source->body);
}

bool program_wants_headers(const struct program_spec *spec, const struct source *source)
{
	if (spec->text)
		return spec->text->kernel_headers;
	return spec->kernel_headers || source->needs_kernel_headers;
}

/* The arguments of every variant. */
struct build {
	const struct program_spec *spec;
	const struct source *source;
	struct startup_log *log;
	struct program *program;
};

/* A variant of the compilation: with these headers, kept under that key. */
struct variant {
	struct headers headers;
	struct text key;
};

/*
 * -ENOENT: it must be compiled. The key has the source without the offsets, which take far longer
 * to find than all the rest; the kernel's build id stands for them.
 */
static int build_cached(const struct build *build, struct variant *variant)
{
	const struct custom_text *custom = build->spec->text;
	const struct headers *headers = &variant->headers;
	struct program *program = build->program;
	_cleanup_text_ struct text text = {0};
	int err;

	if (custom)
		text_bytes(&text, custom->text.data, custom->text.len);
	else
		program_render(build->spec, build->source, headers->kind != HEADERS_OWN, "", &text);
	object_cache_key(&variant->key, &text, headers);
	if (text.err)
		variant->key.err = text.err;
	err = object_cache_get(&program->objects, &variant->key, &program->object);
	program->cached = !err;
	return err;
}

static int text_render(const struct build *build, const struct headers *headers, struct text *text,
		       struct diag *diag)
{
	const struct custom_text *custom = build->spec->text;
	struct text *missing = &build->program->missing;
	_cleanup_text_ struct text offsets = {0};
	int err;

	text_str(&offsets, "");
	text_clear(missing);
	err = source_render_offsets(build->source, program_needs(build->spec), &offsets, missing,
				    diag);
	if (err)
		return err;
	if (offsets.err || missing->err)
		return diag_errno(diag, -ENOMEM, "the program text");
	if (custom) {
		err = custom_text_check_offsets(custom, offsets.data, diag);
		if (err)
			return err;
		text_bytes(text, custom->text.data, custom->text.len);
	} else {
		program_render(build->spec, build->source, headers->kind != HEADERS_OWN,
			       offsets.data, text);
	}
	return text->err ? diag_errno(diag, -ENOMEM, "the program text") : 0;
}

/* After build_cached(). The offsets are found while the compiler is being loaded. */
static int build_new(const struct build *build, struct variant *variant, struct diag *diag)
{
	const struct headers *headers = &variant->headers;
	_cleanup_text_ struct text text = {0};
	struct program *program = build->program;
	int err = compiler_start(&program->compiler, headers, build->spec->max_compile_s, diag);

	if (!err)
		err = text_render(build, headers, &text, diag);
	if (!err)
		err = compiler_answer(&program->compiler, &text, &program->object, diag);
	if (err) {
		compiler_stop(&program->compiler);
		return err;
	}
	startup_log_step(build->log, "compiled with headers %s: %zu bytes of text, %zu of object",
			 headers->kind == HEADERS_OWN ? "of our own" : headers->source, text.len,
			 program->object.len);
	/* A cached object with missing fields would not report them the next time. */
	if (!program->missing.len) {
		program->key = variant->key;
		variant->key = (struct text){0};
	}
	return 0;
}

/* A libbcc that needs more than the source declares refuses it; the kernel's headers have it all.
 */
static int build_plain(const struct build *build, struct variant *own, struct diag *diag)
{
	struct variant kernel = {0};
	struct diag why;
	bool found;
	int err;

	if (!build_cached(build, own))
		return 0;
	found = !headers_find(NULL, &kernel.headers, &why);
	if (found && !build_cached(build, &kernel))
		err = 0;
	else
		err = build_new(build, own, diag);
	if (err == -EINVAL && found) {
		startup_log_step(build->log, "%s; trying the kernel's headers", diag->what);
		err = build_new(build, &kernel, &why) ? err : 0;
	}
	text_free(&kernel.key);
	return err;
}

int program_compile(const struct program_spec *spec, const struct source *source,
		    struct startup_log *log, struct program *program, struct diag *diag)
{
	const struct build build = {spec, source, log, program};
	bool kernel_headers = program_wants_headers(spec, source);
	struct variant variant = {.headers.kind = HEADERS_OWN};
	struct diag unused;
	int err = 0;

	if (program->peek)
		object_cache_peek(&program->objects, spec->cache_dir, log, &unused);
	else
		object_cache_open(&program->objects, spec->cache_dir, log);
	if (kernel_headers)
		err = headers_find(spec->kernel_headers_path, &variant.headers, diag);
	if (!err && !kernel_headers && !spec->text)
		err = build_plain(&build, &variant, diag);
	else if (!err && build_cached(&build, &variant))
		err = build_new(&build, &variant, diag);
	text_free(&variant.key);
	return err;
}

int program_finish(struct program *program, struct diag *diag)
{
	int err = compiler_end(&program->compiler, &program->object, diag);

	if (!err && program->key.len && !program->peek)
		object_cache_put(&program->objects, &program->key, &program->object);
	object_cache_close(&program->objects);
	return err;
}

void program_report_missing(const struct program *program)
{
	if (program->missing.len)
		message_print("%s", program->missing.data);
}

void program_free(struct program *program)
{
	compiler_stop(&program->compiler);
	object_cache_close(&program->objects);
	text_free(&program->key);
	text_free(&program->object);
	text_free(&program->missing);
}
