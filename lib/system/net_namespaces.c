/* SPDX-License-Identifier: Apache-2.0 */
#include "system/net_namespaces.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/seen.h"

#define OWN   "/proc/thread-self/ns/net"
#define NAMED "/run/netns" /* ip-netns(8) */

struct visit {
	int (*visit)(void *arg);
	void *arg;
	struct seen seen; /* inode numbers */
	int refused; /* -errno of a namespace that could not be entered, or 0 */
};

/* A process that has ended meanwhile has no namespace; a file in /run/netns may be none. */
static int namespace_visit(struct visit *visits, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err = 0;
	struct stat st;

	if (fd < 0)
		return 0;
	if (!fstat(fd, &st) && seen_add(&visits->seen, st.st_ino)) {
		if (!setns(fd, CLONE_NEWNET))
			err = visits->visit(visits->arg);
		else if (errno != EINVAL)
			visits->refused = -errno;
	}
	close(fd);
	return err;
}

/* folder/NAME/file for each NAME; file may be empty. */
static int folder_visit(struct visit *visits, const char *folder, const char *file)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int err = 0;

	if (!dir)
		return 0;
	while (!err && (entry = readdir(dir))) {
		char path[300];

		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s%s", folder, entry->d_name, file);
		err = namespace_visit(visits, path);
	}
	closedir(dir);
	return err;
}

int net_namespaces_visit(int (*visit)(void *arg), void *arg, struct diag *diag)
{
	struct visit visits = {.visit = visit, .arg = arg};
	int own = open(OWN, O_RDONLY | O_CLOEXEC), err;
	struct stat st;

	if (own < 0)
		return diag_errno(diag, -errno, OWN);
	if (!fstat(own, &st))
		seen_add(&visits.seen, st.st_ino);
	err = visit(arg);
	if (!err)
		err = folder_visit(&visits, "/proc", "/ns/net");
	if (!err)
		err = folder_visit(&visits, NAMED, "");
	seen_free(&visits.seen);
	/* Without the privilege to enter others it is there still. */
	if (setns(own, CLONE_NEWNET) && !visits.refused && !err)
		err = diag_errno(diag, -errno, "returning to the network namespace");
	close(own);
	if (!err && visits.refused)
		err = diag_errno(diag, visits.refused, "entering network namespaces");
	return err;
}
