/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "event/event.h"

static void record_of_84_bytes_is_an_event(void **state)
{
	unsigned char record[EVENT_SIZE];
	struct event_layout layout;
	struct event event;

	for (size_t i = 0; i < sizeof(record); i++)
		record[i] = i + 1;
	event_layout_init(&layout, 0);
	assert_int_equal(layout.sent, EVENT_SIZE);
	assert_true(event_decode(&layout, 0, record, sizeof(record), &event));
	assert_memory_equal(&event, record, sizeof(record));
	/* The members are where the program put them. */
	assert_memory_equal(&event.ts_ns, record, 8);
	assert_memory_equal(&event.skaddr, record + 8, 8);
	assert_memory_equal(&event.span_ns, record + 16, 8);
	assert_memory_equal(event.laddr, record + 24, 16);
	assert_memory_equal(event.raddr, record + 40, 16);
	assert_memory_equal(&event.pid, record + 56, 4);
	assert_memory_equal(&event.lport, record + 60, 2);
	assert_memory_equal(&event.rport, record + 62, 2);
	assert_memory_equal(&event.family, record + 64, 2);
	assert_int_equal(event.oldstate, 67);
	assert_int_equal(event.newstate, 68);
	assert_memory_equal(event.comm, record + 68, 16);
}

static void short_record_is_refused(void **state)
{
	unsigned char record[EVENT_SIZE] = {0};
	struct event_layout layout;
	struct event event, before;

	event_layout_init(&layout, 0);
	memset(&event, 'x', sizeof(event));
	before = event;
	for (size_t size = 0; size < EVENT_SIZE; size++)
		assert_false(event_decode(&layout, 0, record, size, &event));
	assert_memory_equal(&event, &before, sizeof(event));
}

/* A perf record's data may be padded. */
static void longer_record_is_taken(void **state)
{
	unsigned char record[EVENT_SIZE + 12];
	union {
		struct event event;
		unsigned char bytes[sizeof(record)];
	} room;
	struct event_layout layout;

	event_layout_init(&layout, 0);
	memset(record, 'r', sizeof(record));
	memset(&room, 'x', sizeof(room));
	assert_true(event_decode(&layout, 0, record, sizeof(record), &room.event));
	assert_int_equal(room.bytes[EVENT_SIZE - 1], 'r');
	for (size_t i = EVENT_SIZE; i < sizeof(room.bytes); i++)
		assert_int_equal(room.bytes[i], 'x');
}

/* What is wanted follows in the order of the enum; the program sends all but the CPU. */
static void extras_follow(void **state)
{
	_cleanup_text_ struct text macros = {0};
	unsigned char record[EVENT_SIZE + sizeof(uint64_t)];
	union {
		struct event event;
		unsigned char bytes[168];
	} room;
	struct event_layout layout;

	memset(record, 0x11, EVENT_SIZE);
	memset(record + EVENT_SIZE, 0x22, sizeof(uint64_t));
	event_layout_init(&layout, 1 << OPTIONAL_AGE | 1 << OPTIONAL_CPU);
	assert_int_equal(layout.sent, sizeof(record));
	assert_int_equal(layout.size, 96);
	assert_false(event_decode(&layout, 3, record, sizeof(record) - 1, &room.event));
	assert_true(event_decode(&layout, 3, record, sizeof(record), &room.event));
	assert_int_equal(event_age_ns(&layout, &room.event), 0x2222222222222222);
	assert_int_equal(event_cpu(&layout, &room.event), 3);
	event_layout_render(&layout, &macros);
	assert_string_equal(macros.data, "#define EVENT_AGE\n");

	event_layout_init(&layout, 1 << OPTIONAL_AGE | 1 << OPTIONAL_OWNER | 1 << OPTIONAL_CLOSE |
					   1 << OPTIONAL_CPU);
	assert_int_equal(layout.offsets[OPTIONAL_OWNER], EVENT_SIZE + 8);
	assert_int_equal(layout.offsets[OPTIONAL_CLOSE], EVENT_SIZE + 72);
	assert_int_equal(layout.offsets[OPTIONAL_CPU], EVENT_SIZE + 76);
	assert_int_equal(layout.sent, EVENT_SIZE + 76);
	assert_int_equal(layout.size, 168);
	assert_ptr_equal(event_owner(&layout, &room.event), room.bytes + EVENT_SIZE + 8);
	memcpy(room.bytes + EVENT_SIZE + 72, &(uint32_t){WHY_REFUSED}, sizeof(uint32_t));
	assert_int_equal(event_why(&layout, &room.event), WHY_REFUSED);

	event_layout_init(&layout, 1 << OPTIONAL_CPU);
	assert_int_equal(layout.sent, EVENT_SIZE);
	assert_int_equal(layout.size, 88);
	assert_true(event_decode(&layout, 65535, record, EVENT_SIZE, &room.event));
	assert_int_equal(event_cpu(&layout, &room.event), 65535);
}

