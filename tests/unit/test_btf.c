/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/kernel_btf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "btf_image.h"
#include "unit.h"

#define KFLAG (1U << 31)

/* Offsets of the names in strings below. */
enum {
	S_INT = 1,
	S_OUTER = 5,
	S_PLAIN = 11,
	S_DEEP = 17,
	S_BITS = 22,
	S_ODD = 27,
	S_SHORT = 31,
	S_NAMED = 37,
	S_AT = 43
};
static const char strings[] = "\0int\0outer\0plain\0deep\0bits\0odd\0short\0named\0at";

/*
 * 1: int (4 bytes)   2: typedef of 1 named short   3: anonymous union { 4 bytes: deep }
 * 4: struct outer { plain: 1 at 0; (3) at byte 8 }
 * 5: struct bits, with bit fields: bits, 8 of them at bit 16; odd, 3 at bit 24
 * 6: pointer to 4   7: anonymous struct { deep: 1 at byte 4, at: 6 at byte 8 }
 * 8: typedef of 7 named short   9: struct named { (3) at 0; plain: 1 at 4; named: 8 at byte 16 }
 * 10: function named outer, of type 12   11: function named plain, of type 13
 * 12: int(6 at, 1 bits)   13: void()   14: enum short { deep = 7, odd = -8 }
 */
static const uint32_t types[] = {
	S_INT,
	INFO(BTF_KIND_INT, 0),
	4,
	32,
	S_SHORT,
	INFO(BTF_KIND_TYPEDEF, 0),
	1,
	0,
	INFO(BTF_KIND_UNION, 1),
	4,
	S_DEEP,
	2,
	0,
	S_OUTER,
	INFO(BTF_KIND_STRUCT, 2),
	12,
	S_PLAIN,
	1,
	0,
	0,
	3,
	64,
	S_BITS,
	INFO(BTF_KIND_STRUCT, 2) | KFLAG,
	4,
	S_BITS,
	1,
	8 << 24 | 16,
	S_ODD,
	1,
	3 << 24 | 24,
	0,
	INFO(BTF_KIND_PTR, 0),
	4,
	0,
	INFO(BTF_KIND_STRUCT, 2),
	16,
	S_DEEP,
	1,
	32,
	S_AT,
	6,
	64,
	S_SHORT,
	INFO(BTF_KIND_TYPEDEF, 0),
	7,
	S_NAMED,
	INFO(BTF_KIND_STRUCT, 3),
	32,
	0,
	3,
	0,
	S_PLAIN,
	1,
	32,
	S_NAMED,
	8,
	128,
	S_OUTER,
	INFO(BTF_KIND_FUNC, 0),
	12,
	S_PLAIN,
	INFO(BTF_KIND_FUNC, BTF_FUNC_GLOBAL),
	13,
	0,
	INFO(BTF_KIND_FUNC_PROTO, 2),
	1,
	S_AT,
	6,
	S_BITS,
	1,
	0,
	INFO(BTF_KIND_FUNC_PROTO, 0),
	0,
	S_SHORT,
	INFO(BTF_KIND_ENUM, 2),
	4,
	S_DEEP,
	7,
	S_ODD,
	-8,
};

struct image {
	struct btf_header header;
	uint32_t types[sizeof(types) / sizeof(*types)];
	char strings[sizeof(strings)];
};

static struct image image_make(void)
{
	struct image image = {
		.header = {BTF_IMAGE_HEADER(types, strings)},
	};

	memcpy(image.types, types, sizeof(types));
	memcpy(image.strings, strings, sizeof(strings));
	return image;
}

static void members_are_found(void **state)
{
	struct image image = image_make();
	struct btf_types *decoded;
	struct btf_field field;

	assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	assert_int_equal(btf_types_field(decoded, "outer", "plain", &field), 0);
	assert_int_equal(field.offset, 0);
	assert_int_equal(field.size, 4);
	assert_int_equal(btf_types_field(decoded, "outer", "deep", &field), 0);
	assert_int_equal(field.offset, 8);
	assert_int_equal(field.size, 4);
	assert_int_equal(btf_types_field(decoded, "bits", "bits", &field), 0);
	assert_int_equal(field.offset, 2);
	assert_int_equal(field.size, 1);
	assert_int_equal(btf_types_field(decoded, "bits", "odd", &field), -EPROTO);
	assert_int_equal(btf_types_field(decoded, "outer", "odd", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "none", "plain", &field), -ENOENT);
	btf_types_free(decoded);
}

/* A kernel's header may be shorter or longer than that of the headers this is built with. */
static void headers_of_other_kernels_are_read(void **state)
{
	enum { SHORT = 24, LONG = 64 }; /* bytes: that of Linux 4.18, and a future one */
	struct image image = image_make();
	char data[LONG + sizeof(image) - offsetof(struct image, types)];
	size_t body = sizeof(image) - offsetof(struct image, types);
	struct btf_types *decoded;
	struct btf_field field;

	memset(data, 0xff, sizeof(data));
	for (uint32_t size = SHORT - 4; size <= LONG; size += 4) {
		image.header.hdr_len = size;
		memcpy(data, &image.header, SHORT);
		memcpy(data + size, image.types, body);
		if (size < SHORT) {
			assert_int_equal(btf_types_decode(&decoded, data, size + body), -EPROTO);
			continue;
		}
		assert_int_equal(btf_types_decode(&decoded, data, size + body), 0);
		assert_int_equal(btf_types_field(decoded, "outer", "deep", &field), 0);
		assert_int_equal(field.offset, 8);
		btf_types_free(decoded);
	}
}

