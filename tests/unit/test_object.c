/* SPDX-License-Identifier: Apache-2.0 */
/* Objects are read back twice: by libbpf, and by libelf where libbpf says nothing before a load. */
#include "unit.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <gelf.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "bpf/object.h"

#define INSN(...) ((struct bpf_insn){__VA_ARGS__})
#define LD_MAP(reg, fd)                                                                            \
	INSN(.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = reg, .src_reg = BPF_PSEUDO_MAP_FD,      \
	     .imm = fd),                                                                           \
		INSN(.code = 0)
#define LD_IMM64(reg, low, high)                                                                   \
	INSN(.code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = reg, .imm = low), INSN(.imm = high)
#define RETURN_0 INSN(.code = BPF_ALU64 | BPF_MOV | BPF_K), INSN(.code = BPF_JMP | BPF_EXIT)

static const struct bpf_insn tiny[] = {RETURN_0};

/* A constant that looks like a descriptor stays a constant. */
static const struct bpf_insn busy[] = {
	LD_MAP(1, 17), LD_IMM64(2, 17, 42), LD_MAP(3, 42), LD_MAP(4, 17), RETURN_0,
};

static const struct object_map maps[] = {
	{"starts", BPF_MAP_TYPE_HASH, 8, 8, 65536, BPF_F_NO_PREALLOC, 17},
	{"events", BPF_MAP_TYPE_PERF_EVENT_ARRAY, 4, 4, 0, 0, 42},
	{"counters", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 2, 0, 7},
};

static const struct object_program programs[] = {
	{"tracepoint__a__b", "tracepoint/a/b", busy, sizeof(busy)},
	{"kprobe__f", "kprobe/f", tiny, sizeof(tiny)},
};

static const struct object_source one_program = {programs, 1, maps, COUNT(maps), "GPL", NULL};
static const struct object_source two_programs = {programs,	  2,
						  maps,		  COUNT(maps),
						  "Dual MIT/GPL", "the compiler\nand more"};

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
	return 0;
}

static int quiet(void **state)
{
	libbpf_set_print(print_nothing);
	return elf_version(EV_CURRENT) == EV_NONE;
}

static struct bpf_object *object_open(const struct object_source *source, struct text *text)
{
	struct diag diag = {0};
	struct bpf_object *object;

	assert_int_equal(object_write(source, text, &diag), 0);
	object = bpf_object__open_mem(text->data, text->len, NULL);
	assert_int_equal(libbpf_get_error(object), 0);
	return object;
}

static void program_assert(const struct bpf_program *program, const struct object_program *wanted)
{
	assert_non_null(program);
	assert_string_equal(bpf_program__name(program), wanted->name);
	assert_string_equal(bpf_program__section_name(program), wanted->section);
	assert_int_equal(bpf_program__insn_cnt(program), wanted->size / sizeof(struct bpf_insn));
}

static void programs_are_read_by_libbpf(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct bpf_object *object = object_open(&two_programs, &text);
	struct bpf_program *first = bpf_object__next_program(object, NULL),
			   *second = bpf_object__next_program(object, first);

	program_assert(first, &programs[0]);
	program_assert(second, &programs[1]);
	assert_null(bpf_object__next_program(object, second));
	assert_int_equal(bpf_program__type(first), BPF_PROG_TYPE_TRACEPOINT);
	assert_int_equal(bpf_program__type(second), BPF_PROG_TYPE_KPROBE);
	assert_memory_equal(bpf_program__insns(second), tiny, sizeof(tiny));
	bpf_object__close(object);
}

static void maps_are_read_by_libbpf(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct bpf_object *object = object_open(&one_program, &text);
	const struct bpf_map *map = NULL;
	size_t count = 0;

	for (; (map = bpf_object__next_map(object, map)); count++) {
		assert_true(count < COUNT(maps));
		assert_string_equal(bpf_map__name(map), maps[count].name);
		assert_int_equal(bpf_map__type(map), maps[count].type);
		assert_int_equal(bpf_map__key_size(map), maps[count].key_size);
		assert_int_equal(bpf_map__value_size(map), maps[count].value_size);
		assert_int_equal(bpf_map__max_entries(map), maps[count].max_entries);
		assert_int_equal(bpf_map__map_flags(map), maps[count].flags);
	}
	assert_int_equal(count, COUNT(maps));
	bpf_object__close(object);
}

