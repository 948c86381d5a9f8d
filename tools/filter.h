/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be seen, as macros of the program text: each is an expression that is true for it. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "filter_addresses.h"
#include "filter_ports.h"
#include "filter_states.h"

struct diag;
struct options;
struct text;

struct span_filter {
	bool set;
	uint64_t min_ns;
};

/* Takes milliseconds with up to six decimals. -EINVAL with diag filled. */
int span_filter_set(struct span_filter *filter, const char *option, const char *value,
		    struct diag *diag);

/* Once all options are there. -EINVAL with diag filled if they leave nothing that could be seen. */
int filter_finish(struct options *options, struct diag *diag);

/*
 * Appends FILTERS, FILTER_FAMILY(family), FILTER_LPORT(port) and all the others, those that nothing
 * is asked of as 1; or nothing at all if all of them are.
 */
void filter_render(struct text *text, const struct options *options);

#endif
