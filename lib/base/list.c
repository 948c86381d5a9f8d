/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"

#define BLANKS " \t"

void list_begin(struct list *list, const char *value)
{
	const char *next = value + strspn(value, BLANKS);

	*list = (struct list){.value = value, .next = next, .excluded = *next == '!'};
	list->next += list->excluded;
}

bool list_next(struct list *list)
{
	const char *end;

	if (!list->next)
		return false;
	list->at = list->next + strspn(list->next, BLANKS);
	end = list->at + strcspn(list->at, ",");
	list->next = *end ? end + 1 : NULL;
	while (end > list->at && strchr(BLANKS, end[-1]))
		end--;
	list->len = end - list->at;
	return true;
}

int list_refuse(const struct list *list, const char *option, const char *what, struct diag *diag)
{
	if (memchr(list->at, '!', list->len))
		what = "'!' stands before a whole list, not in it";
	return diag_set(diag, -EINVAL, "%s: %s: '%.*s' in '%s'", option, what, (int)list->len,
			list->at, list->value);
}
