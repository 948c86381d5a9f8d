/* SPDX-License-Identifier: Apache-2.0 */
/* Where this kernel keeps what a program reads, out of its BTF, as macros of the program's text. */
#ifndef OFFSETS_H
#define OFFSETS_H

#include <stdbool.h>

struct btf_types;
struct diag;
struct text;

/* What a program reads. */
struct offset_needs {
	unsigned int optionals; /* of the record, a bit for each of enum event_optional */
	bool summary; /* the reason of each close, where the kernel has what it takes */
	bool netns; /* the socket's network namespace, for a filter */
	bool sock; /* the addresses, out of struct sock */
	bool files; /* the open files of all tasks */
};

/* In each text that has the filter by network namespace. */
#define OFFSETS_NETNS_FIRST "#define FILTER_NETNS_SKC_NET "

/* Whether it cannot do without the kernel's BTF. */
bool offsets_need_types(const struct offset_needs *needs);

/*
 * Appends the macros. types may be NULL if none is needed, and why says why. What is not there and
 * not needed is appended to missing. -errno with diag filled.
 */
int offsets_render(const struct btf_types *types, const char *why, const struct offset_needs *needs,
		   struct text *text, struct text *missing, struct diag *diag);

/* Fills diag with why, and what of the needs cannot do without the kernel's BTF. Returns err. */
int offsets_fail(const struct offset_needs *needs, int err, const struct diag *why,
		 struct diag *diag);

#endif