static void tiny_program_uses_no_map(void **state)
{
	static const struct object_source source = {&programs[1], 1, maps, 1, "GPL", NULL};
	_cleanup_text_ struct text text = {0};
	struct bpf_object *object = object_open(&source, &text);
	struct bpf_program *program = bpf_object__next_program(object, NULL);

	program_assert(program, &programs[1]);
	assert_memory_equal(bpf_program__insns(program), tiny, sizeof(tiny));
	assert_non_null(bpf_object__find_map_by_name(object, "starts"));
	bpf_object__close(object);
}

/* The section called name, or NULL. */
static Elf_Data *section_data(Elf *elf, const char *name, GElf_Shdr *header)
{
	size_t names;

	assert_int_equal(elf_getshdrstrndx(elf, &names), 0);
	for (Elf_Scn *scn = NULL; (scn = elf_nextscn(elf, scn));) {
		assert_non_null(gelf_getshdr(scn, header));
		if (!strcmp(elf_strptr(elf, names, header->sh_name), name))
			return elf_getdata(scn, NULL);
	}
	return NULL;
}

static void header_is_of_a_bpf_object(void **state)
{
	static const char *const sections[] = {"tracepoint/a/b", "kprobe/f",  ".maps",	 "license",
					       ".BTF",		 ".compiler", ".symtab", ".strtab"};
	_cleanup_text_ struct text text = {0};
	struct diag diag = {0};
	GElf_Ehdr header;
	GElf_Shdr section;
	Elf_Data *data;
	Elf *elf;

	assert_int_equal(object_write(&two_programs, &text, &diag), 0);
	elf = elf_memory(text.data, text.len);
	assert_non_null(gelf_getehdr(elf, &header));
	assert_int_equal(header.e_machine, EM_BPF);
	assert_int_equal(header.e_type, ET_REL);
	assert_int_equal(gelf_getclass(elf), ELFCLASS64);
	for (size_t i = 0; i < COUNT(sections); i++)
		assert_non_null(section_data(elf, sections[i], &section));
	data = section_data(elf, "license", &section);
	assert_int_equal(data->d_size, sizeof("Dual MIT/GPL"));
	assert_string_equal(data->d_buf, "Dual MIT/GPL");
	elf_end(elf);
}

/* What a loader needs to put the map's descriptor in: where, of which kind, which map. */
static void reloc_assert(Elf *elf, Elf_Data *relocs, int index, size_t insn, const char *map)
{
	GElf_Shdr symtab_header;
	Elf_Data *symtab = section_data(elf, ".symtab", &symtab_header);
	GElf_Rel rel;
	GElf_Sym symbol;

	assert_non_null(gelf_getrel(relocs, index, &rel));
	assert_int_equal(rel.r_offset, insn * sizeof(struct bpf_insn));
	assert_int_equal(GELF_R_TYPE(rel.r_info), 1); /* R_BPF_64_64 */
	assert_non_null(gelf_getsym(symtab, GELF_R_SYM(rel.r_info), &symbol));
	assert_string_equal(elf_strptr(elf, symtab_header.sh_link, symbol.st_name), map);
	assert_int_equal(GELF_ST_TYPE(symbol.st_info), STT_OBJECT);
}

