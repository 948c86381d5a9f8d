/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Comparisons that the program cannot make by itself: whether an owner descends from a process, and
 * what the path of a cgroup says. The tracer answers them for each process (trace/trees.h) and each
 * cgroup (trace/cgroup_marks.h), in maps of the program that have a bit for each comparison
 * (bpf_text/marks.h).
 */
#ifndef FILTER_MARKS_H
#define FILTER_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

enum mark_kind {
	MARK_NONE,
	MARK_TREE, /* the owner is the process, or descends from it */
	/* What cgroup_names_read() has of the cgroup's path. */
	MARK_CGROUP,
	MARK_UNIT,
	MARK_CONTAINER,
	MARK_POD,
};

struct mark {
	enum mark_kind kind;
	uint64_t pid; /* of the process */
	/* Or what the part of the path is compared with; NULL: whether it is known. */
	const char *name;
	size_t len;
	bool more; /* may follow */
};

#define MARKS_MAX 64 /* the bits of a uint64_t */

struct marks { /* zeroed: none */
	struct mark items[MARKS_MAX]; /* with names of their own */
	size_t count;
};

/*
 * Returns the bit of the comparison, the same for equal ones. -ENOSPC: there are MARKS_MAX;
 * -ENOMEM. marks_free() in any case.
 */
int marks_add(struct marks *marks, const struct mark *mark);
void marks_free(struct marks *marks);

/* Whether some of the comparisons are about processes; about cgroups. */
bool marks_have_trees(const struct marks *marks);
bool marks_have_cgroups(const struct marks *marks);

/* The variable that marks_render_variables() declares, for a kind other than MARK_NONE. */
const char *marks_variable(enum mark_kind kind);

/* Appends the macros of the maps that the comparisons need. */
void marks_render_macros(const struct marks *marks, struct text *text);

/* Appends to a macro the variables that have the bits of an event. */
void marks_render_variables(const struct marks *marks, struct text *text);

#endif
