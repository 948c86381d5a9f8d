/* SPDX-License-Identifier: Apache-2.0 */
/* Sees which process accepts a session, if the kernel lets it (bpf_text/accept.bpf.c). */
#ifndef ACCEPT_H
#define ACCEPT_H

struct diag;
struct loader;
struct program_spec;
struct startup_log;

/*
 * Compiles (or takes from the cache), loads and attaches the program, which writes owners into the
 * map of sockets of tracing, a loaded program of that spec. -errno with diag filled, and watching
 * NULL.
 */
int accept_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag);

#endif
