/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept comes back, and of what is not just as it was written, nothing does. */
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "compile/cache.h"

#define VALUE_SIZE 500
#define KEY_SIZE   (8 + 3)
#define NOBODY	   65534

static char folder[64], entry[128]; /* the folder, and the only file in it */
static struct cache cache;
static struct text key, value;

static int setup(void **state)
{
	struct diag diag;

	strcpy(folder, "/tmp/test_cache.XXXXXX");
	if (!mkdtemp(folder) || cache_open(&cache, folder, &diag))
		return -1;
	cache_key_add(&key, "key", 3);
	for (int i = 0; i < VALUE_SIZE; i++)
		text_char(&value, i * 7);
	return 0;
}

static int teardown(void **state)
{
	char command[128];

	cache_close(&cache);
	text_free(&key);
	text_free(&value);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* Counts what is in the folder; entry is the last one's path. */
static size_t entries(void)
{
	DIR *dir = opendir(folder);
	struct dirent *found;
	size_t count = 0;

	assert_non_null(dir);
	while ((found = readdir(dir))) {
		if (found->d_name[0] == '.')
			continue;
		snprintf(entry, sizeof(entry), "%s/%.50s", folder, found->d_name);
		count++;
	}
	closedir(dir);
	return count;
}

static void put(void)
{
	assert_int_equal(cache_put(&cache, &key, &value), 0);
	assert_int_equal(entries(), 1);
}

static bool is_there(const struct text *name)
{
	_cleanup_text_ struct text found = {0};
	int err;

	text_str(&found, "before");
	err = cache_get(&cache, name, &found);
	if (err) {
		assert_int_equal(err, -ENOENT);
		text_assert(&found, BYTES("before"));
		return false;
	}
	assert_int_equal(found.len, 6 + value.len);
	assert_memory_equal(found.data, "before", 6);
	assert_memory_equal(found.data + 6, value.data, value.len);
	return true;
}

static void what_is_kept_comes_back(void **state)
{
	struct stat st;

	assert_false(is_there(&key));
	put();
	assert_true(is_there(&key));
	assert_true(is_there(&key));
	assert_int_equal(stat(entry, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	put(); /* again, in its place */
	assert_true(is_there(&key));
}

/* All that a look could change: the times of a file, or what is there. */
static void look_changes_nothing(void **state)
{
	static const struct timespec times[2] = {{.tv_sec = 1}, {.tv_sec = 2}};
	struct cache made = cache;
	struct diag diag;
	struct stat st;
	char path[128];

	put();
	assert_int_equal(utimensat(AT_FDCWD, entry, times, 0), 0);
	assert_int_equal(cache_peek(&cache, folder, &diag), 0);
	assert_int_equal(cache_may_put(&cache), 0);
	assert_true(is_there(&key));
	assert_int_equal(stat(entry, &st), 0);
	assert_int_equal(st.st_mtim.tv_sec, 2);
	cache_close(&cache);
	cache = made;
	assert_true(is_there(&key));
	assert_int_equal(stat(entry, &st), 0);
	assert_int_not_equal(st.st_mtim.tv_sec, 2);

	snprintf(path, sizeof(path), "%s/none", folder);
	assert_int_equal(cache_peek(&made, path, &diag), -ENOENT);
	assert_int_equal(made.dir, -1);
	assert_int_not_equal(access(path, F_OK), 0);
	snprintf(path, sizeof(path), "%s/none/none", folder);
	assert_int_equal(cache_peek(&made, path, &diag), -ENOTDIR);
	snprintf(path, sizeof(path), "cache: %s/none: No such file or directory", folder);
	assert_string_equal(diag.what, path);
}

static void empty_value_is_a_value(void **state)
{
	text_clear(&value);
	put();
	assert_true(is_there(&key));
}

static void value_comes_first_in_the_file(void **state)
{
	char bytes[VALUE_SIZE];
	int fd;

	put();
	fd = open(entry, O_RDONLY);
	assert_int_equal(read(fd, bytes, sizeof(bytes)), sizeof(bytes));
	assert_memory_equal(bytes, value.data, sizeof(bytes));
	close(fd);
}

static void fields_do_not_run_together(void **state)
{
	static const char *const pairs[][2] = {{"ab", "c"},
					       {"a", "bc"},
					       {"", "abc"},
					       {"abc", ""},
					       {"b", "ac"}};
	struct text keys[COUNT(pairs)] = {};

	for (size_t i = 0; i < COUNT(pairs); i++)
		for (int j = 0; j < 2; j++)
			cache_key_add(&keys[i], pairs[i][j], strlen(pairs[i][j]));
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_false(is_there(&keys[i]));
		assert_int_equal(cache_put(&cache, &keys[i], &value), 0);
	}
	for (size_t i = 0; i < COUNT(pairs); i++) {
		assert_true(is_there(&keys[i]));
		text_free(&keys[i]);
	}
}

/* The name of a file is a hash, so another key's file may be in the place of the key's. */
static void whole_key_decides(void **state)
{
	_cleanup_text_ struct text other = {0};
	char first[sizeof(entry)];

	put();
	strcpy(first, entry);
	cache_key_add(&other, "kez", 3);
	assert_int_equal(cache_put(&cache, &other, &value), 0);
	assert_true(is_there(&other));
	assert_int_equal(unlink(first), 0);
	assert_int_equal(entries(), 1);
	assert_int_equal(rename(entry, first), 0);
	assert_false(is_there(&key));
}

static void every_flipped_bit_is_seen(void **state)
{
	struct stat st;
	uint8_t byte;
	int fd;

	put();
	fd = open(entry, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	assert_true(st.st_size > VALUE_SIZE + KEY_SIZE);
	for (off_t at = 0; at < st.st_size; at++)
		for (int bit = 0; bit < 8; bit++) {
			assert_int_equal(pread(fd, &byte, 1, at), 1);
			byte ^= 1 << bit;
			assert_int_equal(pwrite(fd, &byte, 1, at), 1);
			assert_false(is_there(&key));
			byte ^= 1 << bit;
			assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		}
	assert_true(is_there(&key));
	close(fd);
}

static void every_other_length_is_seen(void **state)
{
	struct stat st;

	put();
	assert_int_equal(stat(entry, &st), 0);
	for (off_t size = 0; size < st.st_size; size++) {
		put();
		assert_int_equal(truncate(entry, size), 0);
		assert_false(is_there(&key));
		assert_int_equal(truncate(entry, st.st_size), 0); /* with a hole */
		assert_false(is_there(&key));
	}
	put();
	assert_int_equal(truncate(entry, st.st_size + 1), 0);
	assert_false(is_there(&key));
	assert_int_equal(truncate(entry, CACHE_FILE_MAX + 1), 0);
	assert_false(is_there(&key));
}

static void file_of_others_is_not_read(void **state)
{
	char other[sizeof(entry) + 8];

	put();
	assert_int_equal(chmod(entry, 0620), 0);
	assert_false(is_there(&key));
	assert_int_equal(chmod(entry, 0602), 0);
	assert_false(is_there(&key));
	assert_int_equal(chmod(entry, 0644), 0);
	assert_true(is_there(&key));
	snprintf(other, sizeof(other), "%s/other", folder);
	assert_int_equal(link(entry, other), 0);
	assert_false(is_there(&key));
	assert_int_equal(unlink(other), 0);
	assert_true(is_there(&key));
	if (geteuid())
		skip(); /* only root can give a file away */
	assert_int_equal(chown(entry, NOBODY, -1), 0);
	assert_false(is_there(&key));
}

static void only_a_regular_file_is_read(void **state)
{
	char other[sizeof(entry) + 8];

	put();
	snprintf(other, sizeof(other), "%s/other", folder);
	assert_int_equal(rename(entry, other), 0);
	assert_int_equal(symlink(other, entry), 0);
	assert_false(is_there(&key));
	assert_int_equal(unlink(entry), 0);
	assert_int_equal(mkfifo(entry, 0600), 0);
	assert_false(is_there(&key)); /* and nothing waits for a writer */
	assert_int_equal(cache_put(&cache, &key, &value), 0);
	assert_true(is_there(&key));
	assert_int_equal(unlink(entry), 0);
	assert_int_equal(mkdir(entry, 0700), 0);
	assert_false(is_there(&key));
	assert_int_equal(cache_put(&cache, &key, &value), -EISDIR);
	assert_int_equal(rmdir(entry), 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(entries(), 0); /* nor is a half of it left */
}

static void large_value_is_not_kept(void **state)
{
	char *at = text_reserve(&value, CACHE_FILE_MAX);

	assert_non_null(at);
	memset(at, 'x', CACHE_FILE_MAX);
	value.len = CACHE_FILE_MAX - key.len - 32;
	put(); /* with what the file has besides, just so large */
	assert_true(is_there(&key));
	value.len++;
	assert_int_equal(cache_put(&cache, &key, &value), -EFBIG);
}

static void folder_assert(const char *path, int err, const char *why)
{
	char what[256] = "";
	struct cache other;
	struct diag diag = {0};

	if (why)
		snprintf(what, sizeof(what), "cache: %s: %s", path, why);
	assert_int_equal(cache_open(&other, path, &diag), err);
	assert_string_equal(diag.what, what);
	assert_int_equal(other.dir >= 0, !err);
	cache_close(&other);
}

static void folder_must_be_ours_alone(void **state)
{
	static const char doubt[] = "writable by other users, not used";

	folder_assert(folder, 0, NULL);
	assert_int_equal(chmod(folder, 0755), 0);
	folder_assert(folder, 0, NULL);
	assert_int_equal(chmod(folder, 0777), 0);
	folder_assert(folder, -EPERM, doubt);
	assert_int_equal(chmod(folder, 0720), 0);
	folder_assert(folder, -EPERM, doubt);
	assert_int_equal(chmod(folder, 0702), 0);
	folder_assert(folder, -EPERM, doubt);
	assert_int_equal(chmod(folder, 0700), 0);
	if (geteuid())
		skip(); /* only root can give it away */
	assert_int_equal(chown(folder, NOBODY, -1), 0);
	folder_assert(folder, -EPERM, doubt);
	/* Root's own is not this user's, but nothing is wrong with it. */
	assert_int_equal(chown(folder, 0, -1), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(seteuid(NOBODY), 0);
	folder_assert(folder, -EACCES, doubt);
	assert_int_equal(seteuid(0), 0);
}

static void folder_is_made_if_it_is_missing(void **state)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof(path), "%s/new", folder);
	folder_assert(path, 0, NULL);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0700);
	snprintf(path, sizeof(path), "%s/no/new", folder);
	folder_assert(path, -ENOENT, "No such file or directory");
	folder_assert("/dev/null", -EPERM, "not a directory, not used");
	snprintf(path, sizeof(path), "%s/link", folder);
	assert_int_equal(symlink(folder, path), 0);
	folder_assert(path, -EPERM, "not a directory, not used");
}

static void number_put(int number)
{
	_cleanup_text_ struct text name = {0};

	cache_key_add(&name, &number, sizeof(number));
	assert_int_equal(cache_put(&cache, &name, &value), 0);
}

/* As old as so many seconds before 2020. */
static void old_put(int number)
{
	struct timespec times[2] = {{.tv_sec = 1577836800 - number},
				    {.tv_sec = 1577836800 - number}};
	DIR *dir = opendir(folder);
	struct dirent *found;

	number_put(number);
	while ((found = readdir(dir))) { /* the new one is the only one of today */
		struct stat st;

		assert_int_equal(fstatat(dirfd(dir), found->d_name, &st, 0), 0);
		if (st.st_mtim.tv_sec > 1577836800 && found->d_name[0] != '.')
			utimensat(dirfd(dir), found->d_name, times, 0);
	}
	closedir(dir);
}

static void all_are_of(time_t time)
{
	struct timespec times[2] = {{.tv_sec = time}, {.tv_sec = time}};
	DIR *dir = opendir(folder);
	struct dirent *found;

	while ((found = readdir(dir)))
		if (found->d_name[0] != '.')
			utimensat(dirfd(dir), found->d_name, times, 0);
	closedir(dir);
}

static bool old_is_there(int number)
{
	_cleanup_text_ struct text name = {0};

	cache_key_add(&name, &number, sizeof(number));
	return is_there(&name);
}

static void least_used_go_first(void **state)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/0123456789abcdef.txt", folder);
	close(open(path, O_CREAT | O_WRONLY, 0600)); /* somebody else's stays */
	for (int i = 0; i < CACHE_ENTRIES_MAX; i++)
		old_put(i);
	assert_int_equal(entries(), CACHE_ENTRIES_MAX + 1);
	assert_true(old_is_there(CACHE_ENTRIES_MAX - 1)); /* the oldest, until now */
	for (int i = 1000; i < 1003; i++)
		number_put(i);
	assert_int_equal(entries(), CACHE_ENTRIES_MAX + 1);
	assert_int_equal(access(path, F_OK), 0);
	assert_true(old_is_there(CACHE_ENTRIES_MAX - 1));
	assert_true(old_is_there(1002));
	for (int i = 2; i <= 4; i++)
		assert_false(old_is_there(CACHE_ENTRIES_MAX - i));
	assert_true(old_is_there(CACHE_ENTRIES_MAX - 5));
}

/* The clock was set back: what is new must not go for being older than all others. */
static void new_one_stays(void **state)
{
	_cleanup_text_ struct text name = {0};

	for (int i = 0; i < CACHE_ENTRIES_MAX; i++)
		old_put(i);
	all_are_of(4102444800); /* 2100 */
	cache_key_add(&name, "new", 3);
	assert_int_equal(cache_put(&cache, &name, &value), 0);
	assert_int_equal(entries(), CACHE_ENTRIES_MAX);
	assert_true(is_there(&name));
}

static void half_written_ones_go(void **state)
{
	static const char *const names[] = {"0123456789abcdef.o.17", "0123456789abcdef.o.18",
					    "x.o.17"};
	struct timespec times[2] = {{.tv_sec = 1577836800}, {.tv_sec = 1577836800}};
	char path[128];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		close(open(path, O_CREAT | O_WRONLY, 0600));
		if (i != 1) /* that one is just being written */
			utimensat(AT_FDCWD, path, times, 0);
	}
	assert_int_equal(cache_put(&cache, &key, &value), 0);
	assert_int_equal(entries(), 3);
	snprintf(path, sizeof(path), "%s/%s", folder, names[0]);
	assert_int_equal(access(path, F_OK), -1);
}

