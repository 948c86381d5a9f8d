/* SPDX-License-Identifier: Apache-2.0 */
/* --netns: filters by network namespace. */
#ifndef FILTER_NETNS_H
#define FILTER_NETNS_H

#include <stdbool.h>
#include <stdint.h>

struct diag;
struct text;

struct netns_filter {
	uint32_t inode; /* or 0: all */
	bool by_path; /* somewhere else than in /run/netns */
};

/*
 * Finds the namespace: "self", an inode number, a name that ip-netns(8) has given, or a path.
 * -EINVAL with diag filled if it is none.
 */
int netns_filter_set(struct netns_filter *filter, const char *value, struct diag *diag);

/* Appends the definition of the macro FILTER_NETNS(sk). */
void netns_filter_render(const struct netns_filter *filter, struct text *text);

#endif
