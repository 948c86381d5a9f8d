/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines on their way to a descriptor: gathered in lines, written a batch at a time. The descriptor
 * is the caller's; output_free() frees the rest.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "text.h"

struct output {
	int fd;
	struct text lines; /* append here, then output_flush() when the batch is done or is large */
};

void output_free(struct output *output);

/*
 * Writes all lines and forgets them. -EPIPE: nobody reads any more (a closed pipe, a descriptor
 * that is not open), which is no error; another -errno: the lines are lost.
 */
int output_flush(struct output *output);

#endif
