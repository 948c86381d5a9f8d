/* SPDX-License-Identifier: Apache-2.0 */
/* The members of the socket that are fields: where the kernel at hand keeps them. */
#ifndef MEMBERS_H
#define MEMBERS_H

#include <stdbool.h>

struct btf_types;
struct text;

/* Whether some of the extras (a bit for each enum event_extra) are members. */
bool members_are_wanted(unsigned int extras);

/*
 * Appends the macros of the members among extras: of each its offset, SOCK_UID, and its bytes,
 * SOCK_UID_SIZE, which are 0 where types do not have it: the program sends MEMBER_UNKNOWN then.
 * Those are named in lacks, in one line. types may be NULL, and why says why.
 */
void members_render(const struct btf_types *types, const char *why, unsigned int extras,
		    struct text *text, struct text *lacks);

#endif
