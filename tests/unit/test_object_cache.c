/* SPDX-License-Identifier: Apache-2.0 */
/* The key changes with all that shapes an object; tests/netns/cache has what follows from it. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/headers.h"
#include "program/object_cache.h"

static char tree[64];

static void file_write(const char *name, const char *words)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", tree, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(words, file);
	fclose(file);
}

static int tree_make(void **state)
{
	static const char *const folders[] = {"", "/include", "/include/linux",
					      "/include/generated"};
	char path[128];

	strcpy(tree, "/tmp/test_store.XXXXXX");
	if (!mkdtemp(tree))
		return -1;
	for (size_t i = 1; i < COUNT(folders); i++) {
		snprintf(path, sizeof(path), "%s%s", tree, folders[i]);
		mkdir(path, 0700);
	}
	file_write("include/linux/kconfig.h", "source");
	file_write("include/generated/autoconf.h", "build");
	file_write("archive", "source and build");
	return 0;
}

static int tree_remove(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf %s", tree);
	return system(command);
}

static void headers_make(struct headers *headers, enum headers_kind kind)
{
	headers->kind = kind;
	snprintf(headers->source, PATH_MAX, "%s%s", tree,
		 kind == HEADERS_ARCHIVE ? "/archive" : "");
	snprintf(headers->build, PATH_MAX, "%s", tree);
}

/* Whether the key is now as *last was, which it becomes. */
static bool key_stays(struct text *last, enum headers_kind kind, const char *words)
{
	_cleanup_text_ struct text source = {0};
	struct headers headers;
	struct text key = {0};
	bool same;

	text_str(&source, words);
	headers_make(&headers, kind);
	object_cache_key(&key, &source, &headers);
	assert_int_equal(key.err, 0);
	same = key.len == last->len && !memcmp(key.data, last->data, key.len);
	text_free(last);
	*last = key;
	return same;
}

static void text_and_kind_are_in_the_key(void **state)
{
	_cleanup_text_ struct text last = {0};

	assert_false(key_stays(&last, HEADERS_OWN, "text"));
	assert_true(key_stays(&last, HEADERS_OWN, "text"));
	assert_false(key_stays(&last, HEADERS_OWN, "texT"));
	assert_false(key_stays(&last, HEADERS_TREE, "texT"));
	assert_true(key_stays(&last, HEADERS_TREE, "texT"));
	assert_false(key_stays(&last, HEADERS_ARCHIVE, "texT"));
	assert_true(key_stays(&last, HEADERS_ARCHIVE, "texT"));
	assert_false(key_stays(&last, HEADERS_OWN, "texT"));
}

static void changed_headers_change_the_key(void **state)
{
	_cleanup_text_ struct text last = {0};

	key_stays(&last, HEADERS_TREE, "text");
	file_write("include/linux/kconfig.h", "other source");
	assert_false(key_stays(&last, HEADERS_TREE, "text"));
	file_write("include/generated/autoconf.h", "other build");
	assert_false(key_stays(&last, HEADERS_TREE, "text"));
	assert_true(key_stays(&last, HEADERS_TREE, "text"));
	key_stays(&last, HEADERS_ARCHIVE, "text");
	file_write("archive", "others");
	assert_false(key_stays(&last, HEADERS_ARCHIVE, "text"));
	key_stays(&last, HEADERS_OWN, "text");
	file_write("include/linux/kconfig.h", "yet another");
	assert_true(key_stays(&last, HEADERS_OWN, "text")); /* not used */
}

#define OBJECT_CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, tree_make, tree_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		OBJECT_CACHE_TEST(text_and_kind_are_in_the_key),
		OBJECT_CACHE_TEST(changed_headers_change_the_key),
	};

	return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
