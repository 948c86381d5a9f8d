/* SPDX-License-Identifier: Apache-2.0 */
/* What --bpf-text takes for a program text of ours; tests/netns/bpf-text runs some. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "event/event.h"
#include "program/bpf_text.h"
#include "program/custom_text.h"
#include "program/probe.h"
#include "program/program.h"

/* As --ebpf prints it. */
static void text_print(struct text *text, const char *name, bool kernel_headers)
{
	struct program_spec spec = {.max_sockets = 1234};
	struct probe probe;

	probe_assume(&probe, name);
	program_render(&spec, &probe.source, kernel_headers, "#define PLACE 12\n", text);
	assert_int_equal(text->err, 0);
}

static int text_read(struct custom_text *custom, const struct text *text, struct diag *diag)
{
	char path[] = "/tmp/test_custom_text.XXXXXX";
	int fd = mkstemp(path), err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text->data, text->len), text->len);
	close(fd);
	err = custom_text_read(custom, path, diag);
	unlink(path);
	return err;
}

static void what_was_printed_is_taken(void **state)
{
	for (size_t i = 0; probe_kind_name(i); i++)
		for (int headers = 0; headers < 2; headers++) {
			_cleanup_text_ struct text text = {0};
			struct custom_text custom;
			struct diag diag = {0};

			text_print(&text, probe_kind_name(i), headers);
			assert_int_equal(text_read(&custom, &text, &diag), 0);
			assert_string_equal(custom.probe, probe_kind_name(i));
			assert_int_equal(custom.kernel_headers, headers);
			text_assert(&custom.text, text.data, text.len);
			custom_text_free(&custom);
		}
}

/* What is kept of a socket is the tool's own as long as the table and what is behind it are. */
static void a_change_shows_whose_it_is(void **state)
{
	static const struct {
		const char *from;
		bool own;
	} changes[] = {
		{"#define MAX_SOCKETS 1234", true},
		{"AF_INET6", true},
		{"u64 changed_ns", false},
		{"event_submit(", false},
	};

	for (size_t i = 0; probe_kind_name(i); i++)
		for (size_t j = 0; j <= COUNT(changes); j++) {
			_cleanup_text_ struct text text = {0};
			struct custom_text custom;
			struct diag diag = {0};
			char *at;

			text_print(&text, probe_kind_name(i), false);
			at = j < COUNT(changes) ? strstr(text.data, changes[j].from) : NULL;
			if (at)
				at[strlen(changes[j].from) - 1]++;
			assert_int_equal(text_read(&custom, &text, &diag), 0);
			assert_int_equal(custom_text_is_own(&custom), !at || changes[j].own);
			custom_text_free(&custom);
		}
}

static void largest_is_taken_and_no_larger(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct custom_text custom;
	struct diag diag = {0};

	text_print(&text, "tracepoint", false);
	while (text.len < CUSTOM_TEXT_MAX)
		text_char(&text, '\n');
	assert_int_equal(text_read(&custom, &text, &diag), 0);
	assert_int_equal(custom.text.len, CUSTOM_TEXT_MAX);
	custom_text_free(&custom);
	text_char(&text, '\n');
	assert_int_equal(text_read(&custom, &text, &diag), -EFBIG);
	assert_non_null(strstr(diag.what, ": more than 1 MiB"));
	custom_text_free(&custom);
}

/* The byte at the offset becomes another one, and then the text is none of ours. */
static void changed_assert(size_t offset, char byte, const char *what, const char *hint)
{
	_cleanup_text_ struct text text = {0};
	struct custom_text custom;
	struct diag diag = {0};

	text_print(&text, "raw_tracepoint", false);
	text.data[offset] = byte;
	assert_int_equal(text_read(&custom, &text, &diag), -EINVAL);
	if (!strstr(diag.what, what))
		print_error("byte %zu: %s\n", offset, diag.what);
	assert_non_null(strstr(diag.what, what));
	assert_string_equal(diag.hint, hint);
	custom_text_free(&custom);
}

