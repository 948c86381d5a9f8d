/* SPDX-License-Identifier: Apache-2.0 */
#include "program.h"

#include <errno.h>

#include "bpf_text.h"
#include "compile.h"
#include "diag.h"
#include "filter.h"
#include "headers.h"
#include "options.h"
#include "probe.h"
#include "steps.h"
#include "text.h"

/* What libbcc's own prelude does not say but the body needs. */
static const char kernel_includes[] = "#include <linux/socket.h>\n"
				      "#include <linux/in.h>\n"
				      "#include <net/tcp_states.h>\n";

void program_render(const struct options *options, const struct probe *probe, bool kernel_headers,
		    const char *layout, struct text *text)
{
	text_printf(text, "/* tcpstates " VERSION ", probe %s */\n", probe_name(probe));
	filter_render(text, options);
	text_printf(text, "#define MAX_SOCKETS %llu\n", (unsigned long long)options->max_sockets);
	text_str(text, layout);
	text_char(text, '\n');
	if (kernel_headers) {
		text_str(text, kernel_includes);
		text_str(text, probe_includes(probe));
	} else {
		text_str(text, bpf_text_prelude);
	}
	text_char(text, '\n');
	text_str(text, bpf_text_wire);
	text_char(text, '\n');
	text_str(text, bpf_text_body);
	text_char(text, '\n');
	probe_render_entry(probe, text);
}

static int compile_with(const struct options *options, const struct probe *probe,
			const struct headers *headers, struct steps *steps, struct text *object,
			struct diag *diag)
{
	bool kernel = headers->kind != HEADERS_OWN;
	_cleanup_text_ struct text source = {0}, layout = {0};
	int err;

	text_str(&layout, "");
	err = probe_render_layout(probe, &layout, diag);
	if (err)
		return err;
	if (!layout.err)
		program_render(options, probe, kernel, layout.data, &source);
	if (layout.err || source.err)
		return diag_errno(diag, -ENOMEM, "the program text");
	err = compile_object(&source, headers, options->max_compile_s, object, diag);
	if (!err)
		step_done(steps, "compiled with headers %s: %zu bytes of text, %zu of object",
			  kernel ? headers->source : "of our own", source.len, object->len);
	return err;
}

int program_compile(const struct options *options, const struct probe *probe, struct steps *steps,
		    struct text *object, struct diag *diag)
{
	struct headers headers = {.kind = HEADERS_OWN};
	struct diag why;
	int err;

	if (!options->kernel_headers && !probe_needs_kernel_headers(probe)) {
		err = compile_with(options, probe, &headers, steps, object, diag);
		/* A libbcc that wants more than we declare refuses; the kernel's headers have it
		 * all. */
		if (err != -EINVAL || headers_find(NULL, &headers, &why))
			return err;
		step_done(steps, "%s; trying the kernel's headers", diag->what);
		return compile_with(options, probe, &headers, steps, object, &why) ? err : 0;
	}
	err = headers_find(options->kernel_headers_path, &headers, diag);
	return err ? err : compile_with(options, probe, &headers, steps, object, diag);
}
