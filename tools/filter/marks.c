/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/marks.h"

#include <errno.h>

#include "base/text.h"

static const struct {
	const char *macro, *variable, *value;
} maps[MARK_MAPS] = {
	[MARKS_TREES] = {"FILTER_TREES", "tree_marks",
			 "event->owner.from ? tree_marks_of(event->owner.pid) : 0"},
};

int marks_add(struct marks *marks, const struct mark *mark)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].map == mark->map && marks->items[i].pid == mark->pid)
			return i;
	if (marks->count == MARKS_MAX)
		return -ENOSPC;
	marks->items[marks->count] = *mark;
	return marks->count++;
}

bool marks_are_in(const struct marks *marks, enum mark_map map)
{
	for (size_t i = 0; i < marks->count; i++)
		if (marks->items[i].map == map)
			return true;
	return false;
}

const char *marks_variable(enum mark_map map)
{
	return maps[map].variable;
}

void marks_render_macros(const struct marks *marks, struct text *text)
{
	for (enum mark_map map = MARKS_NONE + 1; map < MARK_MAPS; map++)
		if (marks_are_in(marks, map))
			text_printf(text, "#define %s\n", maps[map].macro);
}

void marks_render_variables(const struct marks *marks, struct text *text)
{
	for (enum mark_map map = MARKS_NONE + 1; map < MARK_MAPS; map++)
		if (marks_are_in(marks, map))
			text_printf(text, " \\\n\tconst u64 %s = %s;", maps[map].variable,
				    maps[map].value);
}
