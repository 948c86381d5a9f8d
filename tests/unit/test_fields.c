/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of fields as -o makes them, and when states are in color. */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "event/event.h"
#include "output/fields.h"
#include "words.h"

#define COLUMNS	 "skaddr pid comm laddr lport raddr rport oldstate newstate ms"
#define EXTENDED "laddr lport raddr rport oldstate newstate ms opid ocomm ofrom why first"
#define CSV	 "skaddr pid comm ip laddr lport raddr rport oldstate newstate ms"

struct list_case {
	enum output_format kind;
	bool time, timestamp;
	const char *names;
	const char *want; /* with blanks between */
};

static void list_show(const struct field_list *list, char *out)
{
	*out = '\0';
	for (size_t i = 0; i < list->count; i++)
		out += sprintf(out, "%s%s", i ? " " : "", list->fields[i]->name);
}

static void lists_check(const struct list_case *cases, size_t count, bool extended)
{
	for (size_t i = 0; i < count; i++) {
		struct line_format format = {
			.kind = cases[i].kind,
			.time = cases[i].time,
			.timestamp = cases[i].timestamp,
			.extended = extended,
		};
		struct field_list list;
		struct diag diag = {0};
		char got[512];

		memset(&list, 'x', sizeof(list));
		assert_int_equal(field_list_make(&list, &format, cases[i].names, &diag), 0);
		assert_string_equal(diag.what, "");
		list_show(&list, got);
		assert_string_equal(got, cases[i].want);
	}
}

static void list_is_in_the_order_of_names(void **state)
{
	static const struct list_case cases[] = {
		{FORMAT_COLUMNS, false, false, "pid", "pid"},
		{FORMAT_COLUMNS, false, false, "ms,cpu,pid,isotime", "ms cpu pid isotime"},
		{FORMAT_CSV, false, false, "newstate,oldstate", "newstate oldstate"},
		{FORMAT_JSON, false, false, "age_ms,ts_ns", "age_ms ts_ns"},
		{FORMAT_OTEL, false, false, "time_s,time", "time_s time"},
	};

	lists_check(cases, COUNT(cases), false);
}

static void no_names_are_the_formats_own(void **state)
{
	static const struct list_case cases[] = {
		{FORMAT_COLUMNS, false, false, NULL, COLUMNS},
		{FORMAT_WIDE, false, false, NULL, CSV},
		{FORMAT_CSV, true, true, NULL, "time time_s " CSV},
		{FORMAT_JSON, false, false, NULL, "isotime " CSV},
		{FORMAT_OTEL, false, true, NULL, "isotime time_s " CSV},
	};

	lists_check(cases, COUNT(cases), false);
}

static void plus_adds_to_the_formats_own(void **state)
{
	static const struct list_case cases[] = {
		{FORMAT_COLUMNS, false, false, "+ip", COLUMNS " ip"},
		{FORMAT_WIDE, false, false, "+cpu,isotime", CSV " cpu isotime"},
		{FORMAT_CSV, false, false, "+age_ms", CSV " age_ms"},
		{FORMAT_CSV, true, true, "+cpu", "time time_s " CSV " cpu"},
		{FORMAT_COLUMNS, true, false, "+time_s", "time " COLUMNS " time_s"},
		{FORMAT_JSON, false, false, "+cpu", "isotime " CSV " cpu"},
	};

	lists_check(cases, COUNT(cases), false);
}

/* -T and -t ask for their field unless the list has it somewhere. */
static void times_are_in_front_unless_named(void **state)
{
	static const struct list_case cases[] = {
		{FORMAT_COLUMNS, true, false, "pid,ms", "time pid ms"},
		{FORMAT_COLUMNS, false, true, "pid,ms", "time_s pid ms"},
		{FORMAT_COLUMNS, true, true, "pid,ms", "time time_s pid ms"},
		{FORMAT_COLUMNS, true, false, "pid,time,ms", "pid time ms"},
		{FORMAT_COLUMNS, false, true, "pid,time_s", "pid time_s"},
		{FORMAT_CSV, true, true, "time_s,pid", "time time_s pid"},
		{FORMAT_CSV, true, true, "pid,time", "time_s pid time"},
		{FORMAT_JSON, true, true, "pid", "time time_s pid"},
		{FORMAT_OTEL, true, false, "cpu,time", "cpu time"},
	};

	lists_check(cases, COUNT(cases), false);
}

