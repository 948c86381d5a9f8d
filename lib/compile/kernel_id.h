/* SPDX-License-Identifier: Apache-2.0 */
/* Identifies the running kernel, down to the build. */
#ifndef KERNEL_ID_H
#define KERNEL_ID_H

#include <stddef.h>

struct text;

/* Appends release, version, machine and, where the kernel has one, the build id. */
void kernel_id_render(struct text *text);

/*
 * Finds the build id (NT_GNU_BUILD_ID) in the bytes of /sys/kernel/notes (elf(5), "Notes"). Returns
 * its length, or 0.
 */
size_t kernel_build_id(const char *notes, size_t len, const char **id);

#endif
