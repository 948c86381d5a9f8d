/* SPDX-License-Identifier: Apache-2.0 */
/* A look through the table of sockets, which is played here. */
#include "unit.h"

#include <string.h>

#include "bpf/loader.h"

static size_t entries;

static int each_play(const struct loader *loader, const char *name,
		     int (*on_value)(void *arg, const void *key, const void *value, size_t size),
		     void *arg)
{
	static const char value[256]; /* nobody's: its time is 0 */
	int err = 0;

	assert_null(loader);
	assert_string_equal(name, "sockets");
	for (size_t i = 0; !err && i < entries; i++)
		err = on_value(arg, NULL, value, sizeof(value));
	return err;
}

#define loader_each each_play
#include "trace/stuck.c"

static int ticks_count(void *arg, const void *event)
{
	size_t *ticks = arg;

	assert_null(event);
	++*ticks;
	return 0;
}

/* However few of them are stuck, whoever waits is let in between. */
static void a_large_table_is_looked_through_in_parts(void **state)
{
	struct stuck_limit limit = {.after_ns = 1000, .states = ~0U};
	struct event_layout layout;
	struct stuck *stuck;
	struct diag diag;
	size_t ticks = 0;

	event_layout_init(&layout, 0);
	stuck = stuck_new(&limit, &layout, 0);
	assert_non_null(stuck);
	for (int look = 1; look <= 3; look++) {
		entries = 100000;
		assert_int_equal(stuck_poll(stuck, NULL, NULL, look * 1000, ticks_count, &ticks,
					    &diag),
				 0);
		assert_uint_in_range(ticks, 20 * look, 100 * look);
	}
	stuck_free(stuck);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_large_table_is_looked_through_in_parts),
	};

	return cmocka_run_group_tests_name("stuck", tests, NULL, NULL);
}
