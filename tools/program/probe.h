/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where state changes are seen: the ladder of probes, best first. Each has texts of its own in
 * bpf_text/ and what it needs of the kernel.
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

/* Whether this kernel offers the probe called name, a known one. -errno with diag filled. */
int probe_try(struct probe *probe, const char *name, struct diag *diag);

/* Whether a program may read the kernel's memory and its BTF says where. -errno with diag filled.
 */
int probe_may_read(struct diag *diag);

/* The probe called name, or the tracepoint, as on a current kernel; asks this kernel nothing. */
void probe_assume(struct probe *probe, const char *name);

/*
 * No probe, but what looks for the sockets that are there already: an iterator, which is never
 * attached. It needs the kernel's BTF.
 */
void probe_scan(struct probe *probe);

const char *probe_name(const struct probe *probe);
bool probe_needs_kernel_headers(const struct probe *probe);

/*
 * Appends the macros that say where this kernel keeps what the probe's entry reads, and what the
 * needs are beside that. It may take a few milliseconds, and depends on nothing but the kernel's
 * build, unless it has appended to missing: which fields are off, and why. -errno with diag filled.
 */
int probe_render_offsets(const struct probe *probe, struct offset_needs needs, struct text *text,
			 struct text *missing, struct diag *diag);

/* The source of its program, behind the macros. */
const char *probe_source(const struct probe *probe);

/*
 * How many events the kernel passed the program over with, as it was busy on the CPU when they
 * came; a second program may have seen them (COUNTER_RECOVERED).
 */
uint64_t probe_recursion_misses(const struct probe *probe, const struct loader *loader);

/*
 * Whether probe_recursion_misses() counts all; if not, diag says so. Perf's programs are passed
 * over as well where any other is at work on the CPU, a kprobe's even before the kernel looks for a
 * program.
 */
bool probe_counts_missed(const struct probe *probe, struct diag *diag);

/* Attaches the loaded program: from here on events come. */
int probe_attach(const struct probe *probe, struct loader *loader, struct diag *diag);

/*
 * Has the loaded program see a change of no socket (SELF_TEST_SK), whose record is sent whatever is
 * filtered: runs it, or, attached, makes a connection whose changes it takes for that. -EOPNOTSUPP
 * with diag saying why: neither can be done.
 */
int probe_test(const struct loader *loader, struct diag *diag);

#endif
