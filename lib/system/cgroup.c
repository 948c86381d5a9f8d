/* SPDX-License-Identifier: Apache-2.0 */
#include "system/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/diag.h"

#define MOUNTS	      "/proc/self/mountinfo"
#define FILEID_KERNFS 0xfe /* include/linux/exportfs.h; the handle is the id alone */
#define DELETED	      " (deleted)" /* after the path of a removed one, d_path() in fs/d_path.c */

#define KEPT	  1024
#define HEAD_BITS 10

struct cached_path {
	uint64_t id; /* 0: none yet */
	char *path; /* NULL: there was none */
	struct cached_path *next; /* under the same head */
};

struct cgroups {
	cgroup_find *find;
	void *arg;
	int root; /* of the hierarchy, or -1 */
	char point[CGROUP_PATH_ROOM]; /* where it is mounted; "" for / */
	struct cached_path *heads[1 << HEAD_BITS];
	struct cached_path entries[KEPT];
	size_t added; /* modulo KEPT: where the next one goes */
};

union handle {
	struct file_handle header;
	unsigned char bytes[sizeof(struct file_handle) + sizeof(uint64_t)];
};

static int fd_path(int fd, char path[CGROUP_PATH_ROOM])
{
	char link[64];
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, CGROUP_PATH_ROOM);
	if (len < 0)
		return -errno;
	if (len == CGROUP_PATH_ROOM)
		return -ENAMETOOLONG;
	path[len] = '\0';
	return 0;
}

/* -EXDEV: the kernel writes a plain "/" for a cgroup that the mount does not show. */
static int point_drop(const char *point, char *path)
{
	size_t len = strlen(point);

	if (strncmp(path, point, len) || (path[len] && path[len] != '/'))
		return -EXDEV;
	memmove(path, path + len, strlen(path + len) + 1);
	if (!*path)
		memcpy(path, "/", sizeof("/"));
	return 0;
}