static void a_second_naming_is_ignored(void **state)
{
	static const struct list_case plain[] = {
		{FORMAT_COLUMNS, false, false, "pid,ms,pid", "pid ms"},
		{FORMAT_COLUMNS, false, false, "+ms", COLUMNS},
		{FORMAT_JSON, false, false, "+cpu,ms,cpu", "isotime " CSV " cpu"},
		{FORMAT_CSV, true, false, "+time,cpu", "time " CSV " cpu"},
	};
	static const struct list_case extended[] = {
		{FORMAT_COLUMNS, false, false, "+opid", EXTENDED},
	};

	lists_check(plain, COUNT(plain), false);
	lists_check(extended, COUNT(extended), true);
}

/* JSON has what it has without, and more. */
static void extended_is_another_own(void **state)
{
	static const struct list_case cases[] = {
		{FORMAT_COLUMNS, false, false, NULL, EXTENDED},
		{FORMAT_WIDE, true, false, NULL, "time " EXTENDED},
		{FORMAT_CSV, true, true, NULL, "time time_s " EXTENDED},
		{FORMAT_JSON, false, false, NULL, "isotime " CSV " opid ocomm ofrom why first"},
		{FORMAT_OTEL, true, false, NULL, "isotime time " CSV " opid ocomm ofrom why first"},
		{FORMAT_COLUMNS, false, false, "+pid,comm", EXTENDED " pid comm"},
		{FORMAT_CSV, true, false, "ms,why", "time ms why"},
		{FORMAT_JSON, false, false, "pid", "pid"},
	};

	lists_check(cases, COUNT(cases), true);
}

/* As many as there are, in the order opposite to the table's. */
static void list_has_room_for_all(void **state)
{
	_cleanup_text_ struct text names = {0};
	struct line_format format = {.time = true, .timestamp = true};
	struct field_list list;
	struct diag diag;

	for (int i = FIELDS; i-- > 0;)
		text_printf(&names, "%s%s", field_table[i].name, i ? "," : "");
	assert_int_equal(field_list_make(&list, &format, names.data, &diag), 0);
	assert_int_equal(list.count, FIELDS);
	for (int i = 0; i < FIELDS; i++)
		assert_ptr_equal(list.fields[i], &field_table[FIELDS - 1 - i]);
}

static void columns_have_room_for_their_titles(void **state)
{
	static const enum output_format layouts[] = {FORMAT_COLUMNS, FORMAT_WIDE};

	for (size_t l = 0; l < COUNT(layouts); l++)
		for (int i = 0; i < FIELDS; i++) {
			struct line_format format = {.kind = layouts[l]};
			struct field_list list;
			struct diag diag;

			assert_int_equal(field_list_make(&list, &format, field_table[i].name,
							 &diag),
					 0);
			assert_true(list.widths[0] >= strlen(field_table[i].title));
			assert_true(list.widths[0] >= abs(field_table[i].width[layouts[l]]));
		}
}

