/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>
#include <time.h>

#include "base/clock.h"

#define MIDNIGHT_NS (1710892800LL * NS_PER_SECOND) /* 2024-03-20 00:00:00 UTC */

static void zone_set(const char *zone)
{
	setenv("TZ", zone, 1);
	tzset();
}

static uint64_t clock_read_ns(clockid_t id)
{
	struct timespec now;

	assert_int_equal(clock_gettime(id, &now), 0);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static void now_is_monotonic(void **state)
{
	uint64_t before = clock_read_ns(CLOCK_MONOTONIC), now = clock_now_ns(),
		 after = clock_read_ns(CLOCK_MONOTONIC);

	assert_true(before <= now && now <= after);
}

/* Each difference is wrong by no more than the time between its two readings. */
static void update_finds_the_offset(void **state)
{
	struct wall_clock clock = {.offset_ns = 1};
	int64_t before = clock_read_ns(CLOCK_MONOTONIC), real_before, real_after, after, took;

	real_before = clock_read_ns(CLOCK_REALTIME);
	wall_clock_update(&clock);
	real_after = clock_read_ns(CLOCK_REALTIME);
	after = clock_read_ns(CLOCK_MONOTONIC);
	took = after - before;
	assert_true(clock.offset_ns <= real_before - before);
	assert_true(clock.offset_ns >= real_after - after - took);
	assert_int_equal(wall_clock_ns(&clock, 12345), clock.offset_ns + 12345);
}

static void text_is_time_of_day(void **state)
{
	static const struct {
		int64_t ts_s, ts_ns;
		const char *text;
	} cases[] = {
		{0, 0, "00:00:00"},	  {0, 999999999, "00:00:00"},
		{1, 0, "00:00:01"},	  {59, 999999999, "00:00:59"},
		{60, 0, "00:01:00"},	  {3600, 0, "01:00:00"},
		{43200, 0, "12:00:00"},	  {86399, 999999999, "23:59:59"},
		{86400, 0, "00:00:00"},	  {45296, 789, "12:34:56"},
		{45296, 790, "12:34:56"}, {45295, 0, "12:34:55"},
	};
	struct wall_clock clock = {.offset_ns = MIDNIGHT_NS};

	zone_set("UTC");
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(wall_clock_text(&clock,
						    cases[i].ts_s * NS_PER_SECOND + cases[i].ts_ns),
				    cases[i].text);
}

/* Nanoseconds of the offset and of the event make up a second together. */
static void offset_and_time_add_up(void **state)
{
	struct wall_clock clock = {.offset_ns = MIDNIGHT_NS + 999999999};

	zone_set("UTC");
	assert_string_equal(wall_clock_text(&clock, 0), "00:00:00");
	assert_string_equal(wall_clock_text(&clock, 1), "00:00:01");
}

/* What sends the times may be a program of the user's own. */
static void any_time_is_shown(void **state)
{
	static const struct {
		int64_t offset_ns;
		uint64_t ts_ns;
		const char *iso;
	} cases[] = {
		{0, -1ULL, "1969-12-31T23:59:59.999999+00:00"},
		{0, -NS_PER_SECOND, "1969-12-31T23:59:59.000000+00:00"},
		{0, 1ULL << 63, "1677-09-21T00:12:43.145224+00:00"},
		{MIDNIGHT_NS, INT64_MAX, "1731-12-10T00:12:43.145224+00:00"},
	};
	char iso[WALL_CLOCK_ISO_LEN + 1] = "";

	zone_set("UTC");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct wall_clock clock = {.offset_ns = cases[i].offset_ns};

		wall_clock_iso(&clock, cases[i].ts_ns, iso);
		assert_string_equal(iso, cases[i].iso);
	}
}

static void offset_may_change(void **state)
{
	struct wall_clock clock = {.offset_ns = MIDNIGHT_NS};

	zone_set("UTC");
	assert_string_equal(wall_clock_text(&clock, 5 * NS_PER_SECOND), "00:00:05");
	clock.offset_ns += 3600 * NS_PER_SECOND;
	assert_string_equal(wall_clock_text(&clock, 5 * NS_PER_SECOND), "01:00:05");
}

static void zone_is_local(void **state)
{
	struct wall_clock clock = {.offset_ns = MIDNIGHT_NS};

	zone_set("TEST-5:30");
	assert_string_equal(wall_clock_text(&clock, 0), "05:30:00");
	zone_set("UTC");
}

static void epoch_is_shown(void **state)
{
	struct wall_clock clock = {0};

	zone_set("UTC");
	assert_string_equal(wall_clock_text(&clock, 0), "00:00:00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(now_is_monotonic),    cmocka_unit_test(update_finds_the_offset),
		cmocka_unit_test(text_is_time_of_day), cmocka_unit_test(offset_and_time_add_up),
		cmocka_unit_test(offset_may_change),   cmocka_unit_test(zone_is_local),
		cmocka_unit_test(epoch_is_shown),      cmocka_unit_test(any_time_is_shown),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
