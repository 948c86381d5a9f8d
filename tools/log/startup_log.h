/* SPDX-License-Identifier: Apache-2.0 */
/* What -v tells on stderr: each step of the start, and how long it took. */
#ifndef STEPS_H
#define STEPS_H

#include <stdbool.h>
#include <stdint.h>

struct steps {
	bool shown;
	uint64_t last_ns; /* CLOCK_MONOTONIC at the end of the last step */
};

void steps_begin(struct steps *steps, bool shown);
void step_done(struct steps *steps, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
