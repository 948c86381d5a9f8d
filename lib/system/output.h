/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes lines to a descriptor in batches. The caller owns the descriptor; output_free() frees the
 * rest.
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

/* From now on, does not wait for a slow reader once end is readable. */
void output_end_with(struct output *output, int end);
void output_free(struct output *output);

/*
 * Writes and drops all lines. -EPIPE: the reader is gone (a closed pipe or descriptor), which is no
 * error; -ECANCELED: it is time to end, and the reader is slow; another -errno: the lines are lost.
 */
int output_flush(struct output *output);

#endif
