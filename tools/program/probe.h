/* SPDX-License-Identifier: Apache-2.0 */
/* The probes, which see state changes, best first. Each has a source and requirements on the
 * kernel. */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/source.h"

struct diag;
struct loader;

struct probe_kind;

#define PROBES 3

struct probe {
	const struct probe_kind *kind;
	struct source source; /* of its program */
	int tracepoint_id;
};

bool probe_is_known(const char *name);
const char *probe_kind_name(size_t index); /* NULL past the last */

/* Whether this kernel has the probe called name, which must be known. -errno with diag filled. */
int probe_try(struct probe *probe, const char *name, struct diag *diag);

/* Sets the probe called name, as on a current kernel, without asking this one. -ENOENT: unknown. */
int probe_assume(struct probe *probe, const char *name);

/*
 * Returns how many events the kernel skipped the program for, because it was busy on that CPU. A
 * second program may have seen them (COUNTER_RECOVERED).
 */
uint64_t probe_recursion_misses(const struct probe *probe, const struct loader *loader);

/*
 * Whether probe_recursion_misses() counts all; if not, diag says so. Perf's programs are also
 * skipped while any other program runs on that CPU, a kprobe's even before the kernel looks for a
 * program.
 */
bool probe_counts_missed(const struct probe *probe, struct diag *diag);

/* Attaches the loaded program. */
int probe_attach(const struct probe *probe, struct loader *loader, struct diag *diag);

/*
 * Makes the loaded program send a record for SELF_TEST_SK, whatever is filtered: runs it, or makes
 * a connection if it is attached. -EOPNOTSUPP with diag filled if neither is possible.
 */
int probe_test(const struct loader *loader, struct diag *diag);

#endif
