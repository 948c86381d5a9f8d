/* SPDX-License-Identifier: Apache-2.0 */
/* The startup log of -v: each step on stderr, with its time. */
#ifndef STARTUP_LOG_H
#define STARTUP_LOG_H

#include <stdbool.h>
#include <stdint.h>

struct startup_log {
	bool shown;
	uint64_t last_ns; /* CLOCK_MONOTONIC at the end of the last step */
};

void startup_log_begin(struct startup_log *log, bool shown);
void startup_log_step(struct startup_log *log, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
