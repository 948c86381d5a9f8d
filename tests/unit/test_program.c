/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/diag.h"
#include "options/options.h"
#include "program/bpf_text.h"
#include "program/probe.h"
#include "program/program.h"

/* Each part is there once, and begins after the end of the one before. */
static void parts_assert(const struct text *text, const char *const parts[])
{
	const char *at = text->data;

	for (size_t i = 0; parts[i]; i++) {
		const char *found = strstr(at, parts[i]);

		if (!found)
			print_error("part %zu is missing or misplaced:\n%.100s\n", i, parts[i]);
		assert_non_null(found);
		assert_ptr_equal(strstr(text->data, parts[i]), found);
		at = found + strlen(parts[i]);
		assert_null(strstr(at, parts[i]));
	}
	assert_int_equal(*at, '\0'); /* nothing comes after the last */
}

static void text_render(struct text *text, const char *name, bool kernel_headers)
{
	struct port_range lports[] = {{80, 80}, {443, 443}};
	struct program_spec spec = {.filter = {.ipv4 = true,
					       .lports.chosen = {lports, COUNT(lports)}},
				    .max_sockets = 1234};
	_cleanup_text_ struct text layout = {0}, missing = {0};
	struct probe probe;
	struct diag diag;

	probe_assume(&probe, name);
	text_str(&layout, "");
	assert_int_equal(source_render_offsets(&probe.source, (struct offset_needs){0}, &layout,
					       &missing, &diag),
			 0);
	assert_null(missing.data);
	program_render(&spec, &probe.source, kernel_headers, layout.data, text);
	assert_int_equal(text->err, 0);
	assert_int_equal(strlen(text->data), text->len);
}

#define MACROS                                                                                     \
	"#define FILTER_FAMILY(family) ((family) == AF_INET)\n",                                   \
		"#define FILTER_LPORT(port) ((port) == 80 || (port) == 443)\n",                    \
		"#define FILTER_DPORT(port) 1\n", "#define FILTER_EXPRESSION 1\n",                 \
		"#define MAX_SOCKETS 1234\n"

static void a_program_follows_its_macros(void **state)
{
	static const char *const parts[] = {
		"/* tcpstates " VERSION ", probe tracepoint */\n",
		MACROS,
		"#define ARGS_PROTOCOL u16\n",
		bpf_text_tracepoint,
		NULL,
	};
	_cleanup_text_ struct text text = {0};

	text_render(&text, "tracepoint", false);
	parts_assert(&text, parts);
	assert_null(strstr(text.data, "#define KERNEL_HEADERS"));
	assert_null(strstr(text.data, bpf_text_kprobe));
}

static void the_kernels_headers_are_a_macro(void **state)
{
	static const char *const parts[] = {
		"/* tcpstates " VERSION ", probe kprobe */\n",
		MACROS,
		PROGRAM_KERNEL_HEADERS,
		bpf_text_kprobe,
		NULL,
	};
	_cleanup_text_ struct text text = {0};

	text_render(&text, "kprobe", true);
	parts_assert(&text, parts);
}

/* The embedder has put each file of ours in the place of its #include, once. */
static void programs_are_expanded(void **state)
{
	static const char *const programs[] = {bpf_text_raw_tracepoint, bpf_text_tracepoint,
					       bpf_text_kprobe, bpf_text_scan};

	for (size_t i = 0; i < COUNT(programs); i++) {
		const char *wire = strstr(programs[i], bpf_text_wire);

		assert_null(strstr(programs[i], "#include \""));
		assert_null(strstr(programs[i], "#pragma once"));
		assert_non_null(wire);
		assert_null(strstr(wire + 1, bpf_text_wire));
		/* Up to its table of sockets, a text of --bpf-text can be a scan's
		 * (tools/program/custom_text.c). */
		assert_int_equal(strncmp(wire, strstr(bpf_text_scan, bpf_text_wire),
					 strstr(wire, "/* The table of sockets:") - wire),
				 0);
	}
}

/* What is said of the tracepoint's record has no place in another probe's text. */
static void kprobe_has_no_macro_of_the_tracepoint(void **state)
{
	_cleanup_text_ struct text text = {0};

	text_render(&text, "kprobe", true);
	assert_null(strstr(text.data, "#define ARGS_PROTOCOL"));
}

static void old_tracepoint_has_a_narrow_protocol(void **state)
{
	struct program_spec spec = {.max_sockets = MAX_SOCKETS_DEFAULT};
	_cleanup_text_ struct text text = {0}, layout = {0}, missing = {0};
	struct probe probe;
	struct diag diag;

	probe_assume(&probe, "tracepoint");
	probe.source.macros = "#define ARGS_PROTOCOL u8\n";
	assert_int_equal(source_render_offsets(&probe.source, (struct offset_needs){0}, &layout,
					       &missing, &diag),
			 0);
	program_render(&spec, &probe.source, false, layout.data, &text);
	assert_non_null(strstr(text.data, "#define ARGS_PROTOCOL u8\n"));
	assert_non_null(strstr(text.data, "#define MAX_SOCKETS 65536\n"));
	assert_null(strstr(text.data, "u16\n#"));
}

static void probes_are_known_by_name(void **state)
{
	struct probe probe;
	size_t count = 0;

	while (probe_kind_name(count)) {
		assert_true(probe_is_known(probe_kind_name(count)));
		probe_assume(&probe, probe_kind_name(count));
		assert_string_equal(probe.source.name, probe_kind_name(count));
		count++;
	}
	assert_true(count >= 2);
	assert_null(probe_kind_name(count + 1));
	assert_false(probe_is_known("fentry"));
	assert_false(probe_is_known(""));
}

static void kprobe_alone_needs_the_kernels_headers(void **state)
{
	struct probe probe;

	probe_assume(&probe, "tracepoint");
	assert_false(probe.source.needs_kernel_headers);
	probe_assume(&probe, "kprobe");
	assert_true(probe.source.needs_kernel_headers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_follows_its_macros),
		cmocka_unit_test(programs_are_expanded),
		cmocka_unit_test(the_kernels_headers_are_a_macro),
		cmocka_unit_test(kprobe_has_no_macro_of_the_tracepoint),
		cmocka_unit_test(old_tracepoint_has_a_narrow_protocol),
		cmocka_unit_test(probes_are_known_by_name),
		cmocka_unit_test(kprobe_alone_needs_the_kernels_headers),
	};

	return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
