/* SPDX-License-Identifier: Apache-2.0 */
/* --now: the sockets that are open, once, without any probe. */
#ifndef NOW_H
#define NOW_H

struct diag;
struct startup_log;
struct trace_config;

/* Prints them. 0, or -errno with diag filled. */
int now_run(const struct trace_config *config, struct startup_log *log, struct diag *diag);

#endif
