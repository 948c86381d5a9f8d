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

static int probe_offsets_render(struct probe *probe, const struct program_spec *spec,
				struct text *offsets, struct text *missing, struct diag *diag)
{
	text_clear(offsets);
	text_clear(missing);
	return probe_render_offsets(probe, program_needs(spec), offsets, missing, diag);
}

/* The first probe that this kernel has, else the first one that may be used. */
static int probe_choose(struct probe *probe, const struct program_spec *spec, bool scan,
			struct text *offsets, struct text *missing, struct diag *diag)
{
	const char *name;

	if (scan) {
		probe_scan(probe);
		return probe_offsets_render(probe, spec, offsets, missing, diag);
	}
	for (size_t i = 0; (name = probe_kind_name(i)); i++) {
		if (spec->probe && strcmp(name, spec->probe))
			continue;
		if (!probe_try(probe, name, diag) &&
		    !probe_offsets_render(probe, spec, offsets, missing, diag))
			return 0;
	}
	probe_assume(probe, spec->probe);
	return probe_offsets_render(probe, spec, offsets, missing, diag);
}

static int printed_render(const struct program_spec *spec, bool scan, struct text *source,
			  struct diag *diag)
{
	_cleanup_text_ struct text offsets = {0}, missing = {0};
	struct probe probe;
	int err;

	if (spec->text) {
		text_bytes(source, spec->text->text.data, spec->text->text.len);
		return 0;
	}
	text_str(&offsets, "");
	err = probe_choose(&probe, spec, scan, &offsets, &missing, diag);
	if (err)
		return err;
	if (offsets.err)
		return diag_errno(diag, offsets.err, "the program text");
	if (missing.len)
		message_print("%s", missing.data);
	program_render(spec, &probe, program_wants_headers(spec, &probe), offsets.data, source);
	return 0;
}

int program_print(const struct program_spec *spec, bool scan, struct diag *diag)
{
	struct output output = {.fd = STDOUT_FILENO};
	int err = printed_render(spec, scan, &output.lines, diag);

	if (!err) {
		err = output_flush(&output);
		err = err && err != -EPIPE ? diag_errno(diag, err, "writing to stdout") : 0;
	}
	output_free(&output);
	return err;
}
