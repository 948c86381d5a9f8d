/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "system/tracefs.h"

#define FIELD(type, offset, size, sign)                                                            \
	"\tfield:" type ";\toffset:" #offset ";\tsize:" #size ";\tsigned:" #sign ";\n"

#define FORMAT_COMMON                                                                              \
	"name: inet_sock_set_state\nID: 2287\nformat:\n" FIELD("unsigned short common_type", 0, 2, \
							       0)                                  \
		FIELD("unsigned char common_flags", 2, 1, 0)                                       \
			FIELD("unsigned char common_preempt_count", 3, 1, 0)                       \
				FIELD("int common_pid", 4, 4, 1) "\n"

#define FORMAT_SOCK                                                                                \
	FORMAT_COMMON FIELD("const void * skaddr", 8, 8, 0) FIELD("int oldstate", 16, 4, 1)        \
		FIELD("int newstate", 20, 4, 1) FIELD("__u16 sport", 24, 2, 0)                     \
			FIELD("__u16 dport", 26, 2, 0) FIELD("__u16 family", 28, 2, 0)

#define PRINT_FORMAT                                                                               \
	"\nprint fmt: \"family=%s protocol=%s sport=%hu dport=%hu saddr=%pI4 daddr=%pI4 "          \
	"saddrv6=%pI6c daddrv6=%pI6c oldstate=%s newstate=%s\", __print_symbolic(REC->family, "    \
	"{ 2, \"AF_INET\" }, { 10, \"AF_INET6\" }), __print_symbolic(REC->protocol, "              \
	"{ 6, \"IPPROTO_TCP\" }, { 132, \"IPPROTO_SCTP\" }, { 262, \"IPPROTO_MPTCP\" }), "         \
	"REC->sport, REC->dport, REC->saddr, REC->daddr, REC->saddr_v6, REC->daddr_v6\n"

/* Linux 6.18 */
static const char format[] =
	FORMAT_SOCK FIELD("__u16 protocol", 30, 2, 0) FIELD("__u8 saddr[4]", 32, 4, 0)
		FIELD("__u8 daddr[4]", 36, 4, 0) FIELD("__u8 saddr_v6[16]", 40, 16, 0)
			FIELD("__u8 daddr_v6[16]", 56, 16, 0) PRINT_FORMAT;

/* Before Linux 5.6 */
static const char format_old[] =
	FORMAT_SOCK FIELD("__u8 protocol", 30, 1, 0) FIELD("__u8 saddr[4]", 31, 4, 0)
		FIELD("__u8 daddr[4]", 35, 4, 0) FIELD("__u8 saddr_v6[16]", 39, 16, 0)
			FIELD("__u8 daddr_v6[16]", 55, 16, 0) PRINT_FORMAT;

static void field_assert(const struct tracepoint *tracepoint, const char *name, unsigned int offset,
			 unsigned int size)
{
	const struct tracepoint_field *field = tracepoint_field(tracepoint, name);

	if (!field)
		print_error("no field %s\n", name);
	assert_non_null(field);
	assert_string_equal(field->name, name);
	assert_int_equal(field->offset, offset);
	assert_int_equal(field->size, size);
}

static void sock_fields_assert(const struct tracepoint *tracepoint)
{
	field_assert(tracepoint, "common_type", 0, 2);
	field_assert(tracepoint, "common_flags", 2, 1);
	field_assert(tracepoint, "common_preempt_count", 3, 1);
	field_assert(tracepoint, "common_pid", 4, 4);
	field_assert(tracepoint, "skaddr", 8, 8);
	field_assert(tracepoint, "oldstate", 16, 4);
	field_assert(tracepoint, "newstate", 20, 4);
	field_assert(tracepoint, "sport", 24, 2);
	field_assert(tracepoint, "dport", 26, 2);
	field_assert(tracepoint, "family", 28, 2);
}

static void current_format_is_read(void **state)
{
	struct tracepoint tracepoint = {.field_count = 99};

	assert_int_equal(tracepoint_parse(format, &tracepoint), 15);
	assert_int_equal(tracepoint.field_count, 15);
	sock_fields_assert(&tracepoint);
	field_assert(&tracepoint, "protocol", 30, 2);
	field_assert(&tracepoint, "saddr", 32, 4);
	field_assert(&tracepoint, "daddr", 36, 4);
	field_assert(&tracepoint, "saddr_v6", 40, 16);
	field_assert(&tracepoint, "daddr_v6", 56, 16);
}

static void old_format_is_read(void **state)
{
	struct tracepoint tracepoint;

	assert_int_equal(tracepoint_parse(format_old, &tracepoint), 15);
	sock_fields_assert(&tracepoint);
	field_assert(&tracepoint, "protocol", 30, 1);
	field_assert(&tracepoint, "saddr", 31, 4);
	field_assert(&tracepoint, "daddr", 35, 4);
	field_assert(&tracepoint, "saddr_v6", 39, 16);
	field_assert(&tracepoint, "daddr_v6", 55, 16);
}

