/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is to be seen, as macros of the program text: each is an expression that is true for it.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stddef.h>
#include <stdint.h>

struct diag;
struct options;
struct text;

struct port_list {
	uint16_t *ports;
	size_t count; /* 0: every port */
};

/*
 * Adds the ports of a comma-separated list, 0 to 65535 each. -EINVAL with diag naming the option
 * and the bad value; port_list_free() in any case.
 */
int port_list_parse(struct port_list *list, const char *option, const char *value,
		    struct diag *diag);
void port_list_free(struct port_list *list);

/* Appends FILTER_FAMILY(family), FILTER_LPORT(port) and FILTER_DPORT(port). */
void filter_render(struct text *text, const struct options *options);

#endif
