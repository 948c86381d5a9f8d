/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compiled object in the kernel: its maps, its programs, their attachments. The only file that
 * knows libbpf's loading. loader_free() detaches and removes everything; so does the end of the
 * process.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct loader;

/*
 * Opens the object (an ELF file in memory) and loads its programs into the kernel; nothing runs
 * yet. -errno with diag filled; a verifier's words are in diag->detail.
 */
int loader_open(struct loader **loader, const void *object, size_t size, struct diag *diag);
void loader_free(struct loader *loader);

/*
 * Attaches each program by what its section says (one whose section names no event is not attached:
 * it is an element, in the object's order, of the map of programs called "tails"), or, if perf_fd
 * is not -1, the only one to that perf event, which the loader then owns. -errno with diag filled;
 * loader_free() undoes the rest.
 */
int loader_attach(struct loader *loader, int perf_fd, struct diag *diag);

/* Ends the attachments: once it returns, no program runs any more. */
void loader_detach(struct loader *loader);

/* How many CPUs there can be: they are numbered from 0. */
int loader_cpus(const struct loader *loader);

/* The descriptor of the map called name, owned by the loader, or -ENOENT. */
int loader_map(const struct loader *loader, const char *name);

/* Sets the 32-bit element key of a map: the event of a CPU in a perf event array. */
int loader_map_set(const struct loader *loader, const char *name, uint32_t key, uint32_t value);

/*
 * Sums how often the kernel passed over the programs, or only the first, because they were busy on
 * that CPU (bpf_prog_info.recursion_misses, Linux 5.12; 0 before).
 */
int loader_misses(const struct loader *loader, bool first, uint64_t *misses);

/* Sums each of count per-CPU 64-bit counters of a map over all CPUs. */
int loader_counters(const struct loader *loader, const char *name, uint64_t *sums, size_t count);

/*
 * Copies what each CPU has of element key of a per-CPU array to values: one value of size bytes, a
 * multiple of 8, for each of loader_cpus().
 */
int loader_values(const struct loader *loader, const char *name, uint32_t key, void *values,
		  size_t size);

#endif
