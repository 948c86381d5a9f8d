/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of --by: how they are added up, sorted, and shown. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "output/fields.h"
#include "output/format.h"
#include "output/groups.h"

struct fixture {
	struct group_by by;
	struct field_list list;
	struct event_layout layout;
	struct line_format format;
	struct groups groups;
	struct event *event;
};

static struct fixture *fixture_new(const char *names, enum output_format kind)
{
	struct fixture *new = calloc(1, sizeof(*new));
	struct diag diag;

	assert_non_null(new);
	assert_int_equal(group_by_add(&new->by, "--by", names, &diag), 0);
	assert_int_equal(field_list_add(&new->list, &new->format, names, &diag), 0);
	event_layout_init(&new->layout,
			  field_list_optionals(&new->list) | group_by_optionals(&new->by));
	new->format = (struct line_format){.kind = kind,
					   .limit = 2,
					   .list = &new->list,
					   .event_layout = &new->layout};
	new->groups = (struct groups){.max = 3, .has_open = true, .now_ns = 2000000000};
	new->event = calloc(1, new->layout.size);
	assert_non_null(new->event);
	return new;
}

static void fixture_free(struct fixture *fixture)
{
	groups_free(&fixture->groups);
	free(fixture->event);
	free(fixture);
}

/* Two CPUs count sessions to the port, half of them refused. */
static void port_add(struct fixture *fixture, struct groups *groups, uint16_t port, uint64_t count)
{
	struct group cpus[2] = {0};

	cpus[0].whys[WHY_FIN] = count;
	cpus[1].whys[WHY_REFUSED] = count;
	cpus[1].tx_bytes = count * 10;
	cpus[0].connect.slots[3] = count;
	fixture->event->rport = port;
	groups_add(groups, &fixture->format, fixture->event, cpus, COUNT(cpus));
}

#define HEAD                                                                                       \
	"RPORT     SESSIONS  FAILED    OPEN  STUCK CONN-P50(ms)    P95(ms)    P99(ms) "            \
	"ESTAB-P50(ms)     TX-BYTES     RX-BYTES RETRANS  WHY\n"

static void rows_are_sorted_and_cut(void **state)
{
	struct fixture *fixture = fixture_new("rport", FORMAT_COLUMNS);
	_cleanup_text_ struct text text = {0};
	struct diag diag;

	port_add(fixture, &fixture->groups, 80, 1);
	port_add(fixture, &fixture->groups, 443, 5);
	port_add(fixture, &fixture->groups, 22, 2);
	port_add(fixture, &fixture->groups, 443, 1);
	port_add(fixture, &fixture->groups, 8080, 7); /* the fourth */
	fixture->event->rport = 22;
	groups_add_open(&fixture->groups, &fixture->format, fixture->event, false);
	groups_add_open(&fixture->groups, &fixture->format, fixture->event, true);
	assert_int_equal(groups_prepare(&fixture->groups, NULL, GROUP_STUCK, &diag), 0);
	groups_show(&fixture->format, &fixture->groups, &text);
	text_assert(&text,
		    BYTES("\nsince the start, 2.000 s:\n" HEAD
			  "22               4       2       2      1        0.012      0.016      "
			  "0.016             -           20            0       0  refused 2\n"
			  "443             12       6       0      0        0.012      0.016      "
			  "0.016             -           60            0       0  refused 6\n"
			  "(other)         14       7       0      0        0.012      0.016      "
			  "0.016             -           70            0       0  refused 7\n"
			  "1 more\n"));
	fixture_free(fixture);
}

static void an_interval_has_what_came_in_it(void **state)
{
	struct fixture *fixture = fixture_new("rport", FORMAT_COLUMNS);
	struct groups before = {.max = 3, .now_ns = 1500000000};
	_cleanup_text_ struct text text = {0};
	struct diag diag;

	port_add(fixture, &before, 80, 1);
	port_add(fixture, &before, 443, 5);
	port_add(fixture, &fixture->groups, 80, 4);
	port_add(fixture, &fixture->groups, 443, 5);
	fixture->groups.has_open = false;
	assert_int_equal(groups_prepare(&fixture->groups, &before, GROUP_FAILED, &diag), 0);
	groups_show(&fixture->format, &fixture->groups, &text);
	text_assert(&text,
		    BYTES("\nin the last 0.500 s:\n" HEAD
			  "80               6       3       -      -        0.013      "
			  "0.016      0.016             -           30            0       0  "
			  "refused 3\n"));
	groups_free(&before);
	fixture_free(fixture);
}

static void owners_that_are_unknown_are_one(void **state)
{
	struct fixture *fixture = fixture_new("ocomm,uid", FORMAT_JSON);
	struct owner owner = {.from = OWNER_LISTENER, .pid = 7, .comm = "a\"b"};
	_cleanup_text_ struct text text = {0};
	struct diag diag;

	groups_add_open(&fixture->groups, &fixture->format, fixture->event, false);
	event_set_owner(&fixture->layout, fixture->event, &owner);
	groups_add_open(&fixture->groups, &fixture->format, fixture->event, false);
	owner.from = OWNER_UNKNOWN;
	event_set_owner(&fixture->layout, fixture->event, &owner);
	groups_add_open(&fixture->groups, &fixture->format, fixture->event, false);
	assert_int_equal(fixture->groups.count, 2);
	assert_int_equal(groups_prepare(&fixture->groups, NULL, GROUP_FAILED, &diag), 0);
	groups_json(&fixture->format, &fixture->groups, &text);
	assert_non_null(strstr(text.data, "\"other\":false,\"ocomm\":null,\"uid\":0,\"sessions\":0,"
					  "\"failed\":0,\"open\":2,\"stuck\":0,"));
	assert_non_null(strstr(text.data, ",\"ocomm\":\"a\\\"b\",\"uid\":0,\"sessions\":0,"));
	fixture_free(fixture);
}

static void a_key_is_as_large_as_its_fields(void **state)
{
	struct fixture *fixture = fixture_new("rport,raddr,ocomm,unit,pod", FORMAT_COLUMNS);
	_cleanup_text_ struct text text = {0};

	assert_int_equal(group_key_size(&fixture->by), 4 + 4 + 16 + 4 + 16 + 8);
	group_by_render(&fixture->by, &text);
	assert_null(strstr(text.data, "laddr"));
	assert_non_null(strstr(text.data, "#define GROUP_KEY \\\n\t__u32 family;"));
	fixture_free(fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_sorted_and_cut),
		cmocka_unit_test(an_interval_has_what_came_in_it),
		cmocka_unit_test(owners_that_are_unknown_are_one),
		cmocka_unit_test(a_key_is_as_large_as_its_fields),
	};

	return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
