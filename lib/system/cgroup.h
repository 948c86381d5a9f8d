/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks up paths of cgroups by id. An id is that of the cgroup's node in kernfs, 64 bits, which is
 * also its inode number (fs/kernfs/dir.c); ids are never used again.
 */
#ifndef CGROUP_H
#define CGROUP_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

#define CGROUP_PATH_ROOM (PATH_MAX + 16) /* of a path, its NUL and what the kernel may add */

/*
 * Writes the path of the cgroup to path, NUL-terminated: from the root of the hierarchy, "/" for
 * the root itself. -errno: -ESTALE if there is no such cgroup (any more).
 */
typedef int cgroup_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM]);

struct cgroups;

/*
 * cgroup_find() of this host's, without the cache: the next call may find another path, or one that
 * is being made.
 */
int cgroups_find(const struct cgroups *cgroups, uint64_t id, char path[CGROUP_PATH_ROOM]);

/*
 * Calls on_cgroup for each cgroup of this host that is there from the beginning to the end, as long
 * as it returns 0; path as of cgroup_find(). Those whose path is too long are left out. -errno, or
 * what on_cgroup returned.
 */
int cgroups_walk(const struct cgroups *cgroups,
		 int (*on_cgroup)(void *arg, uint64_t id, const char *path), void *arg);

/*
 * Caches the results of the last 1,024 ids, misses included. NULL: no memory. cgroups_free() ends
 * it.
 */
struct cgroups *cgroups_new(cgroup_find *find, void *arg);

/*
 * The same for this host's cgroups: by open_by_handle_at(2) in the first whole cgroup2 hierarchy of
 * /proc/self/mountinfo, which needs CAP_DAC_READ_SEARCH and Linux 5.5. -ENOENT: it is not mounted;
 * another -errno: it gives out no paths; with diag filled in any case.
 *
 * In a cgroup namespace of its own, paths are as they are seen from there, and what lies outside of
 * it has none.
 */
int cgroups_open(struct cgroups **cgroups, struct diag *diag);
void cgroups_free(struct cgroups *cgroups);

/*
 * Returns the path, or NULL if it is unknown: id 0 is none, or the cgroup was gone at the first
 * look-up. A cached path outlives its cgroup. Valid until the next call.
 */
const char *cgroups_path(struct cgroups *cgroups, uint64_t id);

/*
 * The mount point in a line of /proc/self/mountinfo (proc_pid_mountinfo(5)), or NULL if it is not
 * of a cgroup2 hierarchy with all that is below the root of this cgroup namespace ("/"), or more
 * than that ("/.."). The line is changed; the result is in it.
 */
char *cgroup_mount_point(char *line);

#endif
