/* SPDX-License-Identifier: Apache-2.0 */
#include "headers.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "diag.h"

#define KHEADERS "/sys/kernel/kheaders.tar.xz"

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
	char path[PATH_MAX], line[PATH_MAX + 32];
	int err = -ENOENT;
	FILE *file;

	if (snprintf(path, sizeof(path), "%s/Makefile", build) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	file = fopen(path, "re");
	if (!file)
		return -errno;
	while (err && fgets(line, sizeof(line), file))
		if (sscanf(line, "include %4095[^\n]", source) == 1 && source[0] == '/') {
			char *makefile = strrchr(source, '/');

			if (makefile)
				*makefile = '\0';
			err = has_source(source) ? 0 : -ENOENT;
		}
	fclose(file);
	return err;
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

/* The compiler runs in another directory, so a relative path is made absolute. */
static int named_find(const char *name, struct headers *headers, struct diag *diag)
{
	char path[PATH_MAX];
	bool exists = realpath(name, path);

	if (exists && !tree_find(path, headers))
		return 0;
	if (exists && is_type(S_IFREG, "%s", path))
		return headers_set(headers, HEADERS_ARCHIVE, path, "");
	return diag_set(diag, -ENOENT, "%s: no kernel headers there", name);
}

int headers_find(const char *path, struct headers *headers, struct diag *diag)
{
	char modules[PATH_MAX];
	struct utsname name;

	if (path)
		return named_find(path, headers, diag);
	uname(&name);
	snprintf(modules, sizeof(modules), "/lib/modules/%s", name.release);
	if (!tree_find(modules, headers))
		return 0;
	if (is_type(S_IFREG, "%s", KHEADERS))
		return headers_set(headers, HEADERS_ARCHIVE, KHEADERS, "");
	diag_set(diag, -ENOENT, "no kernel headers in %s/build nor " KHEADERS, modules);
	diag_hint(diag,
		  "install the headers of Linux %s, `modprobe kheaders`, or name a folder: "
		  "--kernel-headers=DIR",
		  name.release);
	return -ENOENT;
}