static void members_are_told_apart(void **state)
{
	const unsigned int wanted = 1 << OPTIONAL_uid | 1 << OPTIONAL_cookie | 1 << OPTIONAL_cgroup;
	const uint64_t numbers[] = {4294967295, 1ULL << 63, FIELD_UNKNOWN};
	_cleanup_text_ struct text macros = {0};
	unsigned char record[EVENT_SIZE + sizeof(numbers)] = {0};
	union {
		struct event event;
		unsigned char bytes[128];
	} room;
	struct event_layout layout;

	memcpy(record + EVENT_SIZE, numbers, sizeof(numbers));
	event_layout_init(&layout, wanted | 1 << OPTIONAL_CPU);
	assert_int_equal(layout.sent, sizeof(record));
	assert_true(event_decode(&layout, 5, record, sizeof(record), &room.event));
	assert_int_equal(event_socket_field(&layout, OPTIONAL_uid, &room.event), numbers[0]);
	assert_int_equal(event_socket_field(&layout, OPTIONAL_cookie, &room.event), numbers[1]);
	assert_int_equal(event_socket_field(&layout, OPTIONAL_cgroup, &room.event), numbers[2]);
	assert_int_equal(event_cpu(&layout, &room.event), 5);
	event_layout_render(&layout, &macros);
	assert_non_null(strstr(macros.data,
			       "#define EVENT_SOCKET_FIELDS __u64 uid EVENT_OPTIONAL; "
			       "__u64 cookie EVENT_OPTIONAL; __u64 cgroup EVENT_OPTIONAL;\n"));
}

static void span_is_in_microseconds(void **state)
{
	static const struct {
		uint64_t span_ns, span_us;
	} cases[] = {
		{0, 0},
		{999, 0},
		{1000, 1},
		{1999, 1},
		{123456789, 123456},
		{SPAN_UNKNOWN - 1, 18446744073709551},
		{SPAN_UNKNOWN, 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct event event = {.span_ns = cases[i].span_ns};

		assert_int_equal(event_span_us(&event), cases[i].span_us);
	}
}

static void comm_need_not_end(void **state)
{
	struct event event = {0};

	assert_int_equal(event_comm_len(event.comm), 0);
	memcpy(event.comm, "curl\0rest", 9);
	assert_int_equal(event_comm_len(event.comm), 4);
	memset(event.comm, 'c', sizeof(event.comm));
	event.comm[15] = '\0';
	assert_int_equal(event_comm_len(event.comm), 15);
	event.comm[15] = 'c';
	assert_int_equal(event_comm_len(event.comm), 16);
}

static void states_have_the_kernels_names(void **state)
{
	static const char *const names[] = {
		NULL,	     "ESTABLISHED", "SYN_SENT",	    "SYN_RECV",	  "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT",   "CLOSE",	    "CLOSE_WAIT", "LAST_ACK",
		"LISTEN",    "CLOSING",	    "NEW_SYN_RECV",
	};

	for (unsigned int i = 1; i < COUNT(names); i++) {
		assert_string_equal(state_name(i)->text, names[i]);
		assert_int_equal(state_name(i)->len, strlen(names[i]));
	}
	assert_int_equal(COUNT(names), 13);
	assert_null(state_name(0));
	assert_null(state_name(13));
	assert_null(state_name(14));
	assert_null(state_name(255));
	assert_null(state_name(UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(record_of_84_bytes_is_an_event),
		cmocka_unit_test(short_record_is_refused),
		cmocka_unit_test(longer_record_is_taken),
		cmocka_unit_test(extras_follow),
		cmocka_unit_test(members_are_told_apart),
		cmocka_unit_test(span_is_in_microseconds),
		cmocka_unit_test(comm_need_not_end),
		cmocka_unit_test(states_have_the_kernels_names),
	};

	return cmocka_run_group_tests_name("event", tests, NULL, NULL);
}