static void first_line_and_record_must_be_ours(void **state)
{
	static const char again[] = "start with the output of --ebpf";
	_cleanup_text_ struct text text = {0};
	size_t line, wire;

	text_print(&text, "raw_tracepoint", false);
	line = strcspn(text.data, "\n");
	wire = strstr(text.data, bpf_text_wire) - text.data;
	for (size_t i = 0; i <= line; i++)
		changed_assert(i, '~', ": the first line is not '/* tcpstates ", again);
	for (size_t i = 0; i < strlen(bpf_text_wire); i += 97)
		changed_assert(wire + i, '~', ": struct event is not that of this version", again);
	changed_assert(wire + strlen(bpf_text_wire) - 1, '~', ": struct event is not that", again);
	changed_assert(wire, '\0', ": not a text: byte ", "");
	changed_assert(0, '\0', ": not a text: byte 1 is NUL", "");
	changed_assert(text.len - 1, '\0', ": not a text: byte ", "");
}

static void places_must_be_this_kernels(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct custom_text custom;
	struct diag diag = {0};

	text_print(&text, "tracepoint", false);
	assert_int_equal(text_read(&custom, &text, &diag), 0);
	custom.path = "some/file";
	assert_int_equal(custom_text_check_offsets(&custom, "#define PLACE 12\n", &diag), 0);
	assert_int_equal(custom_text_check_offsets(&custom, "", &diag), 0);
	assert_int_equal(custom_text_check_offsets(&custom, "#define PLACE 1\n", &diag), -EINVAL);
	assert_string_equal(diag.what,
			    "--bpf-text: some/file: its offsets are not those of this kernel");
	custom_text_free(&custom);
}

static void spec_must_agree(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct custom_text custom;
	struct program_spec spec = {.text = &custom};
	struct diag diag = {0};

	text_print(&text, "tracepoint", false);
	assert_int_equal(text_read(&custom, &text, &diag), 0);
	custom.path = "some/file";
	assert_int_equal(custom_text_check(&spec, &diag), 0);
	event_layout_init(&spec.layout, 1U << OPTIONAL_AGE);
	custom_text_fit(&custom, 0, &spec);
	assert_int_equal(spec.layout.wanted, 0);
	spec.probe = "tracepoint";
	assert_int_equal(custom_text_check(&spec, &diag), 0);
	spec.probe = "kprobe";
	assert_int_equal(custom_text_check(&spec, &diag), -EINVAL);
	assert_string_equal(diag.what, "--bpf-text: some/file is a program for the probe "
				       "tracepoint, not kprobe");
	spec.probe = NULL;
	spec.kernel_headers = true;
	assert_int_equal(custom_text_check(&spec, &diag), -EINVAL);
	assert_string_equal(diag.what, "--bpf-text: some/file does not use kernel headers: it "
				       "cannot be combined with --kernel-headers");
	custom.kernel_headers = true;
	assert_int_equal(custom_text_check(&spec, &diag), 0);
	/* A member that no field asks for. */
	text_bytes(&custom.text, BYTES("#define EVENT_AGE\n"));
	assert_int_equal(custom_text_check(&spec, &diag), -EINVAL);
	assert_string_equal(diag.what,
			    "--bpf-text: some/file was printed without some of these fields: use "
			    "the same -o/--output and -x/--extended");
	/* What the text has in its record, beside what is shown. */
	custom_text_fit(&custom, 0, &spec);
	assert_int_equal(spec.layout.wanted, 1U << OPTIONAL_AGE);
	assert_int_equal(custom_text_check(&spec, &diag), 0);
	text_str(&custom.text, "#define EVENT_SOCKET_FIELDS __u64 uid EVENT_OPTIONAL; __u64 mark "
			       "EVENT_OPTIONAL;\n");
	custom_text_fit(&custom, 1U << OPTIONAL_CPU, &spec);
	assert_int_equal(spec.layout.wanted, 1U << OPTIONAL_AGE | 1U << OPTIONAL_uid |
						     1U << OPTIONAL_mark | 1U << OPTIONAL_CPU);
	custom_text_free(&custom);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_printed_is_taken),
		cmocka_unit_test(a_change_shows_whose_it_is),
		cmocka_unit_test(largest_is_taken_and_no_larger),
		cmocka_unit_test(first_line_and_record_must_be_ours),
		cmocka_unit_test(places_must_be_this_kernels),
		cmocka_unit_test(spec_must_agree),
	};

	return cmocka_run_group_tests_name("custom-text", tests, NULL, NULL);
}
