/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints the program as Clang compiles it, which is its source after libbcc's rewriter:
 *
 *   BCC_KERNEL_SOURCE=HEADERS rewrite PROBE [OPTION...]
 *
 * PROBE is the name of a probe, or "scan". The options are those of tcpstates. libbcc prints the
 * rewritten source on stderr, after the command line of its own Clang; whether that Clang then
 * compiles the source does not matter here. As in bcc-compile, libbcc creates no map.
 */
#include <bcc/bcc_common.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "options/options.h"
#include "program/probe.h"
#include "program/program.h"

#define DEBUG_PREPROCESSOR 4 /* of bcc/bpf_module.h, which is C++ */

static int text_render(int argc, char **argv, struct text *text, struct diag *diag)
{
	_cleanup_text_ struct text layout = {0}, missing = {0};
	const struct program_spec *spec;
	const struct source *source;
	struct options options;
	struct probe probe;
	int err = options_parse(argc - 1, argv + 1, &options, diag);

	if (err)
		return err;
	spec = &options.trace.program;
	source = probe_assume(&probe, argv[1]) ? &source_scan : &probe.source;
	text_str(&layout, "");
	err = source_render_offsets(source, program_needs(spec), &layout, &missing, diag);
	if (!err)
		program_render(spec, source, program_wants_headers(spec, source), layout.data,
			       text);
	options_free(&options);
	return err ? err : text->err;
}

int main(int argc, char **argv)
{
	/* As in bcc-compile: none of libbcc's own declarations. */
	const char *flags[] = {"-D_UAPI__LINUX_BPF_H__", "-D__BPF_HELPERS_H"};
	_cleanup_text_ struct text text = {0};
	struct diag diag = {0};

	if (argc < 2 || (strcmp(argv[1], "scan") && !probe_is_known(argv[1]))) {
		fprintf(stderr, "usage: rewrite PROBE [OPTION...]\n");
		return 2;
	}
	if (text_render(argc, argv, &text, &diag)) {
		fprintf(stderr, "%s\n", diag.what);
		return 1;
	}
	bpf_module_create_c_from_string(text.data, DEBUG_PREPROCESSOR, flags, 2, false, NULL);
	return 0;
}