/* By their ids, whether they are global or not, and not what else has that name. */
static void functions_are_found(void **state)
{
	struct image image = image_make();
	struct btf_types *decoded;
	struct btf_func func;

	assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	assert_int_equal(btf_types_func(decoded, "outer", &func), 0);
	assert_int_equal(func.id, 10);
	assert_int_equal(func.params, 2);
	assert_int_equal(btf_types_func(decoded, "plain", &func), 0);
	assert_int_equal(func.id, 11);
	assert_int_equal(func.params, 0);
	assert_int_equal(btf_types_func(decoded, "bits", &func), -ENOENT);
	assert_int_equal(btf_types_func(decoded, "outer.plain", &func), -ENOENT);
	btf_types_free(decoded);
}

static void constants_are_found(void **state)
{
	struct image image = image_make();
	struct btf_types *decoded;
	int32_t value;

	assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	assert_int_equal(btf_types_enum(decoded, "short", "deep", &value), 0);
	assert_int_equal(value, 7);
	assert_int_equal(btf_types_enum(decoded, "short", "odd", &value), 0);
	assert_int_equal(value, -8);
	assert_int_equal(btf_types_enum(decoded, "short", "plain", &value), -ENOENT);
	assert_int_equal(btf_types_enum(decoded, "outer", "plain", &value), -ENOENT);
	btf_types_free(decoded);
}

/* Dots go into a struct that has a name, also through a typedef, but not through a pointer. */
static void paths_are_followed(void **state)
{
	struct image image = image_make();
	struct btf_types *decoded;
	struct btf_field field;

	assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	assert_int_equal(btf_types_field(decoded, "named", "named.deep", &field), 0);
	assert_int_equal(field.offset, 20);
	assert_int_equal(field.size, 4);
	assert_int_equal(btf_types_field(decoded, "named", "named.at", &field), 0);
	assert_int_equal(field.offset, 24);
	assert_int_equal(field.size, sizeof(void *));
	assert_int_equal(btf_types_field(decoded, "named", "named", &field), 0);
	assert_int_equal(field.offset, 16);
	assert_int_equal(field.size, 0);
	assert_int_equal(btf_types_field(decoded, "named", "deep", &field), 0);
	assert_int_equal(field.offset, 0);
	assert_int_equal(btf_types_field(decoded, "named", "at", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "named", "name.at", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "named", "named.", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "named", "named.none", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "named", "plain.deep", &field), -ENOENT);
	assert_int_equal(btf_types_field(decoded, "named", "named.at.plain", &field), -ENOENT);
	btf_types_free(decoded);
}

/* Whatever is cut or turned is refused, or decoded without reading past the end (sanitizers see).
 */
static void damage_is_survived(void **state)
{
	struct image good = image_make();
	struct btf_types *decoded;
	struct btf_field field;

	for (size_t size = 0; size < offsetof(struct image, strings) + sizeof(strings); size++) {
		void *cut = malloc(size + !size);

		memcpy(cut, &good, size);
		assert_int_equal(btf_types_decode(&decoded, cut, size), -EPROTO);
		free(cut);
	}
	for (size_t bit = 0; bit < sizeof(good) * 8; bit++) {
		struct image image = good;

		((unsigned char *)&image)[bit / 8] ^= 1 << bit % 8;
		if (btf_types_decode(&decoded, &image, sizeof(image)))
			continue;
		btf_types_field(decoded, "outer", "deep", &field);
		btf_types_field(decoded, "named", "named.at", &field);
		btf_types_field(decoded, "bits", "odd", &field);
		btf_types_free(decoded);
	}
}

/* Each member of the struct is the struct again: a tree of ways whose ends nobody lives to see. */
static void structs_in_themselves_end(void **state)
{
	enum { MEMBERS = 200 };
	struct {
		struct btf_header header;
		struct btf_type type;
		struct btf_member members[MEMBERS];
		char strings[sizeof(strings)];
	} image = {
		.type = {S_OUTER, INFO(BTF_KIND_STRUCT, MEMBERS), {4}},
	};
	struct btf_types *decoded;
	struct btf_field field;

	image.header = (struct btf_header){BTF_IMAGE_HEADER(image.type, strings)};
	image.header.type_len += sizeof(image.members);
	image.header.str_off = image.header.type_len;
	memcpy(image.strings, strings, sizeof(strings));
	for (int i = 0; i < MEMBERS; i++)
		image.members[i].type = 1;
	assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	assert_int_equal(btf_types_field(decoded, "outer", "deep", &field), -EPROTO);
	image.members[0].name_off = S_DEEP;
	image.members[0].type = 0;
	assert_int_equal(btf_types_field(decoded, "outer", "deep", &field), 0);
	btf_types_free(decoded);
}

static void file_is_read(void **state)
{
	struct btf_types *decoded;
	struct diag diag;

	assert_int_equal(btf_types_read(&decoded, "/nowhere", &diag), -ENOENT);
	assert_string_equal(diag.what, "/nowhere: No such file or directory");
	assert_int_equal(btf_types_read(&decoded, "/proc/self/exe", &diag), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found),
		cmocka_unit_test(paths_are_followed),
		cmocka_unit_test(damage_is_survived),
		cmocka_unit_test(structs_in_themselves_end),
		cmocka_unit_test(functions_are_found),
		cmocka_unit_test(constants_are_found),
		cmocka_unit_test(file_is_read),
		cmocka_unit_test(headers_of_other_kernels_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
