/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every target is made of. A target decodes one input, which is any bytes, and aborts if what
 * the code promises of it does not hold; what goes beyond an array or leaks, a sanitizer sees.
 *
 * The main() is libFuzzer's (-DFUZZ=ON), or that of replay.c, which only reads the corpus.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); /* as libFuzzer calls it */

/* In any build. */
#define PROMISE(holds)                                                                             \
	do {                                                                                       \
		if (!(holds)) {                                                                    \
			fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #holds);        \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* What is left of the input. */
struct input {
	const uint8_t *at;
	size_t left;
};

/* The next bytes, little-endian; what is missing at the end is 0. */
static inline uint64_t input_number(struct input *input, size_t size)
{
	uint64_t number = 0;

	for (size_t i = 0; i < size && input->left; i++, input->at++, input->left--)
		number |= (uint64_t)*input->at << 8 * i;
	return number;
}

/* Copies the next len bytes, or as many as there are, into a heap block of just that size. */
static inline void *input_copy(struct input *input, size_t len, size_t *got)
{
	uint8_t *copy;

	*got = len < input->left ? len : input->left;
	copy = malloc(*got ? *got : 1);
	PROMISE(copy);
	memcpy(copy, input->at, *got);
	input->at += *got;
	input->left -= *got;
	return copy;
}

/* The same up to the next NUL, which ends the string, or up to the input's end. */
static inline char *input_string(struct input *input)
{
	size_t len = strnlen((const char *)input->at, input->left);
	char *string = strndup((const char *)input->at, len);

	PROMISE(string);
	len += len < input->left;
	input->at += len;
	input->left -= len;
	return string;
}

#endif
