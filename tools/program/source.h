/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sources in bpf_text/ that a program is made from: one of each probe, and those of programs
 * beside it. A probe's is a copy, with macros for this kernel.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>

#include "program/offsets.h"

struct diag;
struct text;

struct source {
	const char *name; /* in the first line */
	const char *body;
	const char *macros; /* that precede it */
	bool needs_kernel_headers;
	bool reads_sock; /* struct offset_needs */
	enum iterator_over iterates;
	enum accept_by accept;
	bool resets;
	bool trees;
	bool cgroups;
};

/* The scan: an iterator over the files of all tasks. */
extern const struct source source_scan;

/* The sockets that no file refers to: an iterator over the TCP sockets of a network namespace. */
extern const struct source source_tcp;

/* A socket of the table, as it is now. */
extern const struct source source_look;

/* Each sees which process accepts a session. */
extern const struct source source_accept_fexit, source_accept_kretprobe;

/* Sees the resets that this host sends, and why. */
extern const struct source source_reset;

/* Follows processes and their descendants. */
extern const struct source source_trees;

/* Sees which cgroups come and go. */
extern const struct source source_cgroups;

/*
 * Appends the macros and the offsets that the source and the needs require. It takes a few
 * milliseconds, and depends only on the kernel's build, unless it appends to missing: which fields
 * are unknown, and why. -errno with diag filled.
 */
int source_render_offsets(const struct source *source, struct offset_needs needs, struct text *text,
			  struct text *missing, struct diag *diag);

#endif
