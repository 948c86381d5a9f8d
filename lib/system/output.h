/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on their way to a descriptor: gathered in lines, written a batch at a time. The descriptor
 * is the caller's; output_free() frees the rest.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdint.h>

#include "base/text.h"

struct output {
	int fd;
	struct text lines; /* append here, then output_flush() when the batch is done or is large */
	size_t at_once; /* bytes that a write takes without waiting, if there is room; 0: any */
	int end; /* with at_once */
	uint64_t dropped; /* lines that were not written, or not to their end, when it was time to
			     end */
};

/* From here on a reader who takes nothing is not waited for when end can be read from. */
void output_end_with(struct output *output, int end);
void output_free(struct output *output);

/*
 * Writes all lines and forgets them. -EPIPE: nobody reads any more (a closed pipe, a descriptor
 * that is not open), which is no error; -ECANCELED: it is time to end, and nobody takes them;
 * another -errno: the lines are lost.
 */
int output_flush(struct output *output);

#endif
