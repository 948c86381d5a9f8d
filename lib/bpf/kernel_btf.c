/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/kernel_btf.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"

/* Linux 5.13 to 6.0 added these kinds and the fifth bit; the headers may be older. */
#define INFO_KIND(info) ((info) >> 24 & 0x1f)
enum { KIND_FLOAT = 16, KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64 };
#define ENUM64_SIZE (3 * sizeof(uint32_t)) /* struct btf_enum64 */

#define DEPTH_MAX  8 /* of anonymous structs, and of typedefs and the like */
#define VISITS_MAX 4096 /* members, to find one; no struct of Linux 6.18 takes 300 */

struct btf_types {
	void *file; /* what was mapped, if it is ours */
	size_t file_size;
	const char *strings;
	uint32_t strings_len;
	uint32_t count; /* types, numbered from 1 */
	const struct btf_type **by_id;
};

void btf_types_free(struct btf_types *types)
{
	if (!types)
		return;
	if (types->file)
		munmap(types->file, types->file_size);
	free(types->by_id);
	free(types);
}

/* Bytes that follow a type of this kind; -1 for a kind that is not known. */
static ssize_t kind_extra(const struct btf_type *type)
{
	size_t vlen = BTF_INFO_VLEN(type->info);

	switch (INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case KIND_DECL_TAG:
		return sizeof(uint32_t);
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return vlen * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return vlen * sizeof(struct btf_enum);
	case KIND_ENUM64:
		return vlen * ENUM64_SIZE;
	case BTF_KIND_FUNC_PROTO:
		return vlen * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return vlen * sizeof(struct btf_var_secinfo);
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case KIND_FLOAT:
	case KIND_TYPE_TAG:
		return 0;
	default:
		return -1;
	}
}

/* Walks the type section and fills by_id, which has room for all. 0, or -EPROTO. */
static int types_walk(struct btf_types *types, const char *at, size_t left)
{
	while (left >= sizeof(struct btf_type)) {
		const struct btf_type *type = (const void *)at;
		ssize_t extra = kind_extra(type);
		size_t size = sizeof(*type) + extra;

		if (extra < 0 || size > left)
			return -EPROTO;
		types->by_id[++types->count] = type;
		at += size;
		left -= size;
	}
	return left ? -EPROTO : 0;
}

/* Since Linux 7.1 there is more behind it; what a kernel has does not depend on our headers. */
#define HEADER_SIZE_MIN (offsetof(struct btf_header, str_len) + sizeof(uint32_t))

static bool header_is_good(const struct btf_header *header, size_t size)
{
	uint64_t body;

	if (size < HEADER_SIZE_MIN || header->magic != BTF_MAGIC || header->hdr_len > size ||
	    header->hdr_len < HEADER_SIZE_MIN)
		return false;
	body = size - header->hdr_len;
	return header->type_off % sizeof(uint32_t) == 0 &&
	       header->hdr_len % sizeof(uint32_t) == 0 &&
	       (uint64_t)header->type_off + header->type_len <= body &&
	       (uint64_t)header->str_off + header->str_len <= body && header->str_len;
}

int btf_types_decode(struct btf_types **types, const void *data, size_t size)
{
	const struct btf_header *header = data;
	const char *section = data;
	struct btf_types *new;
	int err;

	if (!header_is_good(header, size))
		return -EPROTO;
	section += header->hdr_len;
	if (section[header->str_off + header->str_len - 1])
		return -EPROTO;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->strings = section + header->str_off;
	new->strings_len = header->str_len;
	/* No type is smaller. Pages that are not used are never touched. */
	new->by_id = calloc(header->type_len / sizeof(struct btf_type) + 1, sizeof(*new->by_id));
	err = new->by_id ? types_walk(new, section + header->type_off, header->type_len) : -ENOMEM;
	if (err) {
		btf_types_free(new);
		return err;
	}
	*types = new;
	return 0;
}

static int fd_map(int fd, void **data, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	*size = st.st_size;
	*data = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (*data != MAP_FAILED)
		return 0;
	/* Before Linux 6.16 the file cannot be mapped, and read(2) returns a page at a time. */
	*data = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (*data == MAP_FAILED)
		return -errno;
	for (size_t got = 0; got < *size;) {
		ssize_t part = read(fd, (char *)*data + got, *size - got);

		if (part <= 0) {
			int err = part ? -errno : -EIO;

			munmap(*data, *size);
			return err;
		}
		got += part;
	}
	return 0;
}

int btf_vmlinux_find(struct diag *diag)
{
	if (!access(BTF_VMLINUX, R_OK))
		return 0;
	if (errno != ENOENT)
		return diag_errno(diag, -errno, BTF_VMLINUX);
	diag_set(diag, -ENOENT, "this kernel has no " BTF_VMLINUX);
	diag_hint(diag, "it comes with Linux 5.4 and CONFIG_DEBUG_INFO_BTF");
	return -ENOENT;
}

int btf_types_read(struct btf_types **types, const char *path, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	void *data = NULL;
	size_t size = 0;

	err = fd < 0 ? -errno : fd_map(fd, &data, &size);
	if (fd >= 0)
		close(fd);
	if (err)
		return diag_errno(diag, err, "%s", path);
	err = btf_types_decode(types, data, size);
	if (err) {
		munmap(data, size);
		return diag_errno(diag, err, "%s: not understood", path);
	}
	(*types)->file = data;
	(*types)->file_size = size;
	return 0;
}

