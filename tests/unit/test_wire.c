/* SPDX-License-Identifier: Apache-2.0 */
/* All that a record can have is read where it is sent: bpf_text/wire.h and tools/event/event.c
 * agree. */
#define EVENT_AGE
#include "event/socket_fields.h"
#define MEMBER(name, ...)   __u64 name EVENT_OPTIONAL;
#define EVENT_SOCKET_FIELDS SOCKET_FIELDS(MEMBER) SOCKET_VALUES(MEMBER)
#define EVENT_OWNER
#define EVENT_CLOSE
#define EVENT_SESSION
#include "event/event.h"
#include "unit.h"

#define AT(member) offsetof(struct event, member)

static const size_t places[] = {
	[OPTIONAL_AGE] = AT(age_ns),
#define AT_MEMBER(name, ...) [OPTIONAL_##name] = AT(name),
	/* clang-format off */
	SOCKET_FIELDS(AT_MEMBER)
	SOCKET_VALUES(AT_MEMBER)
	[OPTIONAL_OWNER] = AT(owner),
	[OPTIONAL_PID_NS] = AT(why),
	[OPTIONAL_EXE] = AT(why),
	[OPTIONAL_CLOSE] = AT(why),
	[OPTIONAL_SESSION] = AT(session),
	[OPTIONAL_RESET] = EVENT_SIZE, /* the reader's, behind what is sent */
	[OPTIONAL_CPU] = EVENT_SIZE + 8,
	/* clang-format on */
};

static void extras_are_read_where_they_are_sent(void **state)
{
	struct event_layout layout;

	event_layout_init(&layout, (1U << OPTIONALS) - 1);
	assert_int_equal(COUNT(places), OPTIONALS);
	for (int i = 0; i < OPTIONALS; i++) {
		if (layout.offsets[i] != places[i])
			print_error("extra %d is read at %d\n", i, layout.offsets[i]);
		assert_int_equal(layout.offsets[i], places[i]);
	}
	assert_int_equal(layout.sent, EVENT_SIZE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(extras_are_read_where_they_are_sent),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
