/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "event/event.h"
#include "trace/buffers.h"

#define MS    1000000ULL
#define BEGIN (1000 * MS)

/* What the program would count. */
static struct in_flight in_flight[2];
static uint64_t horizon_ns[2];

static int both_settled(void **state)
{
	static struct buffers buffers = {.cpus = 2,
					 .in_flight = in_flight,
					 .horizon_ns = horizon_ns};

	memset(in_flight, 0, sizeof(in_flight));
	horizon_ns[0] = horizon_ns[1] = 0;
	*state = &buffers;
	return buffers_horizon_ns(&buffers, BEGIN) == BEGIN ? 0 : -1;
}

static void all_up_to_now_if_none_is_on_its_way(void **state)
{
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + MS), BEGIN + MS);
}

static void one_cpu_holds_all_up(void **state)
{
	in_flight[1].events = 1;
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + MS), BEGIN);
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 2 * MS), BEGIN);
	in_flight[1].events = 0;
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 3 * MS), BEGIN + 3 * MS);
}

static void the_earlier_of_two(void **state)
{
	in_flight[0].events = 1;
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + MS), BEGIN);
	in_flight[1].events = 2; /* a softirq's above another */
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 2 * MS), BEGIN);
	in_flight[0].events = 0;
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 3 * MS), BEGIN + MS);
}

static void not_for_ever(void **state)
{
	in_flight[0].events = 1;
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 100 * MS), BEGIN);
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 101 * MS), BEGIN + MS);
	assert_int_equal(buffers_horizon_ns(*state, BEGIN + 5000 * MS), BEGIN + 4900 * MS);
}

static void who_does_not_tell_is_not_waited_for(void **state)
{
	struct buffers mute = {.cpus = 2};

	assert_int_equal(buffers_horizon_ns(&mute, BEGIN + MS), BEGIN + MS);
	/* But its events are, for longer than those of one who tells. */
	assert_true(buffers_margin_ns(&mute) > buffers_margin_ns(*state));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_up_to_now_if_none_is_on_its_way, both_settled),
		cmocka_unit_test_setup(one_cpu_holds_all_up, both_settled),
		cmocka_unit_test_setup(the_earlier_of_two, both_settled),
		cmocka_unit_test_setup(not_for_ever, both_settled),
		cmocka_unit_test_setup(who_does_not_tell_is_not_waited_for, both_settled),
	};

	return cmocka_run_group_tests_name("buffers", tests, NULL, NULL);
}
