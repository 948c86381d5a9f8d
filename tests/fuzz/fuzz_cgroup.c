/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths of cgroups: the names in one, what the kernel puts around one, and the mount point in a
 * line of /proc/self/mountinfo.
 *
 * Input: the path, the mount point and the line, each up to a NUL.
 */
#include "system/cgroup.c"

#include "fuzz.h"
#include "system/cgroup_path.h"

static void part_judge(const struct cgroup_part *part, const char *path)
{
	PROMISE(!part->len ||
		(part->bytes >= path && part->bytes + part->len <= path + strlen(path)));
}

static void names_judge(const char *path)
{
	struct cgroup_names names;

	cgroup_names_read(&names, path);
	part_judge(&names.path, path);
	part_judge(&names.unit, path);
	part_judge(&names.container, path);
	PROMISE(names.path.len == strlen(path));
	PROMISE(!names.container.len || names.container.len == 12);
	PROMISE(names.unit_short.len <= names.unit.len);
	PROMISE(!names.unit.len || !memchr(names.unit.bytes, '/', names.unit.len));
	for (size_t i = 0; i < names.container.len; i++)
		PROMISE(strchr("0123456789abcdef", names.container.bytes[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	char *path = input_string(&input), *point = input_string(&input), *mount;
	char *line = input_string(&input), *copy = strdup(line);

	names_judge(path);
	/* As fd_path() says it: a path is never empty. */
	if (*path && !point_drop(point, path)) {
		PROMISE(*path);
		if (*path == '/')
			deleted_drop(-1, 0, path);
	}
	mount = cgroup_mount_point(line);
	PROMISE(copy && (!mount || strlen(mount) <= strcspn(copy + (mount - line), " ")));
	free(copy);
	free(path);
	free(point);
	free(line);
	return 0;
}
