/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks up members of the kernel's structs in its BTF (Documentation/bpf/btf.rst), decoded in one
 * pass.
 */
#ifndef KERNEL_BTF_H
#define KERNEL_BTF_H

#include <stddef.h>
#include <stdint.h>

struct btf_types;
struct diag;

#define BTF_VMLINUX "/sys/kernel/btf/vmlinux"

/* Whether there is BTF_VMLINUX. -errno with diag filled. */
int btf_vmlinux_find(struct diag *diag);

/* Reads the BTF file at path. -errno with diag filled; btf_types_free() ends it. */
int btf_types_read(struct btf_types **types, const char *path, struct diag *diag);

/* Like btf_types_read(), from size bytes in memory, which must stay. -EPROTO: not BTF. */
int btf_types_decode(struct btf_types **types, const void *data, size_t size);
void btf_types_free(struct btf_types *types);

struct btf_field {
	uint32_t offset; /* bytes from the struct's beginning */
	uint32_t size; /* bytes, of a number or a pointer; 0 where it is something else */
};

/*
 * Finds a member of a struct by name, also inside anonymous structs and unions, and by a path of
 * names with dots between inside those that have one. -ENOENT: there is no such struct or member;
 * -EPROTO: a bit field that does not fill whole bytes, or more members than any kernel has there.
 */
int btf_types_field(const struct btf_types *types, const char *structure, const char *member,
		    struct btf_field *field);

/*
 * Like btf_types_field(), for a required member of size bytes, or of any size if that is 0.
 * -ENOTSUP with diag naming what is missing in BTF_VMLINUX.
 */
int btf_types_need(const struct btf_types *types, const char *structure, const char *member,
		   uint32_t size, struct btf_field *field, struct diag *diag);

struct btf_func {
	uint32_t id; /* which bpf(2) calls attach_btf_id */
	uint32_t params;
};

/* Finds a function. -ENOENT: there is none of that name. */
int btf_types_func(const struct btf_types *types, const char *name, struct btf_func *func);

/*
 * Finds the value of a constant of an enum of 4 bytes. -ENOENT: there is no such enum or constant.
 */
int btf_types_enum(const struct btf_types *types, const char *name, const char *constant,
		   int32_t *value);

#endif
