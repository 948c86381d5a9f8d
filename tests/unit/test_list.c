/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>

#include "base/diag.h"
#include "base/list.h"

/* The items of a value, each in brackets, behind a '!' where they are excluded. */
static void items_assert(const char *value, const char *expected)
{
	_cleanup_text_ struct text items = {0};
	struct list list;

	list_begin(&list, value);
	text_str(&items, list.excluded ? "!" : "");
	while (list_next(&list))
		text_printf(&items, "[%.*s]", (int)list.len, list.at);
	assert_string_equal(items.data, expected);
	assert_false(list_next(&list));
}

static void items_are_between_commas(void **state)
{
	items_assert("a", "[a]");
	items_assert("a,bc,d", "[a][bc][d]");
	items_assert("!a,bc", "![a][bc]");
	items_assert("a,!b", "[a][!b]");
	items_assert("!!a", "![!a]");
	items_assert("", "[]");
	items_assert("!", "![]");
	items_assert(",", "[][]");
	items_assert("a,,b,", "[a][][b][]");
}

static void blanks_around_items_do_not_matter(void **state)
{
	items_assert("a, b", "[a][b]");
	items_assert(" a ,\tb c\t,d ", "[a][b c][d]");
	items_assert(" ! a, b", "![a][b]");
	items_assert("a, !b", "[a][!b]");
	items_assert(" ", "[]");
	items_assert(" , ", "[][]");
	items_assert("a, ", "[a][]");
}

static void bad_item_is_told_with_its_place(void **state)
{
	struct diag diag = {0};
	struct list list;

	list_begin(&list, "!a,b!c");
	assert_true(list_next(&list));
	assert_int_equal(list_refuse(&list, "-X", "not good", &diag), -EINVAL);
	assert_string_equal(diag.what, "-X: not good: 'a' in '!a,b!c'");
	assert_true(list_next(&list));
	assert_int_equal(list_refuse(&list, "-X", "not good", &diag), -EINVAL);
	assert_string_equal(diag.what,
			    "-X: '!' stands before a whole list, not in it: 'b!c' in '!a,b!c'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_between_commas),
		cmocka_unit_test(blanks_around_items_do_not_matter),
		cmocka_unit_test(bad_item_is_told_with_its_place),
	};

	return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
