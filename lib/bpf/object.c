/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Section order: the null section, one per program, the relocations of each program, .maps,
 * license, .BTF, .compiler, .symtab, .strtab (also the section names). Symbols: the null symbol,
 * then one per map, then one per program; the relocations name the maps' symbols by number.
 */
#include "bpf/object.h"

#include <bpf/btf.h>
#include <errno.h>
#include <libelf.h>
#include <linux/bpf.h>
#include <linux/elf-em.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"

#define R_BPF_64_64   1 /* Documentation/bpf/llvm_reloc.rst */
#define MAP_MEMBERS   5
#define MAP_SIZE      (MAP_MEMBERS * sizeof(void *)) /* a .maps variable: only its type matters */
#define SYMBOL_MAPS   1 /* the first map's symbol */
#define SECTIONS_REST 6 /* .maps, license, .BTF, .compiler, .symtab, .strtab */
#define COMPILER      ".compiler"

/* What is being written; the section data must live until elf_update(). */
struct elf_writer {
	const struct object_source *source;
	Elf *elf;
	int fd;
	struct text strings; /* .strtab */
	struct text symbols; /* Elf64_Sym */
	struct text *insns; /* struct bpf_insn, one text a program: relocations change them */
	struct text *relocs; /* Elf64_Rel, one text a program */
	struct btf *btf;
	int *map_vars; /* the BTF variable of each map */
	void *maps; /* MAP_SIZE zero bytes a map */
};

static void writer_free(struct elf_writer *writer)
{
	elf_end(writer->elf);
	if (writer->fd >= 0)
		close(writer->fd);
	text_free(&writer->strings);
	text_free(&writer->symbols);
	for (size_t i = 0; writer->insns && i < writer->source->program_count; i++)
		text_free(&writer->insns[i]);
	free(writer->insns);
	for (size_t i = 0; writer->relocs && i < writer->source->program_count; i++)
		text_free(&writer->relocs[i]);
	free(writer->relocs);
	btf__free(writer->btf);
	free(writer->map_vars);
	free(writer->maps);
}

static uint32_t string_add(struct elf_writer *writer, const char *string)
{
	uint32_t offset = writer->strings.len;

	text_bytes(&writer->strings, string, strlen(string) + 1);
	return offset;
}

/*
 * A map's type as libbpf reads it: a struct whose member of each name points to an array, of as
 * many elements as the value (the __uint() macro of bpf_helpers.h). A struct takes its members
 * right after it, so what they point to comes first.
 */
static int map_type_add(struct btf *btf, int int_id, const struct object_map *map)
{
	const struct {
		const char *name;
		uint32_t value;
	} members[MAP_MEMBERS] = {
		{"type", map->type},
		{"key_size", map->key_size},
		{"value_size", map->value_size},
		{"max_entries", map->max_entries},
		{"map_flags", map->flags},
	};
	int err, type, pointers[MAP_MEMBERS];

	for (int i = 0; i < MAP_MEMBERS; i++) {
		int array = btf__add_array(btf, int_id, int_id, members[i].value);

		pointers[i] = array < 0 ? array : btf__add_ptr(btf, array);
		if (pointers[i] < 0)
			return pointers[i];
	}
	type = btf__add_struct(btf, NULL, MAP_SIZE);
	for (int i = 0; type > 0 && i < MAP_MEMBERS; i++) {
		err = btf__add_field(btf, members[i].name, pointers[i], i * 8 * sizeof(void *), 0);
		if (err)
			return err;
	}
	return type < 0 ? type : btf__add_var(btf, map->name, BTF_VAR_GLOBAL_ALLOCATED, type);
}

/* The types of the .maps section: one variable a map. */
static int maps_btf_add(struct elf_writer *writer)
{
	const struct object_source *source = writer->source;
	int int_id, err, *vars = writer->map_vars;

	writer->btf = btf__new_empty();
	if (!writer->btf)
		return -errno;
	int_id = btf__add_int(writer->btf, "int", 4, BTF_INT_SIGNED);
	if (int_id < 0)
		return int_id;
	for (size_t i = 0; i < source->map_count; i++) {
		vars[i] = map_type_add(writer->btf, int_id, &source->maps[i]);
		if (vars[i] < 0)
			return vars[i];
	}
	err = btf__add_datasec(writer->btf, ".maps", source->map_count * MAP_SIZE);
	for (size_t i = 0; err >= 0 && i < source->map_count; i++)
		err = btf__add_datasec_var_info(writer->btf, vars[i], i * MAP_SIZE, MAP_SIZE);
	return err < 0 ? err : 0;
}

static void symbol_add(struct elf_writer *writer, const char *name, int type, size_t section,
		       uint64_t value, uint64_t size)
{
	Elf64_Sym symbol = {
		.st_name = string_add(writer, name),
		.st_info = ELF64_ST_INFO(STB_GLOBAL, type),
		.st_shndx = section,
		.st_value = value,
		.st_size = size,
	};

	text_bytes(&writer->symbols, &symbol, sizeof(symbol));
}

