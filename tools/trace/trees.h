/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Processes and their descendants, for filters by them (-p PID+): the map tree_members has those
 * that are there at the start, and a program follows the others (bpf_text/trees.bpf.c).
 */
#ifndef TREES_H
#define TREES_H

struct diag;
struct filter;
struct loader;
struct program_spec;
struct startup_log;

/*
 * Fills the map of the loaded program as it is now, if the filter needs it: of a descendant whose
 * parent had ended before, nothing is known. -errno with diag filled.
 */
int trees_fill(const struct filter *filter, const struct loader *loader, struct diag *diag);

/*
 * Compiles (or takes from the cache), loads and attaches the program that follows forks, for the
 * map of tracing, a loaded program of that spec, and fills the map. Without need of it, *watching
 * is NULL. -errno with diag filled, and *watching NULL.
 */
int trees_watch(struct loader **watching, const struct program_spec *spec,
		const struct loader *tracing, struct startup_log *log, struct diag *diag);

#endif
