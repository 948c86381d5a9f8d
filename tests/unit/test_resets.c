/* SPDX-License-Identifier: Apache-2.0 */
/* Which change to CLOSE a reset belongs to. */
#include "unit.h"

#include <netinet/tcp.h>
#include <string.h>

#include "bpf/order.h"
#include "event/event.h"
#include "trace/resets.h"

#define MS 1000000ULL

static struct event_layout layout;
static struct resets resets;
static struct order *order;

static int resets_begin(void **state)
{
	(void)state;
	event_layout_init(&layout, 1U << OPTIONAL_RESET);
	memset(&resets, 0, sizeof(resets));
	order = order_new(layout.size);
	return order ? 0 : -1;
}

static int resets_end(void **state)
{
	(void)state;
	order_free(order);
	return 0;
}

/* As intake_add() has it. Hundreds of skaddr are the local port. */
static void record_come(uint64_t skaddr, uint64_t ts_ns, unsigned int newstate, uint32_t reason)
{
	struct event record = {.skaddr = skaddr % 100,
			       .lport = skaddr / 100,
			       .rport = 80,
			       .ts_ns = ts_ns,
			       .newstate = newstate};
	struct event *event = order_slot(order);

	record.pid = reason;
	assert_non_null(event);
	assert_true(event_decode(&layout, 0, &record, EVENT_SIZE, event));
	if (resets_take(&resets, &layout, event, order))
		return;
	resets_give(&resets, &layout, event);
	order_add(order);
}

static void reset_come(uint64_t skaddr, uint64_t ts_ns, enum reset_reason reason)
{
	record_come(skaddr, ts_ns, STATE_RESET, reason);
}

static void reason_append(void *arg, void *record)
{
	text_printf(arg, "%llu:%d ", (unsigned long long)((struct event *)record)->skaddr,
		    event_reset(&layout, record));
}

static void reasons_assert(const char *want)
{
	_cleanup_text_ struct text text = {0};

	order_flush(order, UINT64_MAX, reason_append, &text);
	assert_string_equal(text.data ? text.data : "", want);
}

static void reset_follows_its_change(void **state)
{
	record_come(1, 5 * MS, TCP_CLOSE, 0);
	record_come(2, 5 * MS, TCP_CLOSE, 0);
	record_come(1, 4 * MS, TCP_FIN_WAIT1, 0);
	reset_come(1, 5 * MS + 1, 3);
	reasons_assert("1:0 1:3 2:0 ");
}

static void reset_precedes_its_change(void **state)
{
	reset_come(1, 5 * MS, 3);
	reset_come(2, 5 * MS, 4);
	record_come(1, 5 * MS + 1, TCP_ESTABLISHED, 0);
	record_come(1, 5 * MS + 2, TCP_CLOSE, 0);
	record_come(1, 5 * MS + 3, TCP_CLOSE, 0); /* another socket at that address */
	record_come(2, 5 * MS + 4, TCP_CLOSE, 0);
	reasons_assert("1:0 1:3 1:0 2:4 ");
}

/* An address is used again at once, by a socket with other ports. */
static void reset_of_the_next_socket_is_no_reason(void **state)
{
	record_come(101, 5 * MS, TCP_CLOSE, 0);
	reset_come(201, 5 * MS + 1, 3);
	record_come(101, 5 * MS + 2, TCP_CLOSE, 0);
	record_come(201, 5 * MS + 3, TCP_CLOSE, 0);
	reasons_assert("1:0 1:0 1:3 ");
}

/* Too long before or after, it is of another socket at that address, or none. */
static void reset_of_another_time_is_no_reason(void **state)
{
	record_come(1, 5 * MS, TCP_CLOSE, 0);
	reset_come(1, 15 * MS, 3);
	record_come(1, 25 * MS, TCP_CLOSE, 0);
	record_come(2, 5 * MS, TCP_CLOSE, 0);
	reset_come(2, 4 * MS, 3); /* its place is between others of another CPU */
	reasons_assert("1:0 2:0 1:0 ");
}

static void old_ones_make_room(void **state)
{
	for (uint64_t sk = 1; sk <= RESETS_KEPT + 1; sk++) /* of 65 */
		reset_come(sk, 5 * MS, 3);
	record_come(1, 5 * MS, TCP_CLOSE, 0);
	record_come(2, 5 * MS, TCP_CLOSE, 0);
	reasons_assert("1:0 2:3 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(reset_follows_its_change, resets_begin, resets_end),
		cmocka_unit_test_setup_teardown(reset_precedes_its_change, resets_begin,
						resets_end),
		cmocka_unit_test_setup_teardown(reset_of_the_next_socket_is_no_reason, resets_begin,
						resets_end),
		cmocka_unit_test_setup_teardown(reset_of_another_time_is_no_reason, resets_begin,
						resets_end),
		cmocka_unit_test_setup_teardown(old_ones_make_room, resets_begin, resets_end),
	};

	return cmocka_run_group_tests_name("resets", tests, NULL, NULL);
}
