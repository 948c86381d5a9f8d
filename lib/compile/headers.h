/* SPDX-License-Identifier: Apache-2.0 */
/* The C headers that a source is compiled with. A plain value that owns nothing. */
#ifndef HEADERS_H
#define HEADERS_H

#include <limits.h>

struct diag;

enum headers_kind {
	HEADERS_OWN, /* none: the text declares all it uses */
	HEADERS_TREE, /* a kernel's source and build trees */
	HEADERS_ARCHIVE, /* kheaders.tar.xz (CONFIG_IKHEADERS) */
};

struct headers {
	enum headers_kind kind;
	char source[PATH_MAX]; /* the tree's root, or the archive */
	char build[PATH_MAX]; /* of a tree: where include/generated is; often the same */
};

/*
 * Finds the kernel's headers: in path (a tree, the build half of a split one, a folder that holds
 * build and source, or an archive), or, if path is NULL, where the running kernel's are by custom:
 * /lib/modules/RELEASE and /sys/kernel/kheaders.tar.xz. With diag filled: -ENOENT if not there,
 * -EPERM if path is NULL and the tree is one that another user can change.
 */
int headers_find(const char *path, struct headers *headers, struct diag *diag);

#endif
