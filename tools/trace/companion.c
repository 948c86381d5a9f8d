/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/companion.h"

#include <stddef.h>

#include "bpf/loader.h"

int companion_load(struct loader **loaded, const struct program_spec *spec,
		   const struct source *source, const struct loader *tracing,
		   struct startup_log *log, struct diag *diag)
{
	_cleanup_program_ struct program program = PROGRAM_NONE;
	int err;

	*loaded = NULL;
	err = program_compile(spec, source, log, &program, diag);
	if (!err)
		err = program_finish(&program, diag);
	if (err)
		return err;
	if (!tracing) /* which has reported what it misses */
		program_report_missing(&program);
	err = loader_open(loaded, program.object.data, program.object.len, diag);
	if (!err && tracing)
		err = loader_share(*loaded, tracing, diag);
	if (!err)
		err = loader_load(*loaded, diag);
	if (!err)
		return 0;
	loader_free(*loaded);
	*loaded = NULL;
	return err;
}

struct program_spec companion_spec(const struct program_spec *spec)
{
	struct program_spec plain = *spec;

	plain.filter = (struct filter){0};
	plain.netns = plain.mptcp = false;
	plain.text = NULL;
	return plain;
}

int companion_attach(struct loader **attached, const struct program_spec *spec,
		     const struct source *source, const struct loader *tracing,
		     struct startup_log *log, struct diag *diag)
{
	int err = companion_load(attached, spec, source, tracing, log, diag);

	if (err)
		return err;
	err = loader_attach(*attached, NULL, NULL, diag);
	if (!err)
		return 0;
	loader_free(*attached);
	*attached = NULL;
	return err;
}
