/* SPDX-License-Identifier: Apache-2.0 */
/* What the golden lines (test_golden.c) do not reach. */
#include "unit.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/diag.h"
#include "event/event.h"
#include "output/json.h"
#include "output/lines.h"
#include "output/value.h"
#include "system/cgroup.h"

static const struct event four = {
	.ts_ns = 5000000999,
	.skaddr = 0xffff888100000001,
	.span_ns = 1500000,
	.laddr = {127, 0, 0, 1},
	.raddr = {127, 0, 0, 2},
	.pid = 7,
	.lport = 80,
	.rport = 4000,
	.family = AF_INET,
	.oldstate = 1,
	.newstate = 8,
	.comm = "curl",
};

#define FOUR_CSV                                                                                   \
	"ffff888100000001,7,curl,4,127.0.0.1,80,127.0.0.2,4000,ESTABLISHED,CLOSE_WAIT,1.500\n"

static void line_assert(struct line_format *format, const struct event *event, const char *expected)
{
	_cleanup_text_ struct text text = {0};

	line_event(format, event, &text);
	text_assert(&text, expected, strlen(expected));
}

static void lines_are_appended(void **state)
{
	struct line_format format = {.kind = FORMAT_CSV};
	_cleanup_text_ struct text text = {0};

	text_str(&text, "before\n");
	line_header(&format, &text);
	line_event(&format, &four, &text);
	line_event(&format, &four, &text);
	assert_string_equal(text.data, "before\nSKADDR,C-PID,C-COMM,IP,LADDR,LPORT,RADDR,RPORT,"
				       "OLDSTATE,NEWSTATE,MS\n" FOUR_CSV FOUR_CSV);
}

/* From the first event that is shown, with times cut to microseconds before they are compared. */
static void timestamp_counts_from_the_first(void **state)
{
	struct line_format format = {.kind = FORMAT_CSV, .timestamp = true};
	struct event event = four;

	line_assert(&format, &event, "0.000000," FOUR_CSV);
	event.ts_ns += 1;
	line_assert(&format, &event, "0.000001," FOUR_CSV);
	event.ts_ns += 3600000000000;
	line_assert(&format, &event, "3600.000001," FOUR_CSV);
}

/* A late event is given out after younger ones: it may even be older than the first. */
static void timestamp_may_be_before_the_first(void **state)
{
	struct line_format format = {.kind = FORMAT_CSV, .timestamp = true};
	struct event event = four;

	line_assert(&format, &event, "0.000000," FOUR_CSV);
	event.ts_ns -= 250000;
	line_assert(&format, &event, "-0.000250," FOUR_CSV);
}

/* The time that the event was, not the time that it is. */
static void time_is_the_events(void **state)
{
	struct line_format format = {.kind = FORMAT_CSV, .time = true};
	struct event event = four;

	setenv("TZ", "UTC", 1);
	tzset();
	format.clock.offset_ns = 3600 * NS_PER_SECOND;
	line_assert(&format, &event, "01:00:05," FOUR_CSV);
	event.ts_ns += 60 * NS_PER_SECOND;
	line_assert(&format, &event, "01:01:05," FOUR_CSV);
}

/* Without -x a time is 0.000 where it is unknown, which the original prints, and an age is not. */
static void unknown_times_are_told_where_asked(void **state)
{
	static const struct {
		enum output_format kind;
		bool extended;
		const char *expected;
	} cases[] = {
		{FORMAT_COLUMNS, false, "0.000     -\n"},
		{FORMAT_COLUMNS, true, "-         -\n"},
		{FORMAT_CSV, false, "0.000,\n"},
		{FORMAT_CSV, true, "-,-\n"},
	};
	struct {
		struct event event;
		uint64_t age_ns;
	} room = {.event = four};

	room.event.span_ns = SPAN_UNKNOWN;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line_format format = {
			.kind = cases[i].kind,
			.extended = cases[i].extended,
		};
		struct event_layout layout;
		struct field_list list;
		uint64_t unknown = AGE_UNKNOWN;

		assert_int_equal(field_list_make(&list, &format, "ms,age_ms", NULL), 0);
		event_layout_init(&layout, field_list_optionals(&list));
		memcpy((char *)&room + layout.offsets[OPTIONAL_AGE], &unknown, sizeof(unknown));
		format.list = &list;
		format.event_layout = &layout;
		line_assert(&format, &room.event, cases[i].expected);
	}
}

