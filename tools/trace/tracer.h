/* SPDX-License-Identifier: Apache-2.0 */
/* The loop from the perf buffers to stdout and the journal. */
#ifndef TRACER_H
#define TRACER_H

#include "trace/ladder.h"

struct diag;
struct startup_log;
struct trace_config;
struct tracer;

/*
 * Climbs the ladder of probes, prints the header, then the events until SIGINT, SIGTERM, the end of
 * stdout's reader, or the end that is set by count or duration; then detaches and prints what is
 * left. 0, or -errno with diag filled.
 */
int tracer_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

/*
 * Does what tracer_run() does before its header, as far as the stage last, and leaves nothing in
 * the cache. -errno with diag filled; *tracer is then there as well, unless it is NULL.
 * tracer_free() in any case.
 */
int tracer_check(struct tracer **tracer, const struct trace_config *config, enum stage last,
		 struct startup_log *log, struct diag *diag);

/* How that went. */
const struct ladder *tracer_ladder(const struct tracer *tracer);

void tracer_free(struct tracer *tracer);

#endif