static void errors_name_the_field_and_its_place(void **state)
{
	static const struct {
		const char *names, *what;
	} cases[] = {
		{"nonsense", "no such field: 'nonsense' in 'nonsense' (-o help lists them)"},
		{"pid,", "no such field: '' in 'pid,' (-o help lists them)"},
		{"", "no such field: '' in '' (-o help lists them)"},
		{"+", "no such field: '' in '+' (-o help lists them)"},
		{"+cpu,xy,ip", "no such field: 'xy' in '+cpu,xy,ip' (-o help lists them)"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line_format format = {.kind = FORMAT_COLUMNS};
		struct field_list list;
		struct diag diag = {0};

		assert_int_equal(field_list_make(&list, &format, cases[i].names, &diag), -EINVAL);
		assert_int_equal(strncmp(diag.what, BYTES("-o/--output: ")), 0);
		assert_string_equal(diag.what + strlen("-o/--output: "), cases[i].what);
		assert_string_equal(diag.hint, "");
	}
}

/* What costs something in the record is there only where a field shows it. */
static void extras_are_those_of_the_fields(void **state)
{
	static const struct {
		enum output_format kind;
		const char *names;
		unsigned int optionals;
	} cases[] = {
		{FORMAT_COLUMNS, NULL, 0},
		{FORMAT_OTEL, NULL, 0},
		{FORMAT_JSON, "isotime,ts_ns,time,time_s,ms", 0},
		{FORMAT_CSV, "pid,cpu", 1 << OPTIONAL_CPU},
		{FORMAT_COLUMNS, "+age_ms", 1 << OPTIONAL_AGE},
		{FORMAT_COLUMNS, "opid,ocomm,ofrom", 1 << OPTIONAL_OWNER},
		{FORMAT_CSV, "exe", 1 << OPTIONAL_OWNER | 1 << OPTIONAL_EXE},
		{FORMAT_CSV, "opid_ns", 1 << OPTIONAL_OWNER | 1 << OPTIONAL_PID_NS},
		{FORMAT_CSV, "why", 1 << OPTIONAL_CLOSE},
		{FORMAT_CSV, "first", 1 << OPTIONAL_CLOSE},
		{FORMAT_CSV, "reset_reason", 1 << OPTIONAL_RESET},
		{FORMAT_JSON, "+age_ms,cpu", 1 << OPTIONAL_AGE | 1 << OPTIONAL_CPU},
		{FORMAT_CSV, "cgroup", 1 << OPTIONAL_cgroup},
		{FORMAT_JSON, "unit", 1 << OPTIONAL_cgroup},
		{FORMAT_COLUMNS, "container", 1 << OPTIONAL_cgroup},
		{FORMAT_CSV, "retrans,uid", 1 << OPTIONAL_retrans | 1 << OPTIONAL_uid},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line_format format = {.kind = cases[i].kind};
		struct field_list list;
		struct diag diag;

		assert_int_equal(field_list_make(&list, &format, cases[i].names, &diag), 0);
		assert_int_equal(field_list_optionals(&list), cases[i].optionals);
	}
	assert_int_equal(field_list_optionals(&(struct field_list){0}), 0);
}

/* systemd.journal-fields(7): others are dropped in silence. */
static void names_in_the_journal_are_taken_there(void **state)
{
	size_t named = 0;

	for (int i = 0; i < FIELDS; i++) {
		char name[FIELD_JOURNAL_ROOM], other[FIELD_JOURNAL_ROOM];

		if (!field_journal_name(&field_table[i], name))
			continue;
		named++;
		assert_int_equal(strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"),
				 strlen(name));
		assert_int_equal(strncmp(name, BYTES("TCPSTATES_")), 0);
		for (int j = 0; j < i; j++)
			assert_true(!field_journal_name(&field_table[j], other) ||
				    strcmp(name, other));
	}
	assert_true(named >= 16);
}

static void help_has_a_line_a_field(void **state)
{
	char *help = NULL, *at;
	size_t size;
	FILE *file = open_memstream(&help, &size);

	fields_help(file);
	assert_int_equal(fclose(file), 0);
	at = help;
	for (int i = 0; i < FIELDS; i++) {
		size_t len = strlen(field_table[i].name);

		assert_memory_equal(at, field_table[i].name, len);
		assert_int_equal(at[len], ' ');
		at = strchr(at, '\n');
		assert_non_null(at++);
	}
	assert_string_equal(at, "");
	free(help);
}

/* Columns and CSV are without a list as they always were, and so as fast. */
static void options_have_a_list_where_one_is_wanted(void **state)
{
	static const struct {
		const char *words[WORDS_MAX];
		const char *want;
	} cases[] = {
		{{NULL}, ""},
		{{"-stT"}, ""},
		{{"-w"}, ""},
		{{"-j"}, "isotime " CSV},
		{{"--otel"}, "isotime " CSV},
		{{"-o", "cpu,ms"}, "cpu ms"},
		{{"-T", "--output=cpu"}, "time cpu"},
		{{"-wo+isotime"}, CSV " isotime"},
		{{"-o", "+ip", "-w", "-s", "-h"}, ""},
		{{"-o", "help"}, ""},
		{{"-jt", "-o", "pid"}, "time_s pid"},
		{{"-x"}, EXTENDED},
		{{"-Tx", "-o", "+pid"}, "time " EXTENDED " pid"},
		{{"-xo", "ms"}, "ms"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct options options;
		struct diag diag = {0};
		char got[512] = "";

		assert_int_equal(words_parse(cases[i].words, &options, &diag), 0);
		list_show(&options.trace.output.fields, got);
		assert_string_equal(got, cases[i].want);
		options_free(&options);
	}
}

static bool color_of(const char *word)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, word), 0);
	options_free(&options);
	return options.trace.output.color;
}

