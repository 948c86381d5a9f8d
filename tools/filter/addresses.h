/* SPDX-License-Identifier: Apache-2.0 */
/* Filters by address: the listed ones, or all, without the excluded ones. */
#ifndef FILTER_ADDRESSES_H
#define FILTER_ADDRESSES_H

#include "base/prefix.h"

struct diag;
struct text;

struct address_filter {
	struct prefix_list chosen; /* none: every address */
	struct prefix_list excluded;
};

/*
 * Adds a comma-separated list of addresses and prefixes, which are excluded if it begins with '!'.
 * -EINVAL with diag naming the option and the bad value; address_filter_free() in any case.
 */
int address_filter_add(struct address_filter *filter, const char *option, const char *value,
		       struct diag *diag);
void address_filter_free(struct address_filter *filter);

/*
 * Simplifies the filter. -EINVAL with diag filled if no address is left. Call it once, after the
 * last address_filter_add().
 */
int address_filter_finish(struct address_filter *filter, const char *option, struct diag *diag);

/* Appends the definition of a macro name(end), where end is a struct end of the program's body. */
void address_filter_render(const struct address_filter *filter, const char *name,
			   struct text *text);

/* Appends a condition, without parentheses: whether end, such a variable, is in the prefix. */
void prefix_render(const struct prefix *prefix, const char *end, struct text *text);

#endif
