/* SPDX-License-Identifier: Apache-2.0 */
/* Filters by port: the listed ones, or all, without the excluded ones. */
#ifndef FILTER_PORTS_H
#define FILTER_PORTS_H

#include <stddef.h>
#include <stdint.h>

struct diag;
struct text;

struct port_range {
	uint16_t first, last;
};

struct port_list {
	struct port_range *ranges;
	size_t count;
};

struct port_filter {
	struct port_list chosen; /* none: every port */
	struct port_list excluded;
};

/*
 * Adds a comma-separated list of ports and ranges FIRST-LAST, 0 to 65535 each, which are excluded
 * if it begins with '!'. -EINVAL with diag naming the option and the bad value; port_filter_free()
 * in any case.
 */
int port_filter_add(struct port_filter *filter, const char *option, const char *value,
		    struct diag *diag);
void port_filter_free(struct port_filter *filter);

/* -EINVAL with diag filled if no port is left. */
int port_filter_check(const struct port_filter *filter, const char *option, struct diag *diag);

/* Appends the definition of a macro name(port). */
void port_filter_render(const struct port_filter *filter, const char *name, struct text *text);

#endif
