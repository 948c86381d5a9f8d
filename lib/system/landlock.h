/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock (landlock(7), Linux 5.13): which files this process and its children may still open. A
 * file that is open already stays usable.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stddef.h>

enum landlock_access {
	LANDLOCK_READ, /* read files, list directories */
	LANDLOCK_RUN, /* and execute files */
	LANDLOCK_ALL, /* whatever file permissions allow */
};

struct landlock_rule {
	int fd; /* O_PATH: a directory and all below it, or a file; negative: no rule */
	enum landlock_access access;
};

/*
 * From here on, denies every access to files that no rule allows; and, where the kernel can
 * (Linux 6.12), signals to processes outside and abstract UNIX sockets. no_new_privs must be set.
 * 0, also where the kernel has no Landlock; or -errno.
 */
int landlock_confine(const struct landlock_rule *rules, size_t count);

#endif
