/* SPDX-License-Identifier: Apache-2.0 */
/* BTF in memory, as the kernel has it: a header, types and strings (Documentation/bpf/btf.rst). */
#ifndef BTF_IMAGE_H
#define BTF_IMAGE_H

#include <linux/btf.h>

#define INFO(kind, vlen) ((uint32_t)(kind) << 24 | (vlen))

/* Of arrays that follow the header, the types first. */
#define BTF_IMAGE_HEADER(types, strings)                                                           \
	.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(struct btf_header),          \
	.type_len = sizeof(types), .str_off = sizeof(types), .str_len = sizeof(strings)

#endif