/* O_PATH, or -errno: -ESTALE if it is gone. */
static int id_open(int root, uint64_t id)
{
	union handle handle = {
		.header = {.handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS}};
	int fd;

	memcpy(handle.bytes + sizeof(handle.header), &id, sizeof(id));
	fd = open_by_handle_at(root, &handle.header, O_PATH | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

/* The cgroup may have gone just now. If it is still there, DELETED is part of its name. */
static void deleted_drop(int root, uint64_t id, char *path)
{
	size_t len = strlen(path), more = strlen(DELETED);
	int fd;

	if (len <= more || strcmp(path + len - more, DELETED))
		return;
	fd = id_open(root, id);
	if (fd >= 0)
		close(fd);
	else
		path[len - more] = '\0';
}

static int kernel_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	const struct cgroups *cgroups = arg;
	int fd = id_open(cgroups->root, id), err;

	if (fd < 0)
		return fd;
	err = fd_path(fd, path);
	close(fd);
	if (err)
		return err;
	err = point_drop(cgroups->point, path);
	if (err)
		return err;
	deleted_drop(cgroups->root, id, path);
	return 0;
}

/* \040 and the like, for blanks and backslashes; the kernel always writes three digits. */
static void octal_decode(char *text)
{
	char *to = text;

	while (*text) {
		if (*text == '\\' && strspn(text + 1, "01234567") >= 3) {
			*to++ = (text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0');
			text += 4;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
}

char *cgroup_mount_point(char *line)
{
	static const char separator[] = " - ", type[] = "cgroup2 ";
	char *end = strstr(line, separator), *at = line, *root, *point;

	if (!end || strncmp(end + strlen(separator), type, strlen(type)))
		return NULL;
	*end = '\0';
	for (int i = 0; i < 3; i++) /* its number, its parent's, the device */
		strsep(&at, " ");
	root = strsep(&at, " ");
	point = strsep(&at, " ");
	if (!point || (strcmp(root, "/") && strncmp(root, "/..", strlen("/.."))))
		return NULL;
	octal_decode(point);
	return point;
}

/* The root of the whole hierarchy alone has no such file; that of a cgroup namespace has one. */
static bool is_whole(int root)
{
	return faccessat(root, "cgroup.events", F_OK, 0) && errno == ENOENT;
}

/* The whole hierarchy, if it is mounted, else what is. */
static int root_find(void)
{
	FILE *file = fopen(MOUNTS, "re");
	char *line = NULL;
	size_t room = 0;
	int root = -1;

	if (!file)
		return -errno;
	while ((root < 0 || !is_whole(root)) && getline(&line, &room, file) > 0) {
		const char *point = cgroup_mount_point(line);
		int fd = point ? open(point, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		struct statfs fs;

		if (fd < 0)
			continue;
		/* Something else may be mounted over it. */
		if (!fstatfs(fd, &fs) && fs.f_type == CGROUP2_SUPER_MAGIC &&
		    (root < 0 || is_whole(fd))) {
			if (root >= 0)
				close(root);
			root = fd;
		} else {
			close(fd);
		}
	}
	free(line);
	fclose(file);
	return root < 0 ? -ENOENT : root;
}

/* Whether handles hold ids, as id_open() assumes, and whether they may be opened. Sets point. */
static int root_try(struct cgroups *cgroups)
{
	union handle handle = {.header = {.handle_bytes = sizeof(uint64_t)}};
	int mount, err = fd_path(cgroups->root, cgroups->point);
	char path[CGROUP_PATH_ROOM];
	uint64_t id;

	if (err)
		return err;
	if (!strcmp(cgroups->point, "/"))
		cgroups->point[0] = '\0';
	if (name_to_handle_at(cgroups->root, "", &handle.header, &mount, AT_EMPTY_PATH))
		return -errno;
	if (handle.header.handle_type != FILEID_KERNFS || handle.header.handle_bytes != sizeof(id))
		return -ENOTSUP;
	memcpy(&id, handle.bytes + sizeof(handle.header), sizeof(id));
	return kernel_find(cgroups, id, path);
}

struct cgroups *cgroups_new(cgroup_find *find, void *arg)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));

	if (!cgroups)
		return NULL;
	cgroups->find = find;
	cgroups->arg = arg;
	cgroups->root = -1;
	return cgroups;
}

int cgroups_open(struct cgroups **cgroups, struct diag *diag)
{
	struct cgroups *new;
	int root = root_find(), err;

	if (root == -ENOENT)
		return diag_set(diag, -ENOENT, "no cgroup2 hierarchy is mounted");
	if (root < 0)
		return diag_errno(diag, root, MOUNTS);
	new = cgroups_new(kernel_find, NULL);
	if (!new) {
		close(root);
		return diag_errno(diag, -ENOMEM, "cgroups");
	}
	new->arg = new;
	new->root = root;
	err = root_try(new);
	if (!err) {
		*cgroups = new;
		return 0;
	}
	cgroups_free(new);
	diag_errno(diag, err, "opening cgroups by id");
	if (err == -EPERM)
		diag_hint(diag, "CAP_DAC_READ_SEARCH is missing");
	if (err == -EOPNOTSUPP)
		diag_hint(diag, "it comes with Linux 5.5");
	return err;
}

int cgroups_find(const struct cgroups *cgroups, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	return cgroups->find(cgroups->arg, id, path);
}

int cgroups_walk(const struct cgroups *cgroups,
		 int (*on_cgroup)(void *arg, uint64_t id, const char *path), void *arg)
{
	char root[64], *const roots[] = {root, NULL};
	FTSENT *entry;
	int err = 0;
	FTS *walk;

	/* Another file system may have been mounted over its path. */
	snprintf(root, sizeof(root), "/proc/self/fd/%d", cgroups->root);
	walk = fts_open(roots, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR | FTS_NOSTAT, NULL);
	if (!walk)
		return -errno;
	while (!err && (entry = fts_read(walk))) {
		const char *path = entry->fts_path + strlen(root);
		struct stat st;

		if (entry->fts_info == FTS_D && strlen(path) < CGROUP_PATH_ROOM &&
		    !stat(entry->fts_path, &st))
			err = on_cgroup(arg, st.st_ino, *path ? path : "/");
	}
	fts_close(walk);
	return err;
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	for (size_t i = 0; i < KEPT; i++)
		free(cgroups->entries[i].path);
	if (cgroups->root >= 0)
		close(cgroups->root);
	free(cgroups);
}

/* Ids count up, by more than one: Knuth's multiplicative hashing spreads them. */
static struct cached_path **head_of(struct cgroups *cgroups, uint64_t id)
{
	return &cgroups->heads[id * 0x9e3779b97f4a7c15 >> (64 - HEAD_BITS)];
}

/* Caches the result in place of the oldest one, unless the next look-up may have another. */
static const char *path_find(struct cgroups *cgroups, uint64_t id)
{
	char found[CGROUP_PATH_ROOM], *path = NULL;
	int err = cgroups->find(cgroups->arg, id, found);
	struct cached_path *entry, **link;

	if (!err) {
		path = strdup(found);
		err = path ? 0 : -ENOMEM;
	}
	if (err == -ENOMEM || err == -EMFILE || err == -ENFILE || err == -EINTR)
		return NULL;
	entry = &cgroups->entries[cgroups->added++ % KEPT];
	if (entry->id) {
		for (link = head_of(cgroups, entry->id); *link != entry;)
			link = &(*link)->next;
		*link = entry->next;
		free(entry->path);
	}
	link = head_of(cgroups, id);
	*entry = (struct cached_path){id, path, *link};
	*link = entry;
	return path;
}

const char *cgroups_path(struct cgroups *cgroups, uint64_t id)
{
	if (!id)
		return NULL;
	for (struct cached_path *entry = *head_of(cgroups, id); entry; entry = entry->next)
		if (entry->id == id)
			return entry->path;
	return path_find(cgroups, id);
}
