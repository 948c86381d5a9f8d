/* SPDX-License-Identifier: Apache-2.0 */
/* The filters, as macros of the source: each is an expression that is true for a match. */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/addresses.h"
#include "filter/marks.h"
#include "filter/netns.h"
#include "filter/ports.h"
#include "filter/states.h"
#include "filter/values.h"

struct diag;
struct expression;
struct text;

struct span_filter {
	bool set;
	uint64_t min_ns;
};

/* Takes milliseconds with up to six decimals. -EINVAL with diag filled. */
int span_filter_set(struct span_filter *filter, const char *option, const char *value,
		    struct diag *diag);

/* Zeroed: everything matches. filter_free() in any case. */
struct filter {
	bool ipv4;
	bool ipv6;
	bool mptcp; /* subflows of MPTCP alone */
	struct port_filter lports;
	struct port_filter rports;
	struct port_filter ports; /* of either end */
	struct address_filter laddrs;
	struct address_filter raddrs;
	struct netns_filter netns;
	struct state_filter old_states;
	struct state_filter new_states;
	struct state_filter states; /* either of the two */
	struct span_filter min_span;
	struct value_filter opids, ocomms, uids, whys;
	struct value_filter cgroups, units, containers, pods;
	struct marks marks; /* of the expressions */
	struct expression **expressions; /* all must hold */
	size_t expression_count;
	size_t expression_len; /* bytes of their text */
};

/*
 * Adds an expression that must hold, too (expression.h). -EINVAL with diag filled; also if all are
 * longer than EXPRESSION_LEN_MAX.
 */
int filter_add_expression(struct filter *filter, const char *option, const char *str,
			  struct diag *diag);

/* The optional members of the record (a bit for each enum event_optional) that it requires. */
unsigned int filter_optionals(const struct filter *filter);

/* Whether an expression has the operand mptcp, whose offset no optional member brings. */
bool filter_reads_mptcp(const struct filter *filter);

void filter_free(struct filter *filter);

/* Call it after the last option. -EINVAL with diag filled if nothing can match. */
int filter_finish(struct filter *filter, struct diag *diag);

/*
 * Appends FILTERS, FILTER_FAMILY(family), FILTER_LPORT(port) and the others, unused ones as 1; or
 * nothing if all are unused.
 */
void filter_render(struct text *text, const struct filter *filter);

/* Whether there is anything that it does not match. */
bool filter_hides(const struct filter *filter);

#endif
