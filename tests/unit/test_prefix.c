/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "base/list.h"
#include "base/prefix.h"

/* As the prefix is understood: its IPv6 form and length, and its family. */
static void prefix_append(const struct prefix *prefix, struct text *text)
{
	uint64_t words[2] = {htobe64(prefix->high), htobe64(prefix->low)};
	char address[INET6_ADDRSTRLEN];

	assert_non_null(inet_ntop(AF_INET6, words, address, sizeof(address)));
	text_printf(text, "%s/%u%s", address, prefix->len, prefix_is_ipv4(prefix) ? " IPv4" : "");
}

static void prefixes_are_read(void **state)
{
	static const char *const cases[][2] = {
		{"10.1.2.3", "::ffff:10.1.2.3/128 IPv4"},
		{"255.255.255.255", "::ffff:255.255.255.255/128 IPv4"},
		{"10.1.2.3/8", "::ffff:10.0.0.0/104 IPv4"},
		{"10.1.2.255/31", "::ffff:10.1.2.254/127 IPv4"},
		{"128.1.2.3/1", "::ffff:128.0.0.0/97 IPv4"},
		{"10.1.2.3/0", "::ffff:0.0.0.0/96 IPv4"},
		{"::1", "::1/128"},
		{"::", "::/128"},
		{"fe80::1:2/64", "fe80::/64"},
		{"fe80:1:2:3:ffff::1/65", "fe80:1:2:3:8000::/65"},
		{"fd00::1/0", "::/0"},
		{"ffff::/1", "8000::/1"},
		{"::ffff:10.1.2.3", "::ffff:10.1.2.3/128 IPv4"},
		{"::ffff:10.1.2.3/112", "::ffff:10.1.0.0/112 IPv4"},
		{"::ffff:0:0/96", "::ffff:0.0.0.0/96 IPv4"},
		{"::ffff:0:0/95", "::fffe:0:0/95"},
		{"::10.1.2.3", "::10.1.2.3/128"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_text_ struct text text = {0};
		struct prefix prefix;

		assert_int_equal(prefix_parse(cases[i][0], strlen(cases[i][0]), &prefix), 0);
		prefix_append(&prefix, &text);
		assert_string_equal(text.data, cases[i][1]);
	}
}

static void what_is_no_prefix_is_refused(void **state)
{
	static const char *const cases[] = {
		"",	      "/",
		"/8",	      "10",
		"10.1",	      "10.1.2",
		"10.1.2.",    "x.y",
		"1.2.3.4.5",  "1.2.3.256",
		" 1.2.3.4",   "1.2.3.4 ",
		"010.1.2.3",  "localhost",
		"fe80::1%lo", "fe80::1%1",
		":::",	      "1::2::3",
		"12345::",    "[::1]",
		"::1.2.3",    "fe80::1%lo/64",
	};
	static const char *const lengths[] = {
		"1.2.3.4/33",
		"1.2.3.4/",
		"1.2.3.4/-1",
		"1.2.3.4/8/8",
		"::/129",
		"::1/x",
		"1.2.3.4/ 8",
		"1.2.3.4/255.0.0.0",
		"::/",
		"1.2.3.4/+8",
		"1.2.3.4/99999999999999999999",
	};
	struct prefix prefix;

	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(prefix_parse(cases[i], strlen(cases[i]), &prefix), -EINVAL);
	for (size_t i = 0; i < COUNT(lengths); i++)
		assert_int_equal(prefix_parse(lengths[i], strlen(lengths[i]), &prefix), -ERANGE);
	/* Only len bytes are looked at. */
	assert_int_equal(prefix_parse("1.2.3.4/245", 9, &prefix), 0);
	assert_int_equal(prefix.len, 98);
	assert_int_equal(prefix_parse(BYTES("1.2.3.4\0"), &prefix), -EINVAL);
}

static void list_fill(struct prefix_list *prefixes, const char *value)
{
	struct list list;

	list_begin(&list, value);
	while (list_next(&list)) {
		struct prefix prefix;

		assert_int_equal(prefix_parse(list.at, list.len, &prefix), 0);
		assert_int_equal(prefix_list_add(prefixes, &prefix), 0);
	}
}

static void needless_prefixes_go(void **state)
{
	static const char *const cases[][2] = {
		{"10.0.0.1,10.0.0.1", "::ffff:10.0.0.1/128 IPv4"},
		{"10.0.0.1,10.0.0.0/8,10.2.0.0/16", "::ffff:10.0.0.0/104 IPv4"},
		{"fd00::1,10.0.0.1", "fd00::1/128,::ffff:10.0.0.1/128 IPv4"},
		{"10.0.0.1,::1", "::1/128,::ffff:10.0.0.1/128 IPv4"},
		/* Two halves are a whole, again and again; neighbours that are no halves are not.
		 */
		{"10.0.0.3,10.0.0.2,10.0.0.0/31", "::ffff:10.0.0.0/126 IPv4"},
		{"10.0.0.1,10.0.0.2", "::ffff:10.0.0.1/128 IPv4,::ffff:10.0.0.2/128 IPv4"},
		{"0.0.0.0/1,128.0.0.0/1", "::ffff:0.0.0.0/96 IPv4"},
		{"::/1,8000::/1", "::/0"},
		{"::,::1", "::/127"},
		/* All of IPv6 says nothing of IPv4, be it the neighbour. */
		{"::/0,1.2.3.4", "::/0,::ffff:1.2.3.4/128 IPv4"},
		{"::fffe:0:0/96,0.0.0.0/0", "::fffe:0:0/96,::ffff:0.0.0.0/96 IPv4"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_text_ struct text text = {0};
		struct prefix_list list = {0};

		list_fill(&list, cases[i][0]);
		prefix_list_reduce(&list);
		for (size_t j = 0; j < list.count; j++) {
			text_str(&text, j ? "," : "");
			prefix_append(&list.items[j], &text);
		}
		assert_string_equal(text.data, cases[i][1]);
		prefix_list_free(&list);
	}
}

static void what_is_in_a_list_is_covered(void **state)
{
	struct prefix_list list = {0}, others = {0};

	prefix_list_reduce(&list);
	list_fill(&list, "10.0.0.0/8,fd00::/8");
	list_fill(&others, "10.1.2.3,10.0.0.0/8,fd01::/16,11.0.0.0/8,10.0.0.0/7,fc00::/7,::/0");
	for (size_t i = 0; i < others.count; i++)
		assert_int_equal(prefix_list_covers(&list, &others.items[i]), i < 3);
	prefix_list_free(&list);
	prefix_list_free(&others);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(prefixes_are_read),
		cmocka_unit_test(what_is_no_prefix_is_refused),
		cmocka_unit_test(needless_prefixes_go),
		cmocka_unit_test(what_is_in_a_list_is_covered),
	};

	return cmocka_run_group_tests_name("prefix", tests, NULL, NULL);
}
