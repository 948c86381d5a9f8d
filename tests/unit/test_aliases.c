/* SPDX-License-Identifier: Apache-2.0 */
/* A number for each socket, through all that its address can see. */
#include "unit.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#include "aliases.h"

#define NEVER UINT64_MAX /* the age of what has been seen by nobody */

static struct event_layout layout;

/* The number of an event of the socket at that address, at that time and that old. */
static uint64_t number(struct aliases *aliases, uint64_t skaddr, uint64_t ts_ns, uint64_t age_ns,
		       uint32_t newstate)
{
	struct event *event = calloc(1, layout.size);
	uint64_t hidden;

	event->skaddr = skaddr;
	event->ts_ns = ts_ns;
	event->newstate = newstate;
	memcpy((char *)event + layout.offsets[EXTRA_AGE], &age_ns, sizeof(age_ns));
	aliases_hide(aliases, &layout, event);
	hidden = event->skaddr;
	free(event);
	return hidden;
}

static void sessions_are_numbered(void **state)
{
	struct aliases aliases = {0};

	assert_int_equal(number(&aliases, 0xa0, 100, 0, TCP_SYN_SENT), 1);
	assert_int_equal(number(&aliases, 0xb0, 110, 0, TCP_SYN_SENT), 2);
	assert_int_equal(number(&aliases, 0xa0, 120, 20, TCP_ESTABLISHED), 1);
	assert_int_equal(number(&aliases, 0xb0, 130, 20, TCP_CLOSE), 2);
	assert_int_equal(number(&aliases, 0xa0, 140, 40, TCP_CLOSE), 1);
	aliases_free(&aliases);
}

static void addresses_are_used_again(void **state)
{
	struct aliases aliases = {0};

	assert_int_equal(number(&aliases, 0xa0, 100, 0, TCP_SYN_SENT), 1);
	assert_int_equal(number(&aliases, 0xa0, 110, 10, TCP_CLOSE), 1);
	assert_int_equal(number(&aliases, 0xa0, 120, 0, TCP_SYN_SENT), 2);
	/* Its end is not shown. */
	assert_int_equal(number(&aliases, 0xa0, 150, 0, TCP_SYN_SENT), 3);
	assert_int_equal(number(&aliases, 0xa0, 160, 10, TCP_ESTABLISHED), 3);
	/* Nor the beginning of the next. */
	assert_int_equal(number(&aliases, 0xa0, 190, 20, TCP_ESTABLISHED), 4);
	aliases_free(&aliases);
}

static void those_from_before_keep_theirs(void **state)
{
	struct aliases aliases = {0};

	assert_int_equal(number(&aliases, 0xa0, 100, NEVER, TCP_CLOSE_WAIT), 1);
	assert_int_equal(number(&aliases, 0xa0, 120, 20, TCP_LAST_ACK), 1);
	assert_int_equal(number(&aliases, 0xa0, 130, NEVER, TCP_CLOSE), 1);
	assert_int_equal(number(&aliases, 0xb0, 100, NEVER, TCP_CLOSE_WAIT), 2);
	assert_int_equal(number(&aliases, 0xb0, 200, 0, TCP_SYN_SENT), 3);
	aliases_free(&aliases);
}

static void many_are_apart(void **state)
{
	struct aliases aliases = {0};

	for (uint64_t i = 1; i <= 5000; i++)
		assert_int_equal(number(&aliases, i << 6, i, 0, TCP_SYN_SENT), i);
	for (uint64_t i = 5000; i; i--)
		assert_int_equal(number(&aliases, i << 6, 6000, 6000 - i, TCP_CLOSE), i);
	assert_null(aliases.tree);
	aliases_free(&aliases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_numbered),
		cmocka_unit_test(addresses_are_used_again),
		cmocka_unit_test(those_from_before_keep_theirs),
		cmocka_unit_test(many_are_apart),
	};

	event_layout_init(&layout, 1U << EXTRA_AGE);
	return cmocka_run_group_tests_name("aliases", tests, NULL, NULL);
}
