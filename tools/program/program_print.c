/* SPDX-License-Identifier: Apache-2.0 */
#include "program/program_print.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"
#include "log/message.h"
#include "program/custom_text.h"
#include "program/probe.h"
#include "program/program.h"
#include "system/output.h"

static int offsets_of(const struct source *source, const struct program_spec *spec,
		      struct text *offsets, struct text *missing, struct diag *diag)
{
	text_clear(offsets);
	text_clear(missing);
	text_str(offsets, "");
	return source_render_offsets(source, program_needs(spec), offsets, missing, diag);
}

/* Chooses the source of the first probe that this kernel has, else of the first permitted one. */
static int probe_choose(struct source *source, const struct program_spec *spec,
			struct text *offsets, struct text *missing, struct diag *diag)
{
	struct probe probe;
	const char *name;

	for (size_t i = 0; (name = probe_kind_name(i)); i++) {
		if ((spec->probe && strcmp(name, spec->probe)) || probe_try(&probe, name, diag))
			continue;
		*source = probe.source;
		if (!offsets_of(source, spec, offsets, missing, diag))
			return 0;
	}
	probe_assume(&probe, spec->probe ? spec->probe : "tracepoint");
	*source = probe.source;
	return offsets_of(source, spec, offsets, missing, diag);
}

static int own_render(const struct program_spec *spec, bool scan, struct text *text,
		      struct diag *diag)
{
	_cleanup_text_ struct text offsets = {0}, missing = {0};
	struct source source = source_scan;
	int err = scan ? offsets_of(&source, spec, &offsets, &missing, diag)
		       : probe_choose(&source, spec, &offsets, &missing, diag);

	if (err)
		return err;
	if (offsets.err)
		return diag_errno(diag, offsets.err, "the program text");
	if (missing.len)
		message_print("%s", missing.data);
	program_render(spec, &source, program_wants_headers(spec, &source), offsets.data, text);
	return 0;
}

int program_print(const struct program_spec *spec, bool scan, struct diag *diag)
{
	struct output output = {.fd = STDOUT_FILENO};
	const struct custom_text *custom = spec->text;
	int err = 0;

	if (custom)
		text_bytes(&output.lines, custom->text.data, custom->text.len);
	else
		err = own_render(spec, scan, &output.lines, diag);
	if (!err) {
		err = output_flush(&output);
		err = err && err != -EPIPE ? diag_errno(diag, err, "writing to stdout") : 0;
	}
	output_free(&output);
	return err;
}
