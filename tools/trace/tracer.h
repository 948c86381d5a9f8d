/* SPDX-License-Identifier: Apache-2.0 */
/* The trace: start, loop from the perf buffers to stdout and the journal, end. */
#ifndef TRACER_H
#define TRACER_H

#include "trace/ladder.h"

struct diag;
struct startup_log;
struct trace_config;
struct tracer;

/*
 * Starts the trace, prints the header, then events until SIGINT, SIGTERM, the end of stdout's
 * reader, or the configured count or duration; then detaches and prints the rest. 0, or -errno with
 * diag filled.
 */
int tracer_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

/*
 * Runs the start of tracer_run() up to the step last, and stores nothing in the cache. -errno with
 * diag filled; *tracer may be NULL. tracer_free() in any case.
 */
int tracer_check(struct tracer **tracer, const struct trace_config *config, enum step last,
		 struct startup_log *log, struct diag *diag);

/* The ladder, with the result of each probe. */
const struct ladder *tracer_ladder(const struct tracer *tracer);

void tracer_free(struct tracer *tracer);

#endif
