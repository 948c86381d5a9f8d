/* SPDX-License-Identifier: Apache-2.0 */
/* A number for each socket, through all that its address can see. */
#include "unit.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "output/socket_numbers.h"

#define ROOM  10000
#define NEVER UINT64_MAX /* the age of what has been seen by nobody */

static struct event_layout layout;

/* The number of an event of the socket at that address, at that time and that old. */
static uint64_t number(struct socket_numbers *numbers, uint64_t skaddr, uint64_t ts_ns,
		       uint64_t age_ns, uint32_t newstate)
{
	struct event *event = calloc(1, layout.size);
	uint64_t hidden;

	event->skaddr = skaddr;
	event->ts_ns = ts_ns;
	event->newstate = newstate;
	memcpy((char *)event + layout.offsets[OPTIONAL_AGE], &age_ns, sizeof(age_ns));
	socket_numbers_replace(numbers, &layout, event);
	hidden = event->skaddr;
	free(event);
	return hidden;
}

static void sessions_are_numbered(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, ROOM);
	assert_int_equal(number(&numbers, 0xa0, 100, 0, TCP_SYN_SENT), 1);
	assert_int_equal(number(&numbers, 0xb0, 110, 0, TCP_SYN_SENT), 2);
	assert_int_equal(number(&numbers, 0xa0, 120, 20, TCP_ESTABLISHED), 1);
	assert_int_equal(number(&numbers, 0xb0, 130, 20, TCP_CLOSE), 2);
	assert_int_equal(number(&numbers, 0xa0, 140, 40, TCP_CLOSE), 1);
	socket_numbers_free(&numbers);
}

static void addresses_are_used_again(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, ROOM);
	assert_int_equal(number(&numbers, 0xa0, 100, 0, TCP_SYN_SENT), 1);
	assert_int_equal(number(&numbers, 0xa0, 110, 10, TCP_CLOSE), 1);
	assert_int_equal(number(&numbers, 0xa0, 120, 0, TCP_SYN_SENT), 2);
	/* Its end is not shown. */
	assert_int_equal(number(&numbers, 0xa0, 150, 0, TCP_SYN_SENT), 3);
	assert_int_equal(number(&numbers, 0xa0, 160, 10, TCP_ESTABLISHED), 3);
	/* Nor the beginning of the next. */
	assert_int_equal(number(&numbers, 0xa0, 190, 20, TCP_ESTABLISHED), 4);
	socket_numbers_free(&numbers);
}

static void those_from_before_keep_theirs(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, ROOM);
	assert_int_equal(number(&numbers, 0xa0, 100, NEVER, TCP_CLOSE_WAIT), 1);
	assert_int_equal(number(&numbers, 0xa0, 120, 20, TCP_LAST_ACK), 1);
	assert_int_equal(number(&numbers, 0xa0, 130, NEVER, TCP_CLOSE), 1);
	assert_int_equal(number(&numbers, 0xb0, 100, NEVER, TCP_CLOSE_WAIT), 2);
	assert_int_equal(number(&numbers, 0xb0, 200, 0, TCP_SYN_SENT), 3);
	socket_numbers_free(&numbers);
}

/* As from a text of the user's own that sends no ages. */
static void without_ages_only_the_end_tells(void **state)
{
	struct event_layout plain;
	struct socket_numbers numbers;
	struct event event = {.skaddr = 0xa0, .newstate = TCP_SYN_SENT};

	event_layout_init(&plain, 0);
	socket_numbers_init(&numbers, ROOM);
	for (int i = 0; i < 3; i++) {
		event.skaddr = 0xa0;
		event.newstate = i == 1 ? TCP_CLOSE : TCP_SYN_SENT;
		socket_numbers_replace(&numbers, &plain, &event);
		assert_int_equal(event.skaddr, i < 2 ? 1 : 2);
	}
	socket_numbers_free(&numbers);
}

