/* SPDX-License-Identifier: Apache-2.0 */
#include "list.h"

#include <errno.h>
#include <string.h>

#include "diag.h"

void list_begin(struct list *list, const char *value)
{
	*list = (struct list){.value = value, .excluded = *value == '!'};
}

bool list_next(struct list *list)
{
	if (!list->at)
		list->at = list->value + list->excluded;
	else if (list->at[list->len])
		list->at += list->len + 1;
	else
		return false;
	list->len = strcspn(list->at, ",");
	return true;
}

int list_refuse(const struct list *list, const char *option, const char *what, struct diag *diag)
{
	if (memchr(list->at, '!', list->len))
		what = "'!' stands before a whole list, not in it";
	return diag_set(diag, -EINVAL, "%s: %s: '%.*s' in '%s'", option, what, (int)list->len,
			list->at, list->value);
}
