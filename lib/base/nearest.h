/* SPDX-License-Identifier: Apache-2.0 */
/* The known word that somebody may have meant who wrote another. */
#ifndef NEAREST_H
#define NEAREST_H

#include <stddef.h>

/* A search: of the words that were tried, the nearest. */
struct nearest {
	const char *written; /* len bytes */
	size_t len;
	const char *word; /* or NULL: none is near */
	size_t distance; /* letters to insert, remove, replace, or swap with the next one */
};

struct nearest nearest_begin(const char *written, size_t len);

/* Takes the word if it is nearer than those before, and at most a third of its letters differ. */
void nearest_try(struct nearest *nearest, const char *word);

#endif
