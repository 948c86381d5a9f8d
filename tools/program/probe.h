/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probes, which see state changes, best first. Each has a source in bpf_text/ and requirements
 * on the kernel.
 */
#ifndef PROBE_H
#define PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program/offsets.h"

struct diag;
struct loader;
struct text;

struct probe_kind;

#define PROBES 3

struct probe {
	const struct probe_kind *kind;
	int tracepoint_id;
	const char *protocol_type; /* of the tracepoint's record: u8 before Linux 5.6 */
};

bool probe_is_known(const char *name);
const char *probe_kind_name(size_t index); /* NULL past the last */

/* Whether this kernel has the probe called name, which must be known. -errno with diag filled. */
int probe_try(struct probe *probe, const char *name, struct diag *diag);

/* Whether a program may read kernel memory, with offsets from BTF. -errno with diag filled. */
int probe_may_read(struct diag *diag);

/*
 * Sets the probe called name, or the tracepoint, as on a current kernel, without asking this
 * kernel.
 */
void probe_assume(struct probe *probe, const char *name);

/*
 * Sets the scan: an iterator, which is not a probe and is never attached. It requires the kernel's
 * BTF.
 */
void probe_scan(struct probe *probe);

const char *probe_name(const struct probe *probe);
bool probe_needs_kernel_headers(const struct probe *probe);

/*
 * Appends the offsets that the probe's entry and the needs require, as macros. It takes a few
 * milliseconds, and depends only on the kernel's build, unless it appends to missing: which fields
 * are unknown, and why. -errno with diag filled.
 */
int probe_render_offsets(const struct probe *probe, struct offset_needs needs, struct text *text,
			 struct text *missing, struct diag *diag);

/* Returns the source of its program, which follows the macros. */
const char *probe_source(const struct probe *probe);

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
