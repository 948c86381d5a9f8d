/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whole outputs, byte by byte as tests/golden/ has them: what BCC's tool prints for the events,
 * then lists of fields and JSON.
 */
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "event/event.h"
#include "output/fields.h"
#include "output/format.h"
#include "system/cgroup.h"

static const struct event events[] = {
#include "events.inc"
};

/* What a record has beside the event, if a field wants it. */
static const struct {
	uint64_t age_ns;
	uint32_t cpu;
	uint64_t members[OPTIONAL_cgroup - OPTIONAL_netns]; /* of the socket */
	struct owner owner;
	uint32_t why;
	struct session session;
	const char *cgroup; /* its path, or NULL: it has none */
} optionals[] = {
#include "extras.inc"
};

struct golden {
	const char *name; /* of the file */
	enum output_format kind;
	bool time, timestamp;
	const char *output; /* -o, or NULL */
	const char *zone; /* or NULL: UTC */
	bool color;
	bool extended;
	bool csv_safe;
};

#define ODD	  "newstate,oldstate,ms,comm,rport,lport,raddr,laddr,age_ms,ip"
#define EAST_5_30 "TEST-5:30"
#define WEST_3_30 "TEST3:30"

static char all[16 * FIELDS]; /* their names, in the order of the table */

static const struct golden goldens[] = {
	{.name = "columns", .kind = FORMAT_COLUMNS},
	{.name = "columns-t", .kind = FORMAT_COLUMNS, .timestamp = true},
	{.name = "columns-T", .kind = FORMAT_COLUMNS, .time = true},
	{.name = "columns-tT", .kind = FORMAT_COLUMNS, .time = true, .timestamp = true},
	{.name = "columns-color", .kind = FORMAT_COLUMNS, .color = true},
	{.name = "wide", .kind = FORMAT_WIDE},
	{.name = "wide-t", .kind = FORMAT_WIDE, .timestamp = true},
	{.name = "wide-T", .kind = FORMAT_WIDE, .time = true},
	{.name = "wide-tT", .kind = FORMAT_WIDE, .time = true, .timestamp = true},
	{.name = "csv", .kind = FORMAT_CSV},
	{.name = "csv-t", .kind = FORMAT_CSV, .timestamp = true},
	{.name = "csv-T", .kind = FORMAT_CSV, .time = true},
	{.name = "csv-safe", .kind = FORMAT_CSV, .csv_safe = true},
	{.name = "list-csv-safe",
	 .kind = FORMAT_CSV,
	 .output = "time_s,ocomm,ms,comm,cgroup,unit",
	 .csv_safe = true},
	{.name = "csv-tT", .kind = FORMAT_CSV, .time = true, .timestamp = true},
	{.name = "list", .kind = FORMAT_COLUMNS, .output = all},
	{.name = "list-wide", .kind = FORMAT_WIDE, .output = all},
	{.name = "list-csv", .kind = FORMAT_CSV, .output = all},
	{.name = "list-more",
	 .kind = FORMAT_COLUMNS,
	 .output = "+isotime,cpu,age_ms",
	 .zone = EAST_5_30},
	{.name = "list-more-csv", .kind = FORMAT_CSV, .output = "+isotime,cpu", .zone = WEST_3_30},
	{.name = "list-members", .kind = FORMAT_COLUMNS, .output = "retrans,pid,netns,tx_bytes"},
	{.name = "list-odd", .kind = FORMAT_COLUMNS, .output = ODD},
	{.name = "list-Tt",
	 .kind = FORMAT_COLUMNS,
	 .time = true,
	 .timestamp = true,
	 .output = "comm,time",
	 .zone = EAST_5_30},
	{.name = "list-one", .kind = FORMAT_WIDE, .output = "comm"},
	{.name = "list-color",
	 .kind = FORMAT_COLUMNS,
	 .output = "oldstate,newstate,ms",
	 .color = true},
	{.name = "list-csv-color",
	 .kind = FORMAT_CSV,
	 .output = "oldstate,newstate",
	 .color = true},
	{.name = "json", .kind = FORMAT_JSON},
	{.name = "json-all", .kind = FORMAT_JSON, .output = all, .zone = EAST_5_30, .color = true},
	{.name = "json-odd", .kind = FORMAT_JSON, .output = "cpu,ms,comm"},
	{.name = "json-members", .kind = FORMAT_JSON, .output = "cpu,rtt_us,mark,age_ms"},
	{.name = "otel", .kind = FORMAT_OTEL},
	{.name = "otel-all", .kind = FORMAT_OTEL, .output = all, .zone = WEST_3_30, .color = true},
	{.name = "extended", .kind = FORMAT_COLUMNS, .extended = true},
	{.name = "extended-wide", .kind = FORMAT_WIDE, .extended = true},
	{.name = "extended-csv", .kind = FORMAT_CSV, .extended = true},
	{.name = "extended-more", .kind = FORMAT_CSV, .output = "+age_ms,netns", .extended = true},
	{.name = "extended-list", .kind = FORMAT_COLUMNS, .output = "ms,pid", .extended = true},
	{.name = "extended-json", .kind = FORMAT_JSON, .extended = true},
	{.name = "extended-otel", .kind = FORMAT_OTEL, .extended = true},
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

static void zone_set(const char *zone)
{
	setenv("TZ", zone ? zone : "UTC", 1);
	tzset();
}

static unsigned char *number_append(unsigned char *at, uint64_t number)
{
	memcpy(at, &number, sizeof(number));
	return at + sizeof(number);
}

/* As the record comes out of a buffer: what is not wanted has not been sent. */
static void event_append(struct line_format *format, size_t i, struct text *text)
{
	const struct format *ways = format_of(format->kind);
	const struct event_layout *layout = format->event_layout;
	unsigned char record[EVENT_SIZE + sizeof(optionals[i])], *at = record + EVENT_SIZE;
	union {
		struct event event;
		unsigned char bytes[sizeof(record)];
	} room;

	memset(&room, 'x', sizeof(room));
	memcpy(record, &events[i], EVENT_SIZE);
	if (layout->wanted & 1 << OPTIONAL_AGE)
		at = number_append(at, optionals[i].age_ns);
	for (int extra = OPTIONAL_netns; extra < OPTIONAL_cgroup; extra++)
		if (layout->wanted & 1 << extra)
			at = number_append(at, optionals[i].members[extra - OPTIONAL_netns]);
	if (layout->wanted & 1 << OPTIONAL_cgroup)
		at = number_append(at, i % 2 || optionals[i].cgroup ? i + 1 : FIELD_UNKNOWN);
	if (layout->wanted & 1 << OPTIONAL_OWNER)
		at = mempcpy(at, &optionals[i].owner, sizeof(optionals[i].owner));
	if (layout->wanted & 1 << OPTIONAL_CLOSE)
		at = mempcpy(at, &optionals[i].why, sizeof(optionals[i].why));
	if (layout->wanted & 1 << OPTIONAL_SESSION)
		at = mempcpy(at, &optionals[i].session, sizeof(optionals[i].session));
	assert_true(layout->size <= sizeof(room) && layout->sent == (size_t)(at - record));
	assert_true(event_decode(layout, optionals[i].cpu, record, layout->sent, &room.event));
	ways->event(format, &room.event, text);
}

/* The event's number, from 1, is its cgroup's id. */
static int path_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	const char *cgroup = optionals[id - 1].cgroup;

	if (!cgroup)
		return -ESTALE;
	strcpy(path, cgroup);
	return 0;
}