/* Nothing may be asserted until stdout is back. */
static bool color_on(int fd, const char *word)
{
	int stdout_fd = dup(STDOUT_FILENO);
	bool color;

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	color = color_of(word);
	dup2(stdout_fd, STDOUT_FILENO);
	close(stdout_fd);
	return color;
}

static void environment_set(const char *no_color, const char *term)
{
	unsetenv("NO_COLOR");
	unsetenv("TERM");
	if (no_color)
		setenv("NO_COLOR", no_color, 1);
	if (term)
		setenv("TERM", term, 1);
}

static void color_is_for_terminals(void **state)
{
	static const struct {
		const char *no_color, *term;
		bool color;
	} cases[] = {
		{NULL, "xterm", true}, {NULL, NULL, true},   {"", "xterm", true},
		{"1", "xterm", false}, {"0", NULL, false},   {NULL, "dumb", false},
		{"", "dumb", false},   {"1", "dumb", false}, {NULL, "dumber", true},
	};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), master, terminal;

	assert_true(null >= 0);
	assert_int_equal(openpty(&master, &terminal, NULL, NULL, NULL), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		environment_set(cases[i].no_color, cases[i].term);
		assert_int_equal(color_on(terminal, NULL), cases[i].color);
		assert_int_equal(color_on(terminal, "--color=auto"), cases[i].color);
		assert_false(color_on(null, NULL));
		assert_false(color_on(null, "--color=auto"));
		assert_true(color_on(null, "--color=always"));
		assert_true(color_on(terminal, "--color=always"));
		assert_false(color_on(terminal, "--color=never"));
	}
	close(terminal);
	close(master);
	close(null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(list_is_in_the_order_of_names),
		cmocka_unit_test(no_names_are_the_formats_own),
		cmocka_unit_test(plus_adds_to_the_formats_own),
		cmocka_unit_test(times_are_in_front_unless_named),
		cmocka_unit_test(extended_is_another_own),
		cmocka_unit_test(list_has_room_for_all),
		cmocka_unit_test(columns_have_room_for_their_titles),
		cmocka_unit_test(a_second_naming_is_ignored),
		cmocka_unit_test(errors_name_the_field_and_its_place),
		cmocka_unit_test(extras_are_those_of_the_fields),
		cmocka_unit_test(names_in_the_journal_are_taken_there),
		cmocka_unit_test(help_has_a_line_a_field),
		cmocka_unit_test(options_have_a_list_where_one_is_wanted),
		cmocka_unit_test(color_is_for_terminals),
	};

	return cmocka_run_group_tests_name("fields", tests, NULL, NULL);
}