/* Its change to CLOSE may have been missed. */
static void without_ages_a_beginning_tells_too(void **state)
{
	static const struct {
		uint8_t oldstate, newstate;
		uint64_t number;
	} events[] = {
		{TCP_CLOSE, TCP_SYN_SENT, 1},	    {TCP_SYN_SENT, TCP_ESTABLISHED, 1},
		{TCP_CLOSE, TCP_LISTEN, 2},	    {TCP_LISTEN, TCP_SYN_RECV, 3},
		{TCP_SYN_RECV, TCP_ESTABLISHED, 3}, {TCP_LISTEN, TCP_SYN_RECV, 4},
		{TCP_LISTEN, STATE_STILL, 4},
	};
	struct event_layout plain;
	struct socket_numbers numbers;

	event_layout_init(&plain, 0);
	socket_numbers_init(&numbers, ROOM);
	for (size_t i = 0; i < COUNT(events); i++) {
		struct event event = {.skaddr = 0xa0,
				      .oldstate = events[i].oldstate,
				      .newstate = events[i].newstate};

		socket_numbers_replace(&numbers, &plain, &event);
		assert_int_equal(event.skaddr, events[i].number);
	}
	socket_numbers_free(&numbers);
}

static void many_are_apart(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, ROOM);
	for (uint64_t i = 1; i <= 5000; i++)
		assert_int_equal(number(&numbers, i << 6, i, 0, TCP_SYN_SENT), i);
	for (uint64_t i = 5000; i; i--)
		assert_int_equal(number(&numbers, i << 6, 6000, 6000 - i, TCP_CLOSE), i);
	assert_null(numbers.tree);
	assert_int_equal(numbers.count, 0);
	socket_numbers_free(&numbers);
}

/* As with a filter that hides CLOSE. */
static void those_that_never_end_are_bounded(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, 100);
	for (uint64_t i = 1; i <= 100000; i++) {
		assert_int_equal(number(&numbers, i << 6, i, 0, TCP_ESTABLISHED), i);
		assert_uint_in_range(numbers.count, 1, 100);
	}
	assert_int_equal(numbers.count, 100);
	socket_numbers_free(&numbers);
}

static void who_was_shown_longest_ago_is_forgotten(void **state)
{
	struct socket_numbers numbers;

	socket_numbers_init(&numbers, 2);
	assert_int_equal(number(&numbers, 0xa0, 100, 0, TCP_SYN_SENT), 1);
	assert_int_equal(number(&numbers, 0xb0, 110, 0, TCP_SYN_SENT), 2);
	assert_int_equal(number(&numbers, 0xa0, 120, 20, TCP_ESTABLISHED), 1);
	assert_int_equal(number(&numbers, 0xc0, 130, 0, TCP_SYN_SENT), 3);
	assert_int_equal(number(&numbers, 0xa0, 140, 40, TCP_FIN_WAIT1), 1);
	assert_int_equal(number(&numbers, 0xb0, 150, 40, TCP_ESTABLISHED), 4);
	assert_int_equal(number(&numbers, 0xa0, 160, 60, TCP_CLOSE), 1);
	assert_int_equal(number(&numbers, 0xd0, 170, 0, TCP_SYN_SENT), 5);
	assert_int_equal(number(&numbers, 0xb0, 180, 70, TCP_CLOSE), 4);
	assert_int_equal(numbers.count, 1);
	socket_numbers_free(&numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_numbered),
		cmocka_unit_test(addresses_are_used_again),
		cmocka_unit_test(those_from_before_keep_theirs),
		cmocka_unit_test(without_ages_only_the_end_tells),
		cmocka_unit_test(without_ages_a_beginning_tells_too),
		cmocka_unit_test(many_are_apart),
		cmocka_unit_test(those_that_never_end_are_bounded),
		cmocka_unit_test(who_was_shown_longest_ago_is_forgotten),
	};

	event_layout_init(&layout, 1U << OPTIONAL_AGE);
	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
