/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/marks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

/* By the map that has the answers. */
static const struct {
	bool (*are_needed)(const struct marks *marks);
	const char *macro, *variable, *value;
} maps[] = {
	{marks_have_trees, "FILTER_TREES", "tree_marks",
	 "event->owner.from ? tree_marks_of(event->owner.pid) : 0"},
	{marks_have_cgroups, "FILTER_CGROUPS", "cgroup_marks", "cgroup_marks_of(event->cgroup)"},
};

#define MAPS (sizeof(maps) / sizeof(*maps))

static bool mark_equals(const struct mark *a, const struct mark *b)
{
	return a->kind == b->kind && a->pid == b->pid && !a->name == !b->name && a->len == b->len &&
	       a->more == b->more && (!a->name || !memcmp(a->name, b->name, a->len));
}

int marks_add(struct marks *marks, const struct mark *mark)
{
	struct mark *new = &marks->items[marks->count];

	for (size_t i = 0; i < marks->count; i++)
		if (mark_equals(&marks->items[i], mark))
			return i;
	if (marks->count == MARKS_MAX)
		return -ENOSPC;
	*new = *mark;
	if (mark->name) {
		new->name = strndup(mark->name, mark->len);
		if (!new->name)
			return -ENOMEM;
	}
	return marks->count++;
}

void marks_free(struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		free((void *)marks->items[i].name);
	marks->count = 0;
}

bool marks_have_trees(const struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].kind == MARK_TREE)
			return true;
	return false;
}

bool marks_have_cgroups(const struct marks *marks)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].kind >= MARK_CGROUP)
			return true;
	return false;
}

const char *marks_variable(enum mark_kind kind)
{
	return maps[kind >= MARK_CGROUP].variable;
}

void marks_render_macros(const struct marks *marks, struct text *text)
{
	for (size_t i = 0; i < MAPS; i++)
		if (maps[i].are_needed(marks))
			text_printf(text, "#define %s\n", maps[i].macro);
}

void marks_render_variables(const struct marks *marks, struct text *text)
{
	for (size_t i = 0; i < MAPS; i++)
		if (maps[i].are_needed(marks))
			text_printf(text, " \\\n\tconst u64 %s = %s;", maps[i].variable,
				    maps[i].value);
}
