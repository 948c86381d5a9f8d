/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/values.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "base/list.h"
#include "filter/filter.h"
#include "filter/operand.h"

/* A comparison with the item and what is behind it. -EINVAL: no quotes can be around it. */
static int item_append(struct text *text, const struct operand *operand, const struct list *item,
		       const char *behind)
{
	bool is_text = operand->type == OPERAND_TEXT || operand->type == OPERAND_NAME;
	const char *quote = is_text ? "\"" : "";

	if (*quote && memchr(item->at, *quote, item->len))
		quote = "'";
	if (*quote && memchr(item->at, *quote, item->len))
		return -EINVAL;
	text_printf(text, "%s%s == %s", text->len ? " || " : "", operand->name, quote);
	text_bytes(text, item->at, item->len);
	text_printf(text, "%s%s", behind, quote);
	return 0;
}

/* A cgroup stands for all below it, too, and a unit without a type is a service, as for systemctl.
 */
static int item_add(struct text *text, const struct operand *operand, struct list *item)
{
	bool more = item->at[item->len - 1] == '*';
	int err;

	if (operand->mark == MARK_UNIT && !more && !memchr(item->at, '.', item->len))
		return item_append(text, operand, item, ".service");
	if (operand->mark != MARK_CGROUP || more)
		return item_append(text, operand, item, "");
	while (item->len > 1 && item->at[item->len - 1] == '/')
		item->len--;
	if (item->len == 1) /* the root */
		return item_append(text, operand, item, "*");
	err = item_append(text, operand, item, "");
	return err ? err : item_append(text, operand, item, "/*");
}

int value_filter_add(struct value_filter *values, const char *field, const char *option,
		     const char *list_text, struct diag *diag)
{
	const struct operand *operand = operand_find(field, strlen(field));
	struct text *text;
	struct list list;

	list_begin(&list, list_text);
	text = list.excluded ? &values->excluded : &values->chosen;
	while (list_next(&list)) {
		_cleanup_text_ struct text why = {0};
		struct literal literal;

		if (!list.len)
			return list_refuse(&list, option, "empty", diag);
		if (literal_read(operand, list.at, list.len, &literal, &why))
			return list_refuse(&list, option, why.err ? "" : why.data, diag);
		if (operand->mark == MARK_CGROUP && *list.at != '/')
			return list_refuse(&list, option, "not a path from the root of cgroups",
					   diag);
		if (item_add(text, operand, &list))
			return list_refuse(&list, option, "both kinds of quotes", diag);
	}
	return text->err ? diag_errno(diag, text->err, "%s", option) : 0;
}

void value_filter_free(struct value_filter *values)
{
	text_free(&values->chosen);
	text_free(&values->excluded);
}

int value_filter_finish(const struct value_filter *values, const char *option, const char *also,
			struct filter *filter, struct diag *diag)
{
	_cleanup_text_ struct text all = {0};

	if (!values->chosen.len && !values->excluded.len)
		return 0;
	text_str(&all, also);
	if (values->chosen.len)
		text_printf(&all, "%s(%s)", all.len ? " && " : "", values->chosen.data);
	if (values->excluded.len)
		text_printf(&all, "%s!(%s)", all.len ? " && " : "", values->excluded.data);
	if (all.err)
		return diag_errno(diag, all.err, "%s", option);
	return filter_add_expression(filter, option, all.data, diag);
}