static void errors_of_memory_are_passed_on(void **state)
{
	struct text none = {.err = -ENOMEM};

	assert_int_equal(cache_put(&cache, &none, &value), -ENOMEM);
	assert_int_equal(cache_put(&cache, &key, &none), -ENOMEM);
	assert_int_equal(cache_get(&cache, &none, &value), -ENOMEM);
	assert_int_equal(entries(), 0);
}

#define CACHE_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CACHE_TEST(what_is_kept_comes_back),
		CACHE_TEST(look_changes_nothing),
		CACHE_TEST(empty_value_is_a_value),
		CACHE_TEST(value_comes_first_in_the_file),
		CACHE_TEST(fields_do_not_run_together),
		CACHE_TEST(whole_key_decides),
		CACHE_TEST(every_flipped_bit_is_seen),
		CACHE_TEST(every_other_length_is_seen),
		CACHE_TEST(file_of_others_is_not_read),
		CACHE_TEST(only_a_regular_file_is_read),
		CACHE_TEST(large_value_is_not_kept),
		CACHE_TEST(folder_must_be_ours_alone),
		CACHE_TEST(folder_is_made_if_it_is_missing),
		CACHE_TEST(least_used_go_first),
		CACHE_TEST(new_one_stays),
		CACHE_TEST(half_written_ones_go),
		CACHE_TEST(errors_of_memory_are_passed_on),
	};

	return cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
