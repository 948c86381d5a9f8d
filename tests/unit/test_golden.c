/* SPDX-License-Identifier: Apache-2.0 */
/* Whole outputs, byte by byte as tests/golden/ has them: what BCC's tool prints for the events. */
#include "unit.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event.h"
#include "lines.h"

static const struct event events[] = {
#include "events.inc"
};

struct golden {
	const char *name; /* of the file */
	enum layout layout;
	bool time, timestamp;
};

static const struct golden goldens[] = {
	{"columns", LAYOUT_COLUMNS, false, false},  {"columns-t", LAYOUT_COLUMNS, false, true},
	{"columns-T", LAYOUT_COLUMNS, true, false}, {"columns-tT", LAYOUT_COLUMNS, true, true},
	{"wide", LAYOUT_WIDE, false, false},	    {"wide-t", LAYOUT_WIDE, false, true},
	{"wide-T", LAYOUT_WIDE, true, false},	    {"wide-tT", LAYOUT_WIDE, true, true},
	{"csv", LAYOUT_CSV, false, false},	    {"csv-t", LAYOUT_CSV, false, true},
	{"csv-T", LAYOUT_CSV, true, false},	    {"csv-tT", LAYOUT_CSV, true, true},
};

static void file_read(struct text *text, const char *name)
{
	char path[1024], buf[4096];
	size_t got;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.txt", GOLDEN, name);
	file = fopen(path, "r");
	if (!file)
		print_error("%s is missing\n", path);
	assert_non_null(file);
	while ((got = fread(buf, 1, sizeof(buf), file)) > 0)
		text_bytes(text, buf, got);
	fclose(file);
	assert_int_equal(text->err, 0);
}

/* Prints each pair of lines that differ; true if there is none. */
static bool lines_compare(const char *expected, const char *got)
{
	bool same = true;

	for (int line = 1; *expected || *got; line++) {
		size_t wanted_len = strcspn(expected, "\n"), got_len = strcspn(got, "\n");

		if (wanted_len != got_len || memcmp(expected, got, got_len) ||
		    expected[wanted_len] != got[got_len]) {
			print_error("@ line %d\n-%.*s\n+%.*s\n", line, (int)wanted_len, expected,
				    (int)got_len, got);
			same = false;
		}
		expected += wanted_len + (expected[wanted_len] == '\n');
		got += got_len + (got[got_len] == '\n');
	}
	return same;
}

static void output_is_golden(void **state)
{
	const struct golden *golden = *state;
	struct line_format format = {
		.layout = golden->layout,
		.time = golden->time,
		.timestamp = golden->timestamp,
		.clock.offset_ns = GOLDEN_OFFSET_NS,
	};
	_cleanup_text_ struct text expected = {0}, got = {0};

	file_read(&expected, golden->name);
	line_header(&format, &got);
	for (size_t i = 0; i < COUNT(events); i++)
		line_event(&format, &events[i], &got);
	assert_true(lines_compare(expected.data, got.data));
	text_assert(&got, expected.data, expected.len);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(goldens)];

	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < COUNT(goldens); i++)
		tests[i] = (struct CMUnitTest){
			.name = goldens[i].name,
			.test_func = output_is_golden,
			.initial_state = (void *)&goldens[i],
		};
	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
