/* SPDX-License-Identifier: Apache-2.0 */
/* A program beside the tracing one: those of the scan, and those that see accept() and resets. */
#ifndef COMPANION_H
#define COMPANION_H

#include "program/program.h"

struct diag;
struct loader;
struct source;
struct startup_log;

/*
 * Compiles (or takes from the cache) and loads the source, with the maps of the tracing program
 * that have the same names. Without one (NULL), fields that this kernel does not have are reported.
 * -errno with diag filled, and *loaded is NULL.
 */
int companion_load(struct loader **loaded, const struct program_spec *spec,
		   const struct source *source, const struct loader *tracing,
		   struct startup_log *log, struct diag *diag);

/*
 * The spec without what decides which sockets are shown, so that few objects in the cache serve all
 * options.
 */
struct program_spec companion_spec(const struct program_spec *spec);

/* companion_load(), and attaches it. */
int companion_attach(struct loader **attached, const struct program_spec *spec,
		     const struct source *source, const struct loader *tracing,
		     struct startup_log *log, struct diag *diag);

#endif