static void output_is_golden(void **state)
{
	const struct golden *golden = *state;
	struct line_format format = {
		.kind = golden->kind,
		.time = golden->time,
		.timestamp = golden->timestamp,
		.color = golden->color,
		.extended = golden->extended,
		.csv_safe = golden->csv_safe,
		.clock.offset_ns = GOLDEN_OFFSET_NS,
	};
	_cleanup_text_ struct text expected = {0}, got = {0};
	bool json = golden->kind == FORMAT_JSON || golden->kind == FORMAT_OTEL;
	struct field_list list = {0};
	struct event_layout layout;
	struct diag diag;

	zone_set(golden->zone);
	file_read(&expected, golden->name);
	if (golden->output || golden->extended || json) {
		assert_int_equal(field_list_make(&list, &format, golden->output, &diag), 0);
		format.list = &list;
	}
	event_layout_init(&layout, field_list_optionals(&list));
	format.event_layout = &layout;
	format.cgroups = cgroups_new(path_find, NULL);
	if (!json) /* the first record of JSON is of now */
		format_of(golden->kind)->begin(&format, &got);
	for (size_t i = 0; i < COUNT(events); i++)
		event_append(&format, i, &got);
	cgroups_free(format.cgroups);
	assert_true(lines_compare(expected.data, got.data));
	text_assert(&got, expected.data, expected.len);
}

static void all_fill(void)
{
	char *at = all;

	for (int i = 0; i < FIELDS; i++)
		at += snprintf(at, all + sizeof(all) - at, "%s%s", i ? "," : "",
			       field_table[i].name);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(goldens)];

	_Static_assert(COUNT(optionals) == COUNT(events), "golden: not extras for each event");
	all_fill();
	for (size_t i = 0; i < COUNT(goldens); i++)
		tests[i] = (struct CMUnitTest){
			.name = goldens[i].name,
			.test_func = output_is_golden,
			.initial_state = (void *)&goldens[i],
		};
	return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
