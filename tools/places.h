/* SPDX-License-Identifier: Apache-2.0 */
/* Where this kernel keeps what only some fields want of a socket, out of its BTF. */
#ifndef PLACES_H
#define PLACES_H

#include <stdbool.h>
struct btf_types;
struct diag;
struct text;

/* In the place of extras: what a summary counts the ends by. It can do without. */
#define PLACES_WHY (1U << 31)

/* The same for the filter by network namespace, which cannot. */
#define PLACES_NETNS	   (1U << 30)
#define PLACES_NETNS_FIRST "#define NETNS_OF_SOCK " /* in each text that has that filter */

/* Whether some of the extras (a bit for each of enum event_extra) cannot do without the kernel's
 * BTF. */
bool places_are_needed(unsigned int extras);

/*
 * Appends the macros for bpf_text/owner.bpf.c and bpf_text/ending.bpf.c, as far as the extras want
 * them. types may be NULL if none is needed, and why says why. What is not there and not needed is
 * appended to lacks. -errno with diag filled.
 */
int places_render(const struct btf_types *types, const char *why, unsigned int extras,
		  struct text *text, struct text *lacks, struct diag *diag);

/* Fills diag with why, and the fields among the extras that cannot do without. Returns err. */
int places_fail(unsigned int extras, int err, const struct diag *why, struct diag *diag);

/* Appends the macro for bpf_text/share.bpf.c, if types, which may be NULL, have it. */
void places_render_user(const struct btf_types *types, struct text *text);

/* Appends the macros for bpf_text/scan.bpf.c. -errno with diag filled. */
int places_render_scan(const struct btf_types *types, struct text *text, struct diag *diag);

#endif