static void addresses_are_of_their_family(void **state)
{
	struct event event = four;
	_cleanup_text_ struct text text = {0};

	address_append(&text, &event, event.raddr);
	text_assert(&text, BYTES("127.0.0.2"));
	text_clear(&text);
	event.family = AF_INET6;
	address_append(&text, &event, event.raddr);
	text_assert(&text, BYTES("7f00:2::"));
	text_clear(&text);
	memset(event.laddr, 0xff, sizeof(event.laddr));
	address_append(&text, &event, event.laddr);
	text_assert(&text, BYTES("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
	text_clear(&text);
	event.family = AF_INET;
	address_append(&text, &event, event.laddr);
	text_assert(&text, BYTES("255.255.255.255"));
}

static void states_have_names_or_numbers(void **state)
{
	_cleanup_text_ struct text text = {0};

	state_append(&text, 10);
	text_char(&text, ' ');
	state_append(&text, 0);
	text_char(&text, ' ');
	state_append(&text, 13);
	text_char(&text, ' ');
	state_append(&text, 255);
	text_assert(&text, BYTES("LISTEN 0 13 255"));
}

static void comm_is_whole_and_safe(void **state)
{
	struct event event = four;
	_cleanup_text_ struct text text = {0};

	memcpy(event.comm, "0123456789abcde\n", 16);
	comm_append(&text, event.comm);
	text_assert(&text, BYTES("0123456789abcde\\x0a"));
	text_clear(&text);
	memcpy(event.comm, "a\0bcdefg", 8);
	comm_append(&text, event.comm);
	text_assert(&text, BYTES("a"));
}

static int longest_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	memset(path, *(const char *)arg, PATH_MAX - 1);
	path[0] = '/';
	path[PATH_MAX - 1] = '\0';
	return 0;
}

/* No field has the room for it by itself: the line must have been given it. */
static void longest_path_has_room(void **state)
{
	static const struct {
		enum output_format kind;
		char byte;
		size_t each; /* characters for it */
		const char *around;
	} cases[] = {
		{FORMAT_COLUMNS, '\x01', 4, "\n"},
		{FORMAT_CSV, '\x01', 4, "\n"},
		{FORMAT_CSV, '"', 2, "\"\"\n"},
		{FORMAT_JSON, '"', 2, "{\"record\":\"event\",\"cgroup\":\"\"}\n"},
		{FORMAT_JSON, '\x01', 5, "{\"record\":\"event\",\"cgroup\":\"\"}\n"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct line_format format = {.kind = cases[i].kind};
		union {
			struct event event;
			unsigned char bytes[EVENT_SIZE + 16];
		} room = {.event = four};
		_cleanup_text_ struct text text = {0};
		struct event_layout layout;
		struct field_list list;
		struct diag diag;

		assert_int_equal(field_list_make(&list, &format, "cgroup", &diag), 0);
		event_layout_init(&layout, field_list_optionals(&list));
		memset(room.bytes + EVENT_SIZE, 1, sizeof(uint64_t));
		format.list = &list;
		format.event_layout = &layout;
		format.cgroups = cgroups_new(longest_find, (void *)&cases[i].byte);
		format_of(format.kind)->event(&format, &room.event, &text);
		cgroups_free(format.cgroups);
		assert_int_equal(text.len,
				 (PATH_MAX - 2) * cases[i].each + 1 + strlen(cases[i].around));
		/* Had it not been given, it would have been taken. */
		assert_true(text.len < text.room);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_appended),
		cmocka_unit_test(timestamp_counts_from_the_first),
		cmocka_unit_test(timestamp_may_be_before_the_first),
		cmocka_unit_test(time_is_the_events),
		cmocka_unit_test(unknown_times_are_told_where_asked),
		cmocka_unit_test(addresses_are_of_their_family),
		cmocka_unit_test(states_have_names_or_numbers),
		cmocka_unit_test(comm_is_whole_and_safe),
		cmocka_unit_test(longest_path_has_room),
	};

	return cmocka_run_group_tests_name("values", tests, NULL, NULL);
}