static void maps_become_relocations(void **state)
{
	struct bpf_insn expected[COUNT(busy)];
	_cleanup_text_ struct text text = {0};
	struct diag diag = {0};
	GElf_Shdr header;
	Elf_Data *data;
	Elf *elf;

	memcpy(expected, busy, sizeof(busy));
	for (size_t i = 0; i < COUNT(busy); i++)
		if (expected[i].src_reg == BPF_PSEUDO_MAP_FD)
			expected[i].src_reg = expected[i].imm = 0;
	assert_int_equal(object_write(&two_programs, &text, &diag), 0);
	elf = elf_memory(text.data, text.len);
	data = section_data(elf, "tracepoint/a/b", &header);
	assert_int_equal(data->d_size, sizeof(expected));
	assert_memory_equal(data->d_buf, expected, sizeof(expected));
	data = section_data(elf, ".reltracepoint/a/b", &header);
	assert_non_null(data);
	assert_int_equal(header.sh_type, SHT_REL);
	assert_int_equal(header.sh_info, 1); /* the section of the instructions */
	assert_int_equal(header.sh_size / header.sh_entsize, 3);
	reloc_assert(elf, data, 0, 0, "starts");
	reloc_assert(elf, data, 1, 4, "events");
	reloc_assert(elf, data, 2, 6, "starts");
	elf_end(elf);
}

static void compiler_is_told(void **state)
{
	_cleanup_text_ struct text one = {0}, two = {0};
	struct diag diag = {0};
	const char *found;
	size_t len = 1;

	assert_int_equal(object_write(&two_programs, &two, &diag), 0);
	found = object_compiler(two.data, two.len, &len);
	assert_int_equal(len, strlen(two_programs.compiler));
	assert_true(found > two.data && found + len < two.data + two.len);
	assert_memory_equal(found, two_programs.compiler, len);
	assert_int_equal(object_write(&one_program, &one, &diag), 0);
	assert_non_null(object_compiler(one.data, one.len, &len));
	assert_int_equal(len, 0);
	assert_null(object_compiler(BYTES("nonsense"), &len));
	assert_null(object_compiler("", 0, &len));
	for (size_t size = 0; size < two.len; size++) {
		char *torn = malloc(size + 1); /* at an address as a file's bytes are */

		memcpy(torn, two.data, size);
		found = object_compiler(torn, size, &len);
		assert_true(!found || (found > torn && found + len <= torn + size));
		free(torn);
	}
}

static void callers_instructions_stay(void **state)
{
	struct bpf_insn insns[COUNT(busy)];
	struct object_program program = {"p", "kprobe/p", insns, sizeof(insns)};
	struct object_source source = {&program, 1, maps, COUNT(maps), "GPL", NULL};
	_cleanup_text_ struct text text = {0};
	struct diag diag = {0};

	memcpy(insns, busy, sizeof(busy));
	assert_int_equal(object_write(&source, &text, &diag), 0);
	assert_memory_equal(insns, busy, sizeof(busy));
}

static void object_is_appended(void **state)
{
	_cleanup_text_ struct text text = {0}, alone = {0};
	struct diag diag = {0};

	text_str(&text, "before");
	assert_int_equal(object_write(&one_program, &alone, &diag), 0);
	assert_int_equal(object_write(&one_program, &text, &diag), 0);
	assert_int_equal(text.len, alone.len + 6);
	assert_memory_equal(text.data, "before", 6);
	assert_memory_equal(text.data + 6, alone.data, alone.len); /* the same each time */
}

static void unknown_descriptor_is_refused(void **state)
{
	static const struct bpf_insn insns[] = {LD_MAP(1, 17), LD_MAP(1, 43), RETURN_0};
	static const struct object_program program = {"p", "kprobe/p", insns, sizeof(insns)};
	static const struct object_source source = {&program, 1, maps, COUNT(maps), "GPL", NULL};
	_cleanup_text_ struct text text = {0};
	struct diag diag = {0};

	text_str(&text, "before");
	assert_int_equal(object_write(&source, &text, &diag), -EBADF);
	assert_string_equal(diag.what, "writing the compiled object: Bad file descriptor");
	text_assert(&text, BYTES("before"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_read_by_libbpf),
		cmocka_unit_test(maps_are_read_by_libbpf),
		cmocka_unit_test(tiny_program_uses_no_map),
		cmocka_unit_test(header_is_of_a_bpf_object),
		cmocka_unit_test(maps_become_relocations),
		cmocka_unit_test(compiler_is_told),
		cmocka_unit_test(callers_instructions_stay),
		cmocka_unit_test(object_is_appended),
		cmocka_unit_test(unknown_descriptor_is_refused),
	};

	return cmocka_run_group_tests_name("object", tests, quiet, NULL);
}
