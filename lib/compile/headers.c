/* SPDX-License-Identifier: Apache-2.0 */
#include "compile/headers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/diag.h"
#include "system/privileges.h"

#define MAKEFILE_MAX 65536 /* bytes; the one that is looked for has three lines */
#define KHEADERS     "/sys/kernel/kheaders.tar.xz"

static bool is_type(mode_t type, const char *fmt, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), fmt, dir) >= (int)sizeof(path) || stat(path, &st))
		return false;
	return (st.st_mode & S_IFMT) == type;
}

static bool has_source(const char *dir)
{
	return is_type(S_IFREG, "%s/include/linux/kconfig.h", dir);
}

static bool has_build(const char *dir)
{
	return is_type(S_IFREG, "%s/include/generated/autoconf.h", dir);
}

static int headers_set(struct headers *headers, enum headers_kind kind, const char *source,
		       const char *build)
{
	headers->kind = kind;
	if (snprintf(headers->source, PATH_MAX, "%s", source) >= PATH_MAX ||
	    snprintf(headers->build, PATH_MAX, "%s", build) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

/*
 * Debian's linux-headers-RELEASE is the build half; its Makefile consists of lines such as
 * "include /usr/src/linux-headers-6.1.0-1-common/Makefile", which name the source half.
 */
static int source_of_build(const char *build, char source[PATH_MAX])
{
	char path[PATH_MAX], text[MAKEFILE_MAX], *rest = text;
	struct stat st;
	ssize_t len = -1;
	int fd;

	if (snprintf(path, sizeof(path), "%s/Makefile", build) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	/* A FIFO or a device is not waited for, an endless file not read to its end. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		len = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (len < 0)
		return -ENOENT;
	text[len] = '\0';
	for (char *line; (line = strsep(&rest, "\n"));)
		if (sscanf(line, "include %4095s", source) == 1 && source[0] == '/') {
			*strrchr(source, '/') = '\0';
			if (has_source(source))
				return 0;
		}
	return -ENOENT;
}

static int tree_find(const char *dir, struct headers *headers)
{
	char source[PATH_MAX], build[PATH_MAX];

	if (has_source(dir) && has_build(dir))
		return headers_set(headers, HEADERS_TREE, dir, dir);
	if (has_build(dir) && !source_of_build(dir, source))
		return headers_set(headers, HEADERS_TREE, source, dir);
	if (snprintf(source, sizeof(source), "%s/source", dir) >= (int)sizeof(source) ||
	    snprintf(build, sizeof(build), "%s/build", dir) >= (int)sizeof(build))
		return -ENAMETOOLONG;
	if (has_build(build) && has_source(source))
		return headers_set(headers, HEADERS_TREE, source, build);
	if (has_build(build) && has_source(build))
		return headers_set(headers, HEADERS_TREE, build, build);
	return -ENOENT;
}

/*
 * Whether nobody but root can put another file there, or this user, if it has no raised privileges:
 * /lib/modules/RELEASE/build of a kernel built by hand leads to where it was built.
 */
static bool path_is_ours(const char *name)
{
	uid_t user = privileges_are_raised() ? 0 : geteuid();
	char path[PATH_MAX];
	struct stat st;

	if (!realpath(name, path))
		return false;
	for (;; *strrchr(path, '/') = '\0') {
		if (stat(*path ? path : "/", &st) || (st.st_uid && st.st_uid != user) ||
		    st.st_mode & (S_IWGRP | S_IWOTH))
			return false;
		if (!*path)
			return true;
	}
}

int headers_find(const char *path, struct headers *headers, struct diag *diag)
{
	char modules[PATH_MAX], named[PATH_MAX];
	struct utsname name;

	if (path) {
		/* An absolute path, since the compiler runs in another directory. */
		if (realpath(path, named)) {
			if (!tree_find(named, headers))
				return 0;
			if (is_type(S_IFREG, "%s", named))
				return headers_set(headers, HEADERS_ARCHIVE, named, "");
		}
		return diag_set(diag, -ENOENT, "%s: no kernel headers there", path);
	}
	uname(&name);
	snprintf(modules, sizeof(modules), "/lib/modules/%s", name.release);
	if (!tree_find(modules, headers)) {
		if (path_is_ours(headers->source) && path_is_ours(headers->build))
			return 0;
		diag_set(diag, -EPERM, "%s/build: the headers are writable by other users",
			 modules);
		diag_hint(diag, "to trust them, use --kernel-headers=%s/build", modules);
		return -EPERM;
	}
	if (is_type(S_IFREG, "%s", KHEADERS))
		return headers_set(headers, HEADERS_ARCHIVE, KHEADERS, "");
	diag_set(diag, -ENOENT, "no kernel headers in %s/build nor " KHEADERS, modules);
	diag_hint(diag,
		  "install the headers of Linux %s, `modprobe kheaders`, or name a folder: "
		  "--kernel-headers=DIR",
		  name.release);
	return -ENOENT;
}
