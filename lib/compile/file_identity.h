/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files something was made by, as lines of text, and whether they are still the same ones: by
 * device, inode, size and time of change, which no update of a package leaves alone.
 */
#ifndef FILE_IDENTITY_H
#define FILE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Appends the line of a file. The line of one that is gone is never found to be the same. */
void file_identity_append(struct text *lines, const char *path);

/*
 * Appends the lines of the files that this process runs, the program and its libraries, by the
 * names that they were looked up under; and of the linker's list of where they are to be found.
 */
void file_identity_append_self(struct text *lines);

/* Whether there are lines, and each file is as its line says. */
bool file_identity_is_same(const char *lines, size_t len);

#endif