static const struct btf_type *type_at(const struct btf_types *types, uint32_t id)
{
	return id && id <= types->count ? types->by_id[id] : NULL;
}

static bool name_is(const struct btf_types *types, uint32_t offset, const char *name, size_t len)
{
	return offset < types->strings_len && !strncmp(types->strings + offset, name, len) &&
	       !types->strings[offset + len];
}

static bool is_composite(const struct btf_type *type)
{
	uint32_t kind = INFO_KIND(type->info);

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* What is behind typedefs and qualifiers, or NULL. */
static const struct btf_type *type_behind(const struct btf_types *types, uint32_t id)
{
	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		const struct btf_type *type = type_at(types, id);

		if (!type)
			return NULL;
		switch (INFO_KIND(type->info)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case KIND_TYPE_TAG:
			id = type->type;
			break;
		default:
			return type;
		}
	}
	return NULL;
}

static int field_set(const struct btf_types *types, const struct btf_type *parent,
		     const struct btf_member *member, uint32_t base, struct btf_field *field)
{
	bool flagged = BTF_INFO_KFLAG(parent->info);
	uint32_t bits = flagged ? BTF_MEMBER_BITFIELD_SIZE(member->offset) : 0;
	uint32_t offset = flagged ? BTF_MEMBER_BIT_OFFSET(member->offset) : member->offset;
	const struct btf_type *type = type_behind(types, member->type);
	uint32_t kind = type ? INFO_KIND(type->info) : BTF_KIND_UNKN;

	if (offset % 8 || bits % 8)
		return -EPROTO;
	field->offset = base + offset / 8;
	if (bits)
		field->size = bits / 8;
	else if (kind == BTF_KIND_INT)
		field->size = type->size;
	else
		field->size = kind == BTF_KIND_PTR ? sizeof(void *) : 0;
	return 0;
}

/* A search for one member. */
struct search {
	const struct btf_types *types;
	struct btf_field *field;
	uint32_t visits; /* bounded, as bad BTF may have structs that contain themselves */
};

static int member_find(struct search *search, const struct btf_type *parent, const char *path,
		       uint32_t base, int depth)
{
	const struct btf_member *members = (const void *)(parent + 1);
	const struct btf_types *types = search->types;
	size_t len = strcspn(path, ".");

	for (uint32_t i = 0; i < BTF_INFO_VLEN(parent->info); i++) {
		const struct btf_type *inner = type_behind(types, members[i].type);
		bool named = name_is(types, members[i].name_off, path, len);
		struct btf_field here;

		if (search->visits++ >= VISITS_MAX)
			return -EPROTO;
		if (named && !path[len])
			return field_set(types, parent, &members[i], base, search->field);
		if ((!named && members[i].name_off) || !inner || !is_composite(inner) ||
		    depth == DEPTH_MAX || field_set(types, parent, &members[i], base, &here))
			continue;
		if (!member_find(search, inner, named ? path + len + 1 : path, here.offset,
				 depth + 1))
			return 0;
	}
	return -ENOENT;
}

/* The first type of that kind and name that has so many members, or 0. */
static uint32_t id_find(const struct btf_types *types, uint32_t kind, uint32_t members,
			const char *name)
{
	size_t len = strlen(name);

	for (uint32_t id = 1; id <= types->count; id++) {
		const struct btf_type *type = types->by_id[id];

		if (INFO_KIND(type->info) == kind && BTF_INFO_VLEN(type->info) >= members &&
		    name_is(types, type->name_off, name, len))
			return id;
	}
	return 0;
}

int btf_types_field(const struct btf_types *types, const char *structure, const char *member,
		    struct btf_field *field)
{
	struct search search = {.types = types, .field = field};
	const struct btf_type *type = type_at(types, id_find(types, BTF_KIND_STRUCT, 1, structure));

	return type ? member_find(&search, type, member, 0, 0) : -ENOENT;
}

int btf_types_func(const struct btf_types *types, const char *name, struct btf_func *func)
{
	const struct btf_type *type, *proto;

	func->id = id_find(types, BTF_KIND_FUNC, 0, name);
	type = type_at(types, func->id);
	proto = type ? type_at(types, type->type) : NULL;
	if (!proto || INFO_KIND(proto->info) != BTF_KIND_FUNC_PROTO)
		return -ENOENT;
	func->params = BTF_INFO_VLEN(proto->info);
	return 0;
}

int btf_types_enum(const struct btf_types *types, const char *name, const char *constant,
		   int32_t *value)
{
	const struct btf_type *type = type_at(types, id_find(types, BTF_KIND_ENUM, 1, name));
	const struct btf_enum *constants;
	size_t len = strlen(constant);

	if (!type)
		return -ENOENT;
	constants = (const void *)(type + 1);
	for (uint32_t i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		if (!name_is(types, constants[i].name_off, constant, len))
			continue;
		*value = constants[i].val;
		return 0;
	}
	return -ENOENT;
}

int btf_types_need(const struct btf_types *types, const char *structure, const char *member,
		   uint32_t size, struct btf_field *field, struct diag *diag)
{
	if (!btf_types_field(types, structure, member, field) && (!size || field->size == size))
		return 0;
	return diag_set(diag, -ENOTSUP, BTF_VMLINUX ": no %s.%s", structure, member);
}
