/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/accept.h"

#include "base/diag.h"
#include "bpf/loader.h"
#include "program/program.h"
#include "program/source.h"

int accept_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	_cleanup_program_ struct program program = PROGRAM_NONE;
	struct program_spec plain = *spec;
	const struct text *object = &program.object;
	int err;

	*watching = NULL;
	/* Only what the map depends on, so that few objects in the cache serve all options. */
	plain.filter = (struct filter){0};
	plain.netns = false;
	plain.text = NULL;
	if (!spec->stuck)
		event_layout_init(&plain.layout, spec->layout.wanted & (1U << OPTIONAL_AGE |
									1U << OPTIONAL_OWNER));
	err = program_compile(&plain, &source_accept, log, &program, diag);
	if (!err)
		err = program_finish(&program, diag);
	if (!err)
		err = loader_open(watching, object->data, object->len, diag);
	if (!err)
		err = loader_share(*watching, tracing, diag);
	if (!err)
		err = loader_load(*watching, diag);
	return err ? err : loader_attach(*watching, NULL, NULL, diag);
}
