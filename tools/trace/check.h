/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --check: whether a trace with these options would start here, and what is missing. It is judged
 * by doing what a start does: the program is compiled, loaded, attached, tested and dropped.
 * Nothing stays.
 */
#ifndef CHECK_H
#define CHECK_H

struct diag;
struct startup_log;
struct trace_config;

/*
 * Writes a line for each to stdout. -errno with diag as the start of a trace would have filled it,
 * if it would fail.
 */
int check_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

#endif
