/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include "base/seen.h"

#define MANY 100000
#define SOCK 0xffff888000000000 /* addresses of sockets are multiples of 64 */

static void number_is_new_once(void **state)
{
	struct seen seen = {0};

	assert_true(seen_add(&seen, 1));
	assert_false(seen_add(&seen, 1));
	assert_true(seen_add(&seen, UINT64_MAX));
	assert_false(seen_add(&seen, UINT64_MAX));
	assert_false(seen_add(&seen, 1));
	assert_int_equal(seen.count, 2);
	seen_free(&seen);
	assert_true(seen_add(&seen, 1));
	seen_free(&seen);
}

static void many_are_told_apart(void **state)
{
	struct seen seen = {0};

	for (uint64_t i = 0; i < MANY; i++)
		assert_true(seen_add(&seen, SOCK + i * 64));
	for (uint64_t i = 0; i < MANY; i++)
		assert_false(seen_add(&seen, SOCK + i * 64));
	assert_true(seen_add(&seen, SOCK + 1));
	assert_int_equal(seen.count, MANY + 1);
	assert_true(seen.room < 4 * MANY);
	seen_free(&seen);
}

static void none_may_be_freed(void **state)
{
	struct seen seen = {0};

	seen_free(&seen);
	assert_null(seen.numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(number_is_new_once),
		cmocka_unit_test(many_are_told_apart),
		cmocka_unit_test(none_may_be_freed),
	};

	return cmocka_run_group_tests_name("seen", tests, NULL, NULL);
}
