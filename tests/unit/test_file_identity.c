/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compile/file_identity.h"

static char path[64];

static int file_make(void **state)
{
	int fd;

	strcpy(path, "/tmp/test origin.XXXXXX"); /* with a space */
	fd = mkstemp(path);
	return fd < 0 || write(fd, "1234", 4) != 4 || close(fd);
}

static int file_remove(void **state)
{
	unlink(path);
	return 0;
}

static bool is_same(const struct text *lines)
{
	return file_identity_is_same(lines->data, lines->len);
}

static void unchanged_file_is_the_same(void **state)
{
	_cleanup_text_ struct text lines = {0};

	file_identity_append(&lines, path);
	file_identity_append(&lines, "/dev/null");
	assert_true(is_same(&lines));
	assert_true(is_same(&lines));
	for (size_t len = 0; len < lines.len; len++) {
		size_t first = strchr(lines.data, '\n') + 1 - lines.data;

		assert_int_equal(file_identity_is_same(lines.data, len), len == first);
	}
}

static void each_change_is_seen(void **state)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1577836800}};
	_cleanup_text_ struct text lines = {0};
	char other[80];

	utimensat(AT_FDCWD, path, times, 0);
	file_identity_append(&lines, path);
	times[1].tv_nsec = 1;
	utimensat(AT_FDCWD, path, times, 0);
	assert_false(is_same(&lines)); /* time */
	times[1].tv_nsec = 0;
	utimensat(AT_FDCWD, path, times, 0);
	assert_true(is_same(&lines));
	assert_int_equal(truncate(path, 5), 0);
	utimensat(AT_FDCWD, path, times, 0);
	assert_false(is_same(&lines)); /* size */
	assert_int_equal(truncate(path, 4), 0);
	utimensat(AT_FDCWD, path, times, 0);
	assert_true(is_same(&lines));
	snprintf(other, sizeof(other), "%s.old", path);
	assert_int_equal(rename(path, other), 0);
	assert_false(is_same(&lines)); /* gone */
	close(open(path, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(truncate(path, 4), 0);
	utimensat(AT_FDCWD, path, times, 0);
	assert_false(is_same(&lines)); /* another file */
	assert_int_equal(rename(other, path), 0);
	assert_true(is_same(&lines));
}

static void what_was_gone_is_never_the_same(void **state)
{
	_cleanup_text_ struct text lines = {0};

	file_identity_append(&lines, "/nowhere/a b c d e f");
	assert_true(lines.len > 0);
	assert_false(is_same(&lines));
	text_clear(&lines);
	file_identity_append(&lines, path);
	file_identity_append(&lines, "/nowhere");
	assert_false(is_same(&lines));
	assert_false(file_identity_is_same("", 0));
	assert_false(file_identity_is_same(BYTES("\n")));
	assert_false(file_identity_is_same(BYTES("nonsense")));
}

/* This program, and the libraries that it is linked to. */
static void process_has_its_files(void **state)
{
	_cleanup_text_ struct text lines = {0};
	char exe[256];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 2);
	const char *line;

	assert_true(len > 0);
	strcpy(exe + len, "\n");
	file_identity_append_self(&lines);
	line = strstr(lines.data, exe);
	assert_non_null(line);
	assert_null(strstr(line + 1, exe)); /* once */
	assert_non_null(strstr(lines.data, "/libc.so"));
	assert_non_null(strstr(lines.data, "/libcmocka.so"));
	assert_null(strstr(lines.data, "vdso"));
	assert_true(is_same(&lines));
}

#define ORIGIN_TEST(test) cmocka_unit_test_setup_teardown(test, file_make, file_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ORIGIN_TEST(unchanged_file_is_the_same),
		ORIGIN_TEST(each_change_is_seen),
		ORIGIN_TEST(what_was_gone_is_never_the_same),
		ORIGIN_TEST(process_has_its_files),
	};

	return cmocka_run_group_tests_name("origin", tests, NULL, NULL);
}
