/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ladder of probes: the first probe that passes all steps of a start (trace/start.h) is used. A
 * failed step leads to the next probe, unless that would fail in the same way.
 */
#ifndef LADDER_H
#define LADDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "program/probe.h"
#include "program/program.h"
#include "trace/prealloc.h"
#include "trace/self_test.h"
#include "trace/start.h"

struct cgroup_watch;
struct loader;
struct sockets;
struct startup_log;
struct trace_config;

/* One try at a probe. */
struct rung {
	const char *name; /* of the probe */
	struct probe probe;
	struct program program;
	struct loader *loader; /* or NULL */
	enum step step; /* the last begun; STEP_COMPILE if the compiler failed during STEP_LOAD */
	int err; /* 0: it works as far as ladder.last */
	struct diag why; /* of the error */
	enum self_test tested;
	struct diag untested; /* why it is not */
};

struct ladder { /* is not to be copied once it is climbed */
	const struct trace_config *config;
	struct startup_log *log;
	enum step last; /* no rung is tried any further */
	bool peek; /* leaves nothing in the cache, and finds no open sockets */
	struct prealloc prealloc;
	struct rung rungs[PROBES];
	size_t count; /* of rungs tried */
	struct rung *rung; /* the one that works, else the first that got furthest; NULL: none */
	struct sockets *sockets; /* of the rung that works */
	struct loader *resets; /* sees resets, or NULL */
	struct loader *trees; /* sees forks, or NULL */
	struct cgroup_watch *cgroups; /* sees new cgroups, or NULL */
};

/*
 * Tries the probes. The caller sets the members up to peek and prealloc (PREALLOC_NONE); all others
 * are 0. SIGINT and SIGTERM are blocked once a program is attached. -errno with diag filled if no
 * probe works. ladder_free() in any case.
 */
int ladder_climb(struct ladder *ladder, struct diag *diag);

/* Detaches the rung's programs, and forgets open sockets; the maps stay. */
void ladder_detach(struct ladder *ladder, struct rung *rung);
void ladder_free(struct ladder *ladder);

#endif
