/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers other than 0 that have come already. */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zeros: none yet. */
struct seen {
	uint64_t *numbers; /* 0: free */
	size_t room; /* a power of 2 */
	size_t count;
};

/* False: it has come before. Where there is no memory to remember it, it will be new again. */
bool seen_add(struct seen *seen, uint64_t number);
void seen_free(struct seen *seen);

#endif
