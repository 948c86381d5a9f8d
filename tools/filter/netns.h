/* SPDX-License-Identifier: Apache-2.0 */
/* --netns: the listed network namespaces, or all, without the excluded ones. */
#ifndef FILTER_NETNS_H
#define FILTER_NETNS_H

#include <stdbool.h>

#include "base/text.h"

struct diag;

struct netns_filter {
	struct text chosen, excluded; /* comparisons, joined by || */
	bool by_path; /* one is somewhere else than in /run/netns */
};

/*
 * Adds a comma-separated list, which is excluded if it begins with '!': "self", inode numbers,
 * names that ip-netns(8) has given, or paths. -EINVAL with diag filled if one is none;
 * netns_filter_free() in any case.
 */
int netns_filter_add(struct netns_filter *filter, const char *value, struct diag *diag);
void netns_filter_free(struct netns_filter *filter);

/* Appends the definition of the macro FILTER_NETNS(inum). */
void netns_filter_render(const struct netns_filter *filter, struct text *text);

#endif
