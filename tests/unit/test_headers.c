/* SPDX-License-Identifier: Apache-2.0 */
/* Folders that look like kernel headers are made below the working directory. */
#include "unit.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "compile/headers.h"

#define SOURCE_MARK "include/linux/kconfig.h"
#define BUILD_MARK  "include/generated/autoconf.h"

struct place {
	char root[PATH_MAX / 2];
	char path[PATH_MAX]; /* of what was named last */
};

static struct place place;

static int place_make(void **state)
{
	if (!getcwd(place.root, sizeof(place.root) - 32))
		return -1;
	strcat(place.root, "/headers-XXXXXX");
	return mkdtemp(place.root) ? 0 : -1;
}

static int entry_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return remove(path);
}

static int place_remove(void **state)
{
	return nftw(place.root, entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The place's path of name; valid until the next call. */
static const char *in_place(const char *name)
{
	snprintf(place.path, sizeof(place.path), "%s%s%s", place.root, *name ? "/" : "", name);
	return place.path;
}

static void file_make(const char *dir, const char *name, const char *words)
{
	char path[PATH_MAX];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s/%s", place.root, dir, name);
	for (char *at = path + strlen(place.root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		assert_true(!mkdir(path, 0777) || errno == EEXIST);
		*at = '/';
	}
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(words, file);
	assert_int_equal(fclose(file), 0);
}

static void found_assert(const char *path, enum headers_kind kind, const char *source,
			 const char *build)
{
	struct headers headers = {.kind = HEADERS_OWN};
	struct diag diag = {0};
	char given[PATH_MAX];

	snprintf(given, sizeof(given), "%s", in_place(path));
	assert_int_equal(headers_find(given, &headers, &diag), 0);
	assert_int_equal(headers.kind, kind);
	assert_string_equal(headers.source, in_place(source));
	assert_string_equal(headers.build, build ? in_place(build) : "");
}

static void missing_assert(const char *path)
{
	struct headers headers;
	struct diag diag = {0};
	char given[PATH_MAX], expected[sizeof(diag.what)];

	snprintf(given, sizeof(given), "%s", in_place(path));
	snprintf(expected, sizeof(expected), "%.400s: no kernel headers there", given);
	assert_int_equal(headers_find(given, &headers, &diag), -ENOENT);
	assert_string_equal(diag.what, expected);
}

static void whole_tree_is_both(void **state)
{
	file_make("tree", SOURCE_MARK, "");
	missing_assert("tree");
	file_make("tree", BUILD_MARK, "");
	found_assert("tree", HEADERS_TREE, "tree", "tree");
}

static void modules_folder_has_both(void **state)
{
	file_make("source", SOURCE_MARK, "");
	file_make("build", BUILD_MARK, "");
	found_assert("", HEADERS_TREE, "source", "build");
}

static void modules_folder_may_have_build_alone(void **state)
{
	file_make("build", BUILD_MARK, "");
	missing_assert("");
	file_make("build", SOURCE_MARK, "");
	found_assert("", HEADERS_TREE, "build", "build");
}

static void link_is_followed(void **state)
{
	file_make("far", SOURCE_MARK, "");
	file_make("far", BUILD_MARK, "");
	assert_int_equal(symlink("far", in_place("build")), 0);
	found_assert("", HEADERS_TREE, "build", "build");
}

static void split_half_names_the_other(void **state)
{
	char makefile[2 * PATH_MAX];

	file_make("common", SOURCE_MARK, "");
	file_make("half", BUILD_MARK, "");
	missing_assert("half"); /* no Makefile */
	file_make("half", "Makefile", "# include nothing\nVERSION = 6\n");
	missing_assert("half");
	snprintf(makefile, sizeof(makefile), "include %s/none/Makefile\n", place.root);
	file_make("half", "Makefile", makefile);
	missing_assert("half");
	snprintf(makefile, sizeof(makefile),
		 "# Automatically generated\nVPATH=x\ninclude %s/none/Makefile\n"
		 "include %s/common/Makefile\n",
		 place.root, place.root);
	file_make("half", "Makefile", makefile);
	found_assert("half", HEADERS_TREE, "common", "half");
}

static void archive_is_a_file(void **state)
{
	file_make("some", "kheaders.tar.xz", "");
	found_assert("some/kheaders.tar.xz", HEADERS_ARCHIVE, "some/kheaders.tar.xz", NULL);
	missing_assert("some");
}

static void nothing_is_told(void **state)
{
	missing_assert("");
	missing_assert("none");
	/* A folder of the name is not the file that is looked for. */
	file_make("odd/include/linux/kconfig.h", "x", "");
	file_make("odd", BUILD_MARK, "");
	missing_assert("odd");
}

static void long_path_is_refused(void **state)
{
	struct headers headers;
	struct diag diag = {0};
	char path[2 * PATH_MAX];

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(headers_find(path, &headers, &diag), -ENOENT);
	path[PATH_MAX - 10] = '\0';
	assert_int_equal(headers_find(path, &headers, &diag), -ENOENT);
}

/* What there is depends on this machine, but an answer must hold what it promises. */
static void custom_places_are_searched(void **state)
{
	struct headers headers = {0};
	struct diag diag = {0};
	int err = headers_find(NULL, &headers, &diag);

	if (err) {
		assert_int_equal(err, -ENOENT);
		assert_non_null(strstr(diag.what, "no kernel headers in /lib/modules/"));
		assert_non_null(strstr(diag.hint, "--kernel-headers=DIR"));
	} else {
		assert_true(headers.kind == HEADERS_TREE || headers.kind == HEADERS_ARCHIVE);
		assert_int_equal(access(headers.source, R_OK), 0);
	}
}

#define HEADERS_TEST(test) cmocka_unit_test_setup_teardown(test, place_make, place_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEADERS_TEST(whole_tree_is_both),
		HEADERS_TEST(modules_folder_has_both),
		HEADERS_TEST(modules_folder_may_have_build_alone),
		HEADERS_TEST(link_is_followed),
		HEADERS_TEST(split_half_names_the_other),
		HEADERS_TEST(archive_is_a_file),
		HEADERS_TEST(nothing_is_told),
		cmocka_unit_test(long_path_is_refused),
		cmocka_unit_test(custom_places_are_searched),
	};

	return cmocka_run_group_tests_name("headers", tests, NULL, NULL);
}
