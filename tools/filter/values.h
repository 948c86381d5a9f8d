/* SPDX-License-Identifier: Apache-2.0 */
/* Filters by the value of a field: the listed ones, or all, without the excluded ones. */
#ifndef VALUES_H
#define VALUES_H

#include "base/text.h"

struct diag;
struct filter;

struct value_filter {
	struct text chosen, excluded; /* comparisons, joined by || */
};

/*
 * Adds a comma-separated list of values of the field, as --filter has them (operand.h), which are
 * excluded if it begins with '!'. -EINVAL with diag naming the option and the bad value;
 * value_filter_free() in any case.
 */
int value_filter_add(struct value_filter *values, const char *field, const char *option,
		     const char *list, struct diag *diag);
void value_filter_free(struct value_filter *values);

/*
 * Adds it to the filter as an expression, with another one that must hold, too, or ""; unless it is
 * empty. -EINVAL with diag filled: it is too long.
 */
int value_filter_finish(const struct value_filter *values, const char *option, const char *also,
			struct filter *filter, struct diag *diag);

#endif
