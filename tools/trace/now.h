/* SPDX-License-Identifier: Apache-2.0 */
/* --now: lists open sockets, without a probe. */
#ifndef NOW_H
#define NOW_H

struct diag;
struct startup_log;
struct trace_config;

/* Prints them. 0, or -errno with diag filled. */
int now_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

#endif
