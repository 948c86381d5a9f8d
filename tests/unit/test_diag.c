/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"

static const struct diag full = {.what = "old", .hint = "old", .place = 4, .detail = "old"};

static void set_replaces_all(void **state)
{
	struct diag diag = full;

	assert_int_equal(diag_set(&diag, -EINVAL, "%s: %d", "port", 7), -EINVAL);
	assert_string_equal(diag.what, "port: 7");
	assert_string_equal(diag.hint, "");
	assert_int_equal(diag.place, 0);
	assert_string_equal(diag.detail, "");
}

static void errno_is_said(void **state)
{
	struct diag diag = full;

	assert_int_equal(diag_errno(&diag, -ENOENT, "open %s", "it"), -ENOENT);
	assert_string_equal(diag.what, "open it: No such file or directory");
	assert_string_equal(diag.hint, "");
	assert_string_equal(diag.detail, "");
	diag_errno(&diag, -EPERM, "bpf");
	assert_string_equal(diag.what, "bpf: Operation not permitted");
}

static void what_is_cut(void **state)
{
	struct diag diag = full;
	char word[1000];

	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	diag_set(&diag, -EINVAL, "%s", word);
	assert_int_equal(strlen(diag.what), sizeof(diag.what) - 1);
	diag_errno(&diag, -EINVAL, "%s", word);
	assert_int_equal(strlen(diag.what), sizeof(diag.what) - 1);
	diag_errno(&diag, -EINVAL, "%.500s", word);
	assert_int_equal(strlen(diag.what), sizeof(diag.what) - 1);
	assert_string_equal(diag.what + 500, ": Invalid a");
	diag_hint(&diag, "%s", word);
	assert_int_equal(strlen(diag.hint), sizeof(diag.hint) - 1);
}

/* What prints it makes it visible, once. */
static void words_are_kept(void **state)
{
	struct diag diag = full;

	diag_set(&diag, -EINVAL, "not a port: '%s'", "80\n\033[2J\xff \\");
	assert_string_equal(diag.what, "not a port: '80\n\033[2J\xff \\'");
	diag_hint(&diag, "%s", "a\nb");
	assert_string_equal(diag.hint, "a\nb");
}

static void hint_is_added(void **state)
{
	struct diag diag = {0};

	diag_set(&diag, -EINVAL, "what");
	diag_detail(&diag, "one\ntwo\n");
	diag_hint(&diag, "try %s", "this");
	assert_string_equal(diag.what, "what");
	assert_string_equal(diag.hint, "try this");
	assert_string_equal(diag.detail, "one\ntwo\n");
}

static void detail_that_fits_is_whole(void **state)
{
	struct diag diag = {0};
	char words[sizeof(diag.detail)];

	memset(words, 'x', sizeof(words) - 1);
	words[10] = '\n';
	words[sizeof(words) - 1] = '\0';
	diag_detail(&diag, words);
	assert_string_equal(diag.detail, words);
	diag_detail(&diag, "");
	assert_string_equal(diag.detail, "");
}

static void detail_keeps_its_last_lines(void **state)
{
	_cleanup_text_ struct text words = {0};
	struct diag diag = {0};

	for (int i = 0; i < 1000; i++)
		text_printf(&words, "line %03d\n", i);
	diag_detail(&diag, words.data);
	/* 455 lines of 9 bytes are just what fits. */
	assert_string_equal(diag.detail, words.data + 9 * 545);
	assert_int_equal(strncmp(diag.detail, "line 545\n", 9), 0);
	/* With one byte more in the last line, the first of them is only there in part. */
	words.data[words.len - 1] = '!';
	text_char(&words, '\n');
	diag_detail(&diag, words.data);
	assert_string_equal(diag.detail, words.data + 9 * 546);
}

static void detail_of_one_line_keeps_its_end(void **state)
{
	_cleanup_text_ struct text words = {0};
	struct diag diag = {0};

	text_printf(&words, "%5000s", "the end");
	diag_detail(&diag, words.data);
	assert_string_equal(diag.detail, words.data + 5000 - (sizeof(diag.detail) - 1));
	/* The newline at the very end begins no line that could be kept instead. */
	text_char(&words, '\n');
	diag_detail(&diag, words.data);
	assert_true(strlen(diag.detail) > sizeof(diag.detail) / 2);
	assert_non_null(strstr(diag.detail, "the end"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(set_replaces_all),
		cmocka_unit_test(errno_is_said),
		cmocka_unit_test(what_is_cut),
		cmocka_unit_test(words_are_kept),
		cmocka_unit_test(hint_is_added),
		cmocka_unit_test(detail_that_fits_is_whole),
		cmocka_unit_test(detail_keeps_its_last_lines),
		cmocka_unit_test(detail_of_one_line_keeps_its_end),
	};

	return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