/* Turns each map descriptor in the instructions back into a relocation against the map's symbol. */
static int relocs_add(const struct object_source *source, struct text *program, struct text *relocs)
{
	struct bpf_insn *insns = (struct bpf_insn *)program->data;

	for (size_t i = 0; i < program->len / sizeof(*insns); i++) {
		Elf64_Rel rel = {.r_offset = i * sizeof(*insns)};
		size_t map = 0;

		/* NOLINTNEXTLINE(misc-redundant-expression): both are 0, each says what it is */
		if (insns[i].code != (BPF_LD | BPF_DW | BPF_IMM))
			continue;
		if (insns[i].src_reg == BPF_PSEUDO_MAP_FD) {
			while (map < source->map_count && source->maps[map].fd != insns[i].imm)
				map++;
			if (map == source->map_count)
				return -EBADF;
			rel.r_info = ELF64_R_INFO(SYMBOL_MAPS + map, R_BPF_64_64);
			text_bytes(relocs, &rel, sizeof(rel));
			insns[i].src_reg = 0;
			insns[i].imm = 0;
		}
		i++; /* ld_imm64 takes two slots */
	}
	return relocs->err;
}

struct section {
	const char *name;
	uint32_t type;
	uint64_t flags, align, entry_size;
	uint32_t link, info;
	const void *data;
	size_t size;
	Elf_Type data_type;
};

static int section_add(struct elf_writer *writer, const struct section *section)
{
	Elf_Scn *scn = elf_newscn(writer->elf);
	Elf_Data *data = scn ? elf_newdata(scn) : NULL;
	Elf64_Shdr *header = scn ? elf64_getshdr(scn) : NULL;

	if (!data || !header)
		return -ENOMEM;
	data->d_buf = (void *)section->data;
	data->d_size = section->size;
	data->d_align = section->align;
	data->d_type = section->data_type;
	header->sh_name = string_add(writer, section->name);
	header->sh_type = section->type;
	header->sh_flags = section->flags;
	header->sh_link = section->link;
	header->sh_info = section->info;
	header->sh_entsize = section->entry_size;
	return writer->strings.err;
}

static int program_sections_add(struct elf_writer *writer)
{
	const struct object_source *source = writer->source;
	size_t programs = source->program_count, symtab = 1 + 2 * programs + 4;
	char name[256];
	int err = 0;

	for (size_t i = 0; !err && i < programs; i++)
		err = section_add(writer, &(struct section){
						  .name = source->programs[i].section,
						  .type = SHT_PROGBITS,
						  .flags = SHF_ALLOC | SHF_EXECINSTR,
						  .align = sizeof(struct bpf_insn),
						  .data = writer->insns[i].data,
						  .size = writer->insns[i].len,
					  });
	for (size_t i = 0; !err && i < programs; i++) {
		snprintf(name, sizeof(name), ".rel%s", source->programs[i].section);
		err = section_add(writer, &(struct section){
						  .name = name,
						  .type = SHT_REL,
						  .flags = SHF_INFO_LINK,
						  .align = sizeof(uint64_t),
						  .entry_size = sizeof(Elf64_Rel),
						  .link = symtab,
						  .info = 1 + i,
						  .data = writer->relocs[i].data,
						  .size = writer->relocs[i].len,
						  .data_type = ELF_T_REL,
					  });
	}
	return err;
}

static int rest_sections_add(struct elf_writer *writer)
{
	const struct object_source *source = writer->source;
	size_t maps_section = 1 + 2 * source->program_count, symtab = maps_section + 4;
	const char *compiler = source->compiler ? source->compiler : "";
	uint32_t btf_size = 0;
	const void *btf = btf__raw_data(writer->btf, &btf_size);
	static const Elf64_Sym null_symbol;
	struct section sections[SECTIONS_REST] = {
		{.name = ".maps",
		 .type = SHT_PROGBITS,
		 .flags = SHF_ALLOC | SHF_WRITE,
		 .align = sizeof(uint64_t),
		 .data = writer->maps,
		 .size = source->map_count * MAP_SIZE},
		{.name = "license",
		 .type = SHT_PROGBITS,
		 .flags = SHF_ALLOC | SHF_WRITE,
		 .align = 1,
		 .data = source->license,
		 .size = strlen(source->license) + 1},
		{.name = ".BTF", .type = SHT_PROGBITS, .align = 4, .data = btf, .size = btf_size},
		{.name = COMPILER,
		 .type = SHT_PROGBITS,
		 .align = 1,
		 .data = compiler,
		 .size = strlen(compiler)},
		{.name = ".symtab",
		 .type = SHT_SYMTAB,
		 .align = sizeof(uint64_t),
		 .entry_size = sizeof(Elf64_Sym),
		 .link = symtab + 1,
		 .info = 1,
		 .data_type = ELF_T_SYM},
		{.name = ".strtab", .type = SHT_STRTAB, .align = 1},
	};

	if (!btf)
		return -ENOMEM;
	text_bytes(&writer->symbols, &null_symbol, sizeof(null_symbol));
	for (size_t i = 0; i < source->map_count; i++)
		symbol_add(writer, source->maps[i].name, STT_OBJECT, maps_section, i * MAP_SIZE,
			   MAP_SIZE);
	for (size_t i = 0; i < source->program_count; i++)
		symbol_add(writer, source->programs[i].name, STT_FUNC, 1 + i, 0,
			   source->programs[i].size);
	if (writer->symbols.err)
		return writer->symbols.err;
	sections[4].data = writer->symbols.data;
	sections[4].size = writer->symbols.len;
	for (int i = 0; i < SECTIONS_REST; i++) {
		int err = section_add(writer, &sections[i]);

		if (err)
			return err;
	}
	return 0;
}

