/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities of files, as lines of text: device, inode, size and time of change, which every update
 * of a package alters.
 */
#ifndef FILE_IDENTITY_H
#define FILE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Appends the line of a file. A missing file never compares equal. */
void file_identity_append(struct text *lines, const char *path);

/*
 * Appends the lines of this process's program and libraries, by the names that they were loaded
 * under, and of the linker's cache.
 */
void file_identity_append_self(struct text *lines);

/* Whether there are lines, and each file still matches its line. */
bool file_identity_is_same(const char *lines, size_t len);

#endif
