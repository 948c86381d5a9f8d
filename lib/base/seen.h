/* SPDX-License-Identifier: Apache-2.0 */
/* A set of numbers other than 0. */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed: empty. */
struct seen {
	uint64_t *numbers; /* 0: free */
	size_t room; /* a power of 2 */
	size_t count;
};

/* False if it is in the set already. Without memory it is not added. */
bool seen_add(struct seen *seen, uint64_t number);
bool seen_has(const struct seen *seen, uint64_t number);
void seen_free(struct seen *seen);

#endif
