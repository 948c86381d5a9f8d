/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads a compiled object into the kernel: maps, programs, attachments. Everything is detached and
 * removed by loader_free(), or by the end of the process.
 */
#ifndef LOADER_H
#define LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct hash_map;
struct loader;

/* Opens an ELF object in memory. -errno with diag filled. loader_free() in any case. */
int loader_open(struct loader **opened, const void *object, size_t size, struct diag *diag);

/*
 * Before loading: shares the maps of another loaded object that have the same names, and must be
 * alike. -errno with diag filled.
 */
int loader_share(struct loader *loader, const struct loader *other, struct diag *diag);

/*
 * Before loading: uses the hash map, if the object has one just like it; its descriptor here is
 * then closed.
 */
int loader_adopt(struct loader *loader, struct hash_map *hash, struct diag *diag);

/* Loads the programs. -errno with diag filled; the verifier's log is in diag->detail. */
int loader_load(struct loader *loader, struct diag *diag);
void loader_free(struct loader *loader);

/* Returns the number of possible CPUs, numbered from 0. -errno with diag filled. */
int loader_cpus(struct diag *diag);

/* Programs: loader_attach.c. */

/* Opens the perf event for the program of that section. -errno with diag filled. */
typedef int loader_event(const void *arg, const char *section, struct diag *diag);

/*
 * Attaches each program by what its section says, or, if event is not NULL, to the perf event that
 * it opens, which the loader then owns. One whose section names no event is not attached: when
 * the others are, it becomes an element, in the object's order, of the map of programs called
 * "tails". -errno with diag filled; loader_free() undoes the rest.
 */
int loader_attach(struct loader *loader, loader_event *event, const void *arg, struct diag *diag);

/* Detaches: no program runs after it returns. */
void loader_detach(struct loader *loader);

/*
 * Creates an iterator from the object's only program. Returns a descriptor for iterator_run(),
 * which the caller closes and which outlives the loader, or -errno with diag filled.
 */
int loader_iterator(struct loader *loader, struct diag *diag);

/*
 * Runs each program that is to be attached once, in the object's order, on this CPU with the
 * context (BPF_PROG_TEST_RUN; of raw tracepoints, Linux 5.10). -EOPNOTSUPP: this kernel cannot,
 * with a program of this type.
 */
int loader_run(const struct loader *loader, const void *context, size_t size);

/* Returns the descriptor of the object's only program, which the loader owns. */
int loader_program(const struct loader *loader);

/* Runs the program of that descriptor once, as loader_run(), and sets what it returned. */
int program_run(int program, const void *context, size_t size, uint32_t *returned);

/*
 * Sums how often the kernel skipped the programs, or only the first, because they were busy on that
 * CPU (bpf_prog_info.recursion_misses, Linux 5.12; 0 before).
 */
int loader_misses(const struct loader *loader, bool first, uint64_t *misses);

/* Maps by name: loader_maps.c. -ENOENT: the object has none of that name. */

/* Returns the descriptor, which the loader owns. */
int loader_map(const struct loader *loader, const char *name);

/* Sets the 32-bit element key: the event of a CPU in a perf event array. */
int loader_map_set(const struct loader *loader, const char *name, uint32_t key, uint32_t value);

/* Copies the value of the key; sets it; deletes it. Both are as wide as the map has them. */
int loader_map_get(const struct loader *loader, const char *name, const void *key, void *value);
int loader_map_put(const struct loader *loader, const char *name, const void *key,
		   const void *value);
int loader_map_delete(const struct loader *loader, const char *name, const void *key);

/*
 * Maps an mmapable array for reading, to be unmapped with munmap(2): an element of size bytes, a
 * multiple of 8, for each of loader_cpus(). -ENOENT also if the kernel cannot map it
 * (BPF_F_MMAPABLE, Linux 5.5).
 */
int loader_map_view(const struct loader *loader, const char *name, size_t size, const void **view);

/*
 * Copies what each CPU has of element key of a per-CPU array to values: one value of size bytes, a
 * multiple of 8, for each of loader_cpus().
 */
int loader_values(const struct loader *loader, const char *name, uint32_t key, void *values,
		  size_t size);

/* Sums each of count per-CPU 64-bit counters over all CPUs. */
int loader_counters(const struct loader *loader, const char *name, uint64_t *sums, size_t count);

/*
 * hash_map_walk() of the map. Of a per-CPU map, a value is one for each of loader_cpus(), of a size
 * that is a multiple of 8.
 */
int loader_each(const struct loader *loader, const char *name,
		int (*on_value)(void *arg, const void *key, const void *value, size_t size),
		void *arg);

#endif
