/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparisons that the program cannot make by itself: whether an owner descends from a process. The
 * tracer answers them for each process (trace/trees.h), in a map of the program that has a bit for
 * each comparison (bpf_text/marks.h).
 */
#ifndef FILTER_MARKS_H
#define FILTER_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum mark_map {
	MARKS_NONE,
	MARKS_TREES, /* by PID */
	MARK_MAPS,
};

struct mark {
	enum mark_map map;
	uint64_t pid; /* the process, which the comparison is true for with all its descendants */
};

#define MARKS_MAX 64 /* the bits of a uint64_t */

struct marks { /* zeroed: none */
	struct mark items[MARKS_MAX];
	size_t count;
};

/* Returns the bit of the comparison, the same for equal ones; -ENOSPC: there are MARKS_MAX. */
int marks_add(struct marks *marks, const struct mark *mark);

/* Whether one of them is in that map. */
bool marks_are_in(const struct marks *marks, enum mark_map map);

/* The variable that marks_render_variables() declares, for a map other than MARKS_NONE. */
const char *marks_variable(enum mark_map map);

/* Appends the macros of the maps that the comparisons need. */
void marks_render_macros(const struct marks *marks, struct text *text);

/* Appends to a macro the variables that have the bits of an event. */
void marks_render_variables(const struct marks *marks, struct text *text);

#endif