/* .strtab, the last section, is complete only now that every name is in. */
static int writer_finish(struct elf_writer *writer, struct text *out)
{
	Elf_Scn *scn = elf_getscn(writer->elf, 2 * writer->source->program_count + SECTIONS_REST);
	Elf_Data *data = elf_getdata(scn, NULL);
	Elf64_Ehdr *header = elf64_getehdr(writer->elf);
	off_t size;
	char *at;

	if (!data || !header)
		return -ENOMEM;
	data->d_buf = writer->strings.data;
	data->d_size = writer->strings.len;
	header->e_shstrndx = elf_ndxscn(scn);
	size = elf_update(writer->elf, ELF_C_WRITE);
	if (size < 0)
		return -EIO;
	at = text_reserve(out, size);
	if (!at)
		return out->err;
	if (pread(writer->fd, at, size, 0) != size)
		return -EIO;
	out->len += size;
	return 0;
}

static int object_render(struct elf_writer *writer, struct text *out)
{
	const struct object_source *source = writer->source;
	Elf64_Ehdr *header;
	int err;

	if (!source->map_count)
		return -EINVAL;
	writer->insns = calloc(source->program_count, sizeof(*writer->insns));
	writer->relocs = calloc(source->program_count, sizeof(*writer->relocs));
	writer->maps = calloc(source->map_count, MAP_SIZE);
	writer->map_vars = calloc(source->map_count, sizeof(*writer->map_vars));
	if (!writer->insns || !writer->relocs || !writer->maps || !writer->map_vars ||
	    elf_version(EV_CURRENT) == EV_NONE)
		return -ENOMEM;
	writer->fd = memfd_create("object", MFD_CLOEXEC);
	if (writer->fd < 0)
		return -errno;
	writer->elf = elf_begin(writer->fd, ELF_C_WRITE, NULL);
	header = writer->elf ? elf64_newehdr(writer->elf) : NULL;
	if (!header)
		return -ENOMEM;
	header->e_ident[EI_DATA] =
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB;
	header->e_type = ET_REL;
	header->e_machine = EM_BPF;
	header->e_version = EV_CURRENT;
	string_add(writer, "");
	err = maps_btf_add(writer);
	if (err)
		return err;
	for (size_t i = 0; i < source->program_count; i++) {
		text_bytes(&writer->insns[i], source->programs[i].insns, source->programs[i].size);
		if (writer->insns[i].err)
			return writer->insns[i].err;
		err = relocs_add(source, &writer->insns[i], &writer->relocs[i]);
		if (err)
			return err;
	}
	err = program_sections_add(writer);
	if (!err)
		err = rest_sections_add(writer);
	return err ? err : writer_finish(writer, out);
}

int object_write(const struct object_source *source, struct text *out, struct diag *diag)
{
	struct elf_writer writer = {.source = source, .fd = -1};
	int err = object_render(&writer, out);

	writer_free(&writer);
	return err ? diag_errno(diag, err, "writing the compiled object") : 0;
}

const char *object_compiler(const void *object, size_t size, size_t *len)
{
	const char *compiler = NULL;
	Elf_Scn *scn = NULL;
	size_t names;
	Elf *elf;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return NULL;
	elf = elf_memory((char *)object, size);
	if (elf && !elf_getshdrstrndx(elf, &names))
		scn = elf_nextscn(elf, NULL);
	for (; scn; scn = elf_nextscn(elf, scn)) {
		const void *at = elf64_getshdr(scn);
		Elf64_Shdr header;
		const char *name;

		if (!at)
			break;
		memcpy(&header, at, sizeof(header)); /* an odd file has it at an odd place */
		name = elf_strptr(elf, names, header.sh_name);
		if (!name || strcmp(name, COMPILER))
			continue;
		if (header.sh_offset <= size && header.sh_size <= size - header.sh_offset) {
			*len = header.sh_size;
			compiler = (const char *)object + header.sh_offset;
		}
		break;
	}
	elf_end(elf);
	return compiler;
}
