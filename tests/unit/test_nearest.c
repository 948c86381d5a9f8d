/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <string.h>

#include "base/nearest.h"

static void nearest_is_named(void **state)
{
	static const char *const words[] = {"state",   "stuck", "old-state", "new-state",
					    "summary", "netns", "rx_bytes",  "tx_bytes",
					    "x",       "now"};
	static const struct {
		const char *written, *want;
	} cases[] = {
		{"sate", "state"},
		{"staet", "state"},
		{"stat", "state"},
		{"STATE", "state"},
		{"sumary", "summary"},
		{"newstate", "new-state"},
		{"new_state", "new-state"},
		{"rx-byte", "rx_bytes"},
		{"bx_bytes", "rx_bytes"},
		{"nwo", "now"},
		{"", NULL},
		{"y", NULL},
		{"port", NULL},
		{"st", NULL},
		{"stucko-mattic", NULL},
		{"statestatestatestatestatestatestatestate", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nearest nearest = nearest_begin(cases[i].written, strlen(cases[i].written));

		for (size_t j = 0; j < COUNT(words); j++)
			nearest_try(&nearest, words[j]);
		if (!cases[i].want || !nearest.word)
			assert_ptr_equal(nearest.word, cases[i].want);
		else
			assert_string_equal(nearest.word, cases[i].want);
	}
}

/* Of two that are as near, the first. Only the length counts, not what comes after it. */
static void first_of_two_is_named(void **state)
{
	struct nearest nearest = nearest_begin("hours,days", 5);

	nearest_try(&nearest, "hour");
	nearest_try(&nearest, "house");
	assert_string_equal(nearest.word, "hour");
	nearest_try(&nearest, "hours");
	assert_string_equal(nearest.word, "hours");
	assert_int_equal(nearest.distance, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nearest_is_named),
		cmocka_unit_test(first_of_two_is_named),
	};

	return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
