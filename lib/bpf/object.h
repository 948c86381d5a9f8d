/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes a BPF ELF object that libbpf reads (and readelf, llvm-objdump and bpftool): a section per
 * program, a .maps section with BTF, relocations from instructions to maps, the license, and in a
 * section of its own the text that names its compiler.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include <stddef.h>
#include <stdint.h>

struct diag;
struct text;

struct object_map {
	const char *name;
	uint32_t type; /* enum bpf_map_type */
	uint32_t key_size; /* bytes */
	uint32_t value_size;
	uint32_t max_entries; /* 0: libbpf chooses, for a perf event array one a CPU */
	uint32_t flags;
	int fd; /* how the instructions name this map: the imm of an ld_imm64 BPF_PSEUDO_MAP_FD */
};

struct object_program {
	const char *name;
	const char *section; /* libbpf's: "kprobe/...", "tracepoint/..." */
	const void *insns; /* struct bpf_insn */
	size_t size; /* bytes */
};

struct object_source {
	const struct object_program *programs;
	size_t program_count;
	const struct object_map *maps;
	size_t map_count; /* at least 1 */
	const char *license;
	const char *compiler; /* or NULL */
};

/* Appends the object's bytes to out. -errno with diag filled: out is as it was. */
int object_write(const struct object_source *source, struct text *out, struct diag *diag);

/*
 * Returns the compiler's text inside of the object, *len bytes long, or NULL if the object has none
 * or cannot be read.
 */
const char *object_compiler(const void *object, size_t size, size_t *len);

#endif
