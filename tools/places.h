/* SPDX-License-Identifier: Apache-2.0 */
/* Where this kernel keeps what only some fields want of a socket, out of its BTF. */
#ifndef PLACES_H
#define PLACES_H

#include <stdbool.h>
struct btf_types;
struct diag;
struct text;

/* Whether some of the extras (a bit for each of enum event_extra) need the kernel's BTF. */
bool places_are_wanted(unsigned int extras);

/*
 * Appends the macros for bpf_text/owner.bpf.c and bpf_text/ending.bpf.c, as far as the extras want
 * them. types may be NULL if they want none. -errno with diag filled.
 */
int places_render(const struct btf_types *types, unsigned int extras, struct text *text,
		  struct diag *diag);

/* Appends the macros for bpf_text/scan.bpf.c. -errno with diag filled. */
int places_render_scan(const struct btf_types *types, struct text *text, struct diag *diag);

#endif
