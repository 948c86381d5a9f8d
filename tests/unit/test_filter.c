/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>

#include "diag.h"
#include "filter.h"
#include "options.h"

#define FAMILY_ALL "#define FILTER_FAMILY(family) 1\n"
#define LPORT_ALL  "#define FILTER_LPORT(port) 1\n"
#define DPORT_ALL  "#define FILTER_DPORT(port) 1\n"

static void rendered_assert(const struct options *options, const char *expected)
{
	_cleanup_text_ struct text text = {0};

	text_str(&text, "kept\n");
	filter_render(&text, options);
	assert_memory_equal(text.data, "kept\n", 5);
	assert_string_equal(text.data + 5, expected);
}

static void all_is_seen_without_options(void **state)
{
	struct options options = {0};

	rendered_assert(&options, FAMILY_ALL LPORT_ALL DPORT_ALL);
}

static void family_is_compared(void **state)
{
	struct options four = {.ipv4 = true}, six = {.ipv6 = true};

	rendered_assert(&four, "#define FILTER_FAMILY(family) ((family) == AF_INET)\n" LPORT_ALL
				       DPORT_ALL);
	rendered_assert(&six, "#define FILTER_FAMILY(family) ((family) == AF_INET6)\n" LPORT_ALL
				      DPORT_ALL);
}

static void ports_are_alternatives(void **state)
{
	uint16_t one[] = {80}, many[] = {0, 443, 65535};
	struct options options = {.lports = {one, 1}};

	rendered_assert(&options,
			FAMILY_ALL "#define FILTER_LPORT(port) ((port) == 80)\n" DPORT_ALL);
	options = (struct options){.rports = {one, 1}};
	rendered_assert(&options,
			FAMILY_ALL LPORT_ALL "#define FILTER_DPORT(port) ((port) == 80)\n");
	options = (struct options){.ipv6 = true, .lports = {many, 3}, .rports = {many + 1, 2}};
	rendered_assert(&options,
			"#define FILTER_FAMILY(family) ((family) == AF_INET6)\n"
			"#define FILTER_LPORT(port) "
			"((port) == 0 || (port) == 443 || (port) == 65535)\n"
			"#define FILTER_DPORT(port) ((port) == 443 || (port) == 65535)\n");
}

static void list_grows(void **state)
{
	struct port_list list = {0};
	struct diag diag = {0};

	assert_int_equal(port_list_parse(&list, "-X", "0,65535", &diag), 0);
	assert_int_equal(port_list_parse(&list, "-X", "443", &diag), 0);
	assert_int_equal(list.count, 3);
	assert_int_equal(list.ports[0], 0);
	assert_int_equal(list.ports[1], 65535);
	assert_int_equal(list.ports[2], 443);
	port_list_free(&list);
	assert_int_equal(list.count, 0);
	assert_null(list.ports);
}

static void list_may_be_long(void **state)
{
	_cleanup_text_ struct text value = {0};
	struct port_list list = {0};
	struct diag diag = {0};

	for (int port = 0; port <= 65535; port++)
		text_printf(&value, "%s%d", port ? "," : "", port);
	assert_int_equal(port_list_parse(&list, "-X", value.data, &diag), 0);
	assert_int_equal(list.count, 65536);
	for (int port = 0; port <= 65535; port++)
		assert_int_equal(list.ports[port], port);
	port_list_free(&list);
}

static void bad_port_is_named(void **state)
{
	static const struct {
		const char *value, *what;
	} cases[] = {
		{"", "-X: not a port (0-65535): '' in ''"},
		{",", "-X: not a port (0-65535): '' in ','"},
		{"80,,81", "-X: not a port (0-65535): '' in '80,,81'"},
		{"80,81,", "-X: not a port (0-65535): '' in '80,81,'"},
		{"80;81", "-X: not a port (0-65535): '80;81' in '80;81'"},
		{"80, 81", "-X: not a port (0-65535): ' 81' in '80, 81'"},
		{"80,65536,81", "-X: not a port (0-65535): '65536' in '80,65536,81'"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct port_list list = {0};
		struct diag diag = {0};

		assert_int_equal(port_list_parse(&list, "-X", cases[i].value, &diag), -EINVAL);
		assert_string_equal(diag.what, cases[i].what);
		port_list_free(&list);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_seen_without_options),
		cmocka_unit_test(family_is_compared),
		cmocka_unit_test(ports_are_alternatives),
		cmocka_unit_test(list_grows),
		cmocka_unit_test(list_may_be_long),
		cmocka_unit_test(bad_port_is_named),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