static void field_is_found_by_its_whole_name(void **state)
{
	struct tracepoint tracepoint;

	assert_int_equal(tracepoint_parse(format, &tracepoint), 15);
	assert_null(tracepoint_field(&tracepoint, "saddr_v"));
	assert_null(tracepoint_field(&tracepoint, "saddr_v66"));
	assert_null(tracepoint_field(&tracepoint, "saddr[4]"));
	assert_null(tracepoint_field(&tracepoint, ""));
	assert_int_equal(tracepoint_parse("", &tracepoint), 0);
	assert_null(tracepoint_field(&tracepoint, "sport"));
}

static void garbage_is_refused(void **state)
{
	static const char *const lines[] = {
		"\tfield:\n",
		"\tfield:int x\n",
		"\tfield:int x;\n",
		"\tfield:int x;\toffset:8;\n",
		"\tfield:int x;\tsize:4;\toffset:8;\n",
		"\tfield:int x;\toffset:;\tsize:4;\n",
		"\tfield:int x;\toffset:eight;\tsize:4;\n",
		"\tfield:int x;\toffset:8;\tsize:four;\n",
		"\tfield:int ;\toffset:8;\tsize:4;\n",
		"\tfield:int [4];\toffset:8;\tsize:4;\n",
		"\tfield:int a_name_of_thirty_two_letters_xxx;\toffset:8;\tsize:4;\n",
		"\tfield:\xff\xfe;",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		_cleanup_text_ struct text text = {0};
		struct tracepoint tracepoint;

		text_str(&text, FIELD("int good", 0, 4, 1));
		text_str(&text, lines[i]);
		if (tracepoint_parse(text.data, &tracepoint) != -EPROTO)
			print_error("taken: '%s'\n", lines[i]);
		assert_int_equal(tracepoint_parse(text.data, &tracepoint), -EPROTO);
	}
}

/* A good line after it must not lend it what it lacks. */
static void garbage_before_a_good_line_is_refused(void **state)
{
	static const char *const lines[] = {
		"\tfield:\n",
		"\tfield:int x\n",
		"\tfield:garbage\n",
		"\tfield:int x;\n",
		"\tfield:int x;\toffset:8;\n",
	};

	for (size_t i = 0; i < COUNT(lines); i++) {
		_cleanup_text_ struct text text = {0};
		struct tracepoint tracepoint;

		text_str(&text, lines[i]);
		text_str(&text, FIELD("int good", 0, 4, 1));
		if (tracepoint_parse(text.data, &tracepoint) != -EPROTO)
			print_error("taken: '%s'\n", lines[i]);
		assert_int_equal(tracepoint_parse(text.data, &tracepoint), -EPROTO);
	}
}

static void other_lines_are_passed_over(void **state)
{
	struct tracepoint tracepoint;

	assert_int_equal(tracepoint_parse("name: x\nfield:int x;\noffset\n\n", &tracepoint), 0);
	assert_int_equal(tracepoint_parse(FIELD("char name_of_thirty_one_letters_xxxx[16]", 4, 16,
						1),
					  &tracepoint),
			 1);
	field_assert(&tracepoint, "name_of_thirty_one_letters_xxxx", 4, 16);
	assert_int_equal(tracepoint_parse(FIELD("__data_loc char[] name", 8, 4, 1), &tracepoint),
			 1);
	field_assert(&tracepoint, "name", 8, 4);
}

static void fields_end_at_32(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct tracepoint tracepoint;

	for (int i = 0; i < TRACEPOINT_FIELDS_MAX; i++)
		text_printf(&text, "\tfield:int f%d;\toffset:%d;\tsize:4;\tsigned:1;\n", i, 4 * i);
	assert_int_equal(tracepoint_parse(text.data, &tracepoint), 32);
	field_assert(&tracepoint, "f0", 0, 4);
	field_assert(&tracepoint, "f31", 124, 4);
	text_str(&text, FIELD("int f32", 128, 4, 1));
	assert_int_equal(tracepoint_parse(text.data, &tracepoint), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(current_format_is_read),
		cmocka_unit_test(old_format_is_read),
		cmocka_unit_test(field_is_found_by_its_whole_name),
		cmocka_unit_test(garbage_is_refused),
		cmocka_unit_test(garbage_before_a_good_line_is_refused),
		cmocka_unit_test(other_lines_are_passed_over),
		cmocka_unit_test(fields_end_at_32),
	};

	return cmocka_run_group_tests_name("tracefs", tests, NULL, NULL);
}
