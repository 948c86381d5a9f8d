/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --check: reports whether a trace with these options would start here, and what is missing. It
 * runs the steps of a start: compile, load, attach, self test. Nothing is left behind.
 */
#ifndef CHECK_H
#define CHECK_H

struct diag;
struct startup_log;
struct trace_config;

/* Prints a line per step. If a start would fail, returns its -errno and fills diag as it would. */
int check_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

#endif
