/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the names of cgroups are, for filters by them (--cgroup, --unit, --container, --pod): the
 * tracer puts into the map of a program which comparisons are true for each cgroup, at the start
 * and, as long as it traces, for each new one (bpf_text/cgroups.bpf.c).
 */
#ifndef CGROUP_MARKS_H
#define CGROUP_MARKS_H

#include <stdint.h>

struct cgroup_watch;
struct diag;
struct filter;
struct loader;
struct program_spec;
struct ring_set;
struct startup_log;

/*
 * Fills the map of the loaded program with the present cgroups, if the filter needs it. -errno with
 * diag filled.
 */
int cgroup_marks_fill(const struct filter *filter, const struct loader *loader, struct diag *diag);

/*
 * The same for the map of tracing, a loaded program of that spec, and from then on: loads and
 * attaches the program that sees cgroups come and go. tracing and the filter must outlive it.
 * Without need of it, *watch is NULL. -errno with diag filled, and *watch NULL.
 */
int cgroup_watch_new(struct cgroup_watch **watch, const struct program_spec *spec,
		     const struct loader *tracing, struct startup_log *log, struct diag *diag);
void cgroup_watch_free(struct cgroup_watch *watch);

/* The buffers whose records cgroup_watch_follow() reads; of NULL, NULL. */
const struct ring_set *cgroup_watch_changes(const struct cgroup_watch *watch);

/* How many cgroups the map or the buffers had no room for. */
uint64_t cgroup_watch_lost(const struct cgroup_watch *watch);

/* Answers for the cgroups that are new since the last call. watch may be NULL. */
void cgroup_watch_follow(struct cgroup_watch *watch);

#endif
