/* SPDX-License-Identifier: Apache-2.0 */
/* What the options make of the format where they leave it open. */
#include "unit.h"

#include <sys/mman.h>
#include <unistd.h>

#include "event/event.h"
#include "words.h"

static bool csv_is_safe(const char *option)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-s", option), 0);
	options_free(&options);
	return options.trace.output.csv_safe;
}

/* Where stdout is a file, unless it is asked for. Nothing is asserted while stdout is another. */
static void csv_is_safe_in_files(void **state)
{
	int out = dup(STDOUT_FILENO), file = memfd_create("file", MFD_CLOEXEC), ends[2];
	bool in_file, never, in_pipe, asked, always;

	assert_true(out >= 0 && file >= 0 && !pipe(ends));
	dup2(file, STDOUT_FILENO);
	in_file = csv_is_safe(NULL) && csv_is_safe("--csv-safe=auto");
	never = csv_is_safe("--csv-safe=never");
	dup2(ends[1], STDOUT_FILENO);
	in_pipe = csv_is_safe(NULL);
	asked = csv_is_safe("--csv-safe");
	always = csv_is_safe("--csv-safe=always");
	dup2(out, STDOUT_FILENO);
	for (size_t i = 0; i < 2; i++)
		close(ends[i]);
	close(out);
	close(file);
	assert_true(in_file && asked && always);
	assert_false(never || in_pipe);
}

/* The original's columns and CSV have the kernel's address, all else a number. */
static void sockets_are_numbered_where_the_original_is_not_followed(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		bool numbered;
	} cases[] = {
		{{NULL}, false},
		{{"-tTw"}, false},
		{{"-s"}, false},
		{{"-Y"}, false}, /* an entry has no address; the lines beside it do */
		{{"-j"}, true},
		{{"--otel"}, true},
		{{"-o", "skaddr,ms"}, true},
		{{"-s", "-o", "+age_ms"}, true},
		{{"-jx"}, true},
		{{"-x", "-o", "+skaddr"}, true},
		{{"-Y", "-o", "+opid"}, true},
		{{"--now", "-j"}, true},
		/* Nothing is to be hidden. */
		{{"-x"}, false},
		{{"-o", "lport,ms", "--no-skaddr"}, false},
		{{"--now"}, false},
		{{"--summary", "-j"}, false},
		{{"-j", "--skaddr"}, false},
		{{"-s", "-o", "+age_ms", "--skaddr"}, false},
		{{"--skaddr"}, false},
		{{"--no-skaddr"}, true},
		{{"-s", "--no-skaddr"}, true},
		{{"-j", "--no-skaddr"}, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options options;
		struct diag diag = {0};

		assert_int_equal(words_parse(cases[i].words, &options, &diag), 0);
		if (!!options.trace.output.numbered != cases[i].numbered)
			print_error("case %zu\n", i);
		assert_int_equal(!!options.trace.output.numbered, cases[i].numbered);
		/* By which one socket is told from the next at that address. */
		if (cases[i].numbered)
			assert_true(options.trace.program.layout.wanted & 1U << OPTIONAL_AGE);
		options_free(&options);
	}
}

static void now_has_fields_of_its_own(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--now"), 0);
	assert_true(options.now);
	assert_string_equal(options.trace.output.fields.fields[0]->name, "state");
	assert_int_equal(options.trace.output.fields.count, 11);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--now", "-j"), 0);
	assert_string_equal(options.trace.output.fields.fields[0]->name, "isotime");
	assert_string_equal(
		options.trace.output.fields.fields[options.trace.output.fields.count - 1]->name,
		"send_q");
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--now", "-o", "lport"), 0);
	assert_int_equal(options.trace.output.fields.count, 1);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--now", "-o", "+cgroup,lport"), 0);
	assert_string_equal(options.trace.output.fields.fields[0]->name, "state");
	assert_string_equal(options.trace.output.fields.fields[11]->name, "cgroup");
	assert_int_equal(options.trace.output.fields.count, 12);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--now", "-jo+cgroup"), 0);
	assert_string_equal(options.trace.output.fields.fields[0]->name, "isotime");
	assert_true(field_list_has(&options.trace.output.fields, "netns"));
	assert_string_equal(
		options.trace.output.fields.fields[options.trace.output.fields.count - 1]->name,
		"cgroup");
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--now", "-xo+cgroup"), 0);
	assert_string_equal(options.trace.output.fields.fields[0]->name, "laddr");
	assert_false(field_list_has(&options.trace.output.fields, "netns"));
	options_free(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(csv_is_safe_in_files),
		cmocka_unit_test(sockets_are_numbered_where_the_original_is_not_followed),
		cmocka_unit_test(now_has_fields_of_its_own),
	};

	return cmocka_run_group_tests_name("options_format", tests, NULL, NULL);
}
