/* SPDX-License-Identifier: Apache-2.0 */
/* Filters by state: the listed ones, or all, without the excluded ones. */
#ifndef FILTER_STATES_H
#define FILTER_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;

struct state_filter {
	uint32_t chosen; /* a bit for each state; 0: every one */
	uint32_t excluded;
};

/*
 * The number of a state, or -1. The name may be in any case, with or without TCP_, as ss(8) writes
 * it (close-wait), or another usual one (ESTAB).
 */
int state_find(const char *name, size_t len);

/*
 * Adds a comma-separated list of such names, which are excluded if
 * it begins with '!'. -EINVAL with diag naming the option, the bad name and the good ones.
 */
int state_filter_add(struct state_filter *filter, const char *option, const char *value,
		     struct diag *diag);

/* The matching states, a bit for each; also those without a name, unless some are listed. */
uint32_t state_filter_mask(const struct state_filter *filter);

/* Whether it has a name and the kernel reports changes from and to it. */
bool state_is_reported(unsigned int state);

/* -EINVAL with diag filled if the mask leaves no state that the kernel reports changes of. */
int state_mask_check(uint32_t mask, const char *option, struct diag *diag);

#endif
