/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of cgroups, and where they are mounted; tests/netns/cgroup has those of the host. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/cgroup.h"

#define KEPT 1024

/* Answers with the id, and counts how often it is asked. */
struct source {
	int asked;
	int err;
};

static int source_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	struct source *source = arg;

	source->asked++;
	if (source->err)
		return source->err;
	snprintf(path, CGROUP_PATH_ROOM, "/%llu", (unsigned long long)id);
	return 0;
}

static void path_assert(struct cgroups *cgroups, uint64_t id)
{
	char want[32];
	const char *path = cgroups_path(cgroups, id);

	snprintf(want, sizeof(want), "/%llu", (unsigned long long)id);
	assert_non_null(path);
	assert_string_equal(path, want);
}

static void path_is_asked_for_once(void **state)
{
	static const uint64_t ids[] = {1, 2, 1ULL << 32, UINT64_MAX - 1, UINT64_MAX};
	struct source source = {0};
	struct cgroups *cgroups = cgroups_new(source_find, &source);

	for (int round = 0; round < 3; round++)
		for (size_t i = 0; i < COUNT(ids); i++)
			path_assert(cgroups, ids[i]);
	assert_int_equal(source.asked, COUNT(ids));
	/* They have gone meanwhile. */
	source.err = -ESTALE;
	for (size_t i = 0; i < COUNT(ids); i++)
		path_assert(cgroups, ids[i]);
	assert_int_equal(source.asked, COUNT(ids));
	cgroups_free(cgroups);
}

static void zero_is_no_id(void **state)
{
	struct source source = {0};
	struct cgroups *cgroups = cgroups_new(source_find, &source);

	assert_null(cgroups_path(cgroups, 0));
	assert_int_equal(source.asked, 0);
	cgroups_free(cgroups);
}

/* An id is not given out again: what has gone stays so. But the tracer may only be short of files.
 */
static void what_is_gone_is_asked_for_once(void **state)
{
	struct source source = {.err = -ESTALE};
	struct cgroups *cgroups = cgroups_new(source_find, &source);

	assert_null(cgroups_path(cgroups, 7));
	source.err = 0;
	assert_null(cgroups_path(cgroups, 7));
	assert_int_equal(source.asked, 1);
	source.err = -EMFILE;
	assert_null(cgroups_path(cgroups, 8));
	source.err = 0;
	path_assert(cgroups, 8);
	assert_int_equal(source.asked, 3);
	cgroups_free(cgroups);
}

/* All of a host's cgroups as they are: the step between ids is that of the files in each. */
static void many_are_kept(void **state)
{
	for (uint64_t step = 1; step < 100; step++) {
		struct source source = {0};
		struct cgroups *cgroups = cgroups_new(source_find, &source);

		for (int round = 0; round < 2; round++)
			for (uint64_t i = 0; i < KEPT; i++)
				path_assert(cgroups, 1 + i * step);
		assert_int_equal(source.asked, KEPT);
		cgroups_free(cgroups);
	}
}

/* More than are kept: all are right, the last ones are there still, and the memory has an end. */
static void more_are_right(void **state)
{
	struct source source = {0};
	struct cgroups *cgroups = cgroups_new(source_find, &source);

	for (uint64_t id = 1; id <= 100 * KEPT; id++)
		path_assert(cgroups, id);
	assert_int_equal(source.asked, 100 * KEPT);
	for (uint64_t id = 100 * KEPT; id > 99 * KEPT; id--)
		path_assert(cgroups, id);
	assert_int_equal(source.asked, 100 * KEPT);
	for (uint64_t id = 1; id <= KEPT; id++)
		path_assert(cgroups, id);
	assert_int_equal(source.asked, 101 * KEPT);
	cgroups_free(cgroups);
}

static void mount_point_is_that_of_a_hierarchy(void **state)
{
	static const struct {
		const char *line, *point;
	} cases[] = {
		{"41 31 0:38 / /sys/fs/cgroup rw,relatime shared:9 - cgroup2 cgroup2 rw\n",
		 "/sys/fs/cgroup"},
		{"41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 none rw",
		 "/sys/fs/cgroup/unified"},
		{"41 31 0:38 / /a\\040b\\134c rw shared:1 master:2 - cgroup2 x rw", "/a b\\c"},
		{"41 31 0:38 / /a\\1 rw - cgroup2 x rw", "/a\\1"},
		{"41 31 0:38 /system.slice /mnt rw,relatime - cgroup2 cgroup2 rw\n", NULL},
		{"41 31 0:38 /../.. /mnt rw,relatime - cgroup2 cgroup2 rw\n", "/mnt"},
		{"41 31 0:38 /.system /mnt rw,relatime - cgroup2 cgroup2 rw\n", NULL},
		{"41 31 0:38 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", NULL},
		{"41 31 0:38 / /mnt rw - cgroup20 cgroup2 rw\n", NULL},
		{"41 31 0:38 / /mnt rw - tmpfs cgroup2 rw\n", NULL},
		{"41 31 0:38 - cgroup2 cgroup2 rw\n", NULL},
		{" - cgroup2 \n", NULL},
		{"\n", NULL},
		{"", NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		char *line = strdup(cases[i].line), *point = cgroup_mount_point(line);

		if (cases[i].point) {
			assert_non_null(point);
			assert_string_equal(point, cases[i].point);
		} else {
			assert_null(point);
		}
		free(line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path_is_asked_for_once),
		cmocka_unit_test(zero_is_no_id),
		cmocka_unit_test(what_is_gone_is_asked_for_once),
		cmocka_unit_test(many_are_kept),
		cmocka_unit_test(more_are_right),
		cmocka_unit_test(mount_point_is_that_of_a_hierarchy),
	};

	return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
