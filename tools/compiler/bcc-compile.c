/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bcc-compile: C text in on stdin, one BPF ELF object out on stdout, through libbcc.
 *
 *   bcc-compile own [HEADERS]         the text declares all it uses
 *   bcc-compile tree SOURCE BUILD     against a kernel's header trees
 *
 * HEADERS has what libbcc includes in any case (bpf_text/headers); without it, the folder of that
 * name beside this program.
 *
 * Status 0: stdout is the object. Status 1: stdout is the diagnosis. It creates no map and loads
 * nothing, so it needs no privilege. Once it has read the text, it opens nothing but headers
 * (Landlock): LLVM would look for compilers and CUDA all over the system.
 *
 * What libbcc asks of the system meanwhile, bcc_hooks.c answers.
 *
 * A function named as BCC's probes are (kprobe__FUNCTION, kretprobe__FUNCTION,
 * tracepoint__CATEGORY__EVENT, raw_tracepoint__EVENT) becomes a program of that type,
 * raw_tracepoint_tail__NAME one that those on raw tracepoints can end in, iter__TARGET__ID an
 * iterator (bpf_iter_TARGET in the kernel, of that id in its BTF), and kretfunc__FUNCTION__ID one
 * that runs when the function of that id returns.
 */
#include <bcc/bcc_common.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"
#include "bpf/object.h"
#include "compile/file_identity.h"
#include "system/landlock.h"

#define PROGRAMS_MAX 8
#define MAPS_MAX     16
#define NAME_SIZE    128
#define INSN_SIZE    8
#define INSNS_MAX    INT16_MAX /* a jump's offset: LLVM cuts longer ones off and says nothing */

/* libbcc runs LLVM's passes itself. Without Clang's own, a first start takes 0.78 of the time. */
#define COMMON_FLAGS "-g0", "-Xclang", "-disable-llvm-passes"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static int stdin_read(struct text *text)
{
	for (;;) {
		char *at = text_reserve(text, 65536);
		ssize_t got = at ? read(STDIN_FILENO, at, 65536) : -1;

		if (got < 0)
			return at ? -errno : text->err;
		at[got] = '\0';
		if (!got)
			return text->len ? 0 : -ENODATA;
		text->len += got;
	}
}

/*
 * The kernel's source tree and, if it is split, its build half. For a text that declares all it
 * uses, a folder with linux/kconfig.h, which libbcc includes in any case.
 */
static int headers_choose(int argc, char **argv, char source[PATH_MAX], char build[PATH_MAX],
			  struct diag *diag)
{
	build[0] = '\0';
	if (argc == 2 && !strcmp(argv[1], "own")) {
		ssize_t len = readlink("/proc/self/exe", source, PATH_MAX - 1);
		char *slash;

		if (len < 0)
			return diag_errno(diag, -errno, "/proc/self/exe");
		source[len] = '\0';
		slash = strrchr(source, '/');
		snprintf(slash, PATH_MAX - (slash - source), "/headers");
	} else if (argc == 3 && !strcmp(argv[1], "own")) {
		snprintf(source, PATH_MAX, "%s", argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "tree")) {
		snprintf(source, PATH_MAX, "%s", argv[2]);
		snprintf(build, PATH_MAX, "%s", argv[3]);
	} else {
		return diag_set(diag, -EINVAL,
				"usage: bcc-compile own [HEADERS] | tree SOURCE BUILD");
	}
	return 0;
}

/* From here on, files are opened only below the folders of headers. */
static int headers_confine(const char *source, const char *build, struct diag *diag)
{
	struct landlock_rule rules[] = {
		{open(source, O_PATH | O_CLOEXEC), LANDLOCK_READ},
		{build[0] ? open(build, O_PATH | O_CLOEXEC) : -1, LANDLOCK_READ},
	};
	int err;

	if (rules[0].fd < 0 || (build[0] && rules[1].fd < 0))
		return diag_errno(diag, -errno, "the headers");
	err = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? -errno
						     : landlock_confine(rules, COUNT(rules));
	return err ? diag_errno(diag, err, "landlock") : 0;
}

/* The folder of this machine's architecture below a kernel's arch/. */
static const char *kernel_arch(void)
{
	static struct utsname name;
	static const struct {
		const char *machine, *arch;
	} arches[] = {
		{"x86_64", "x86"}, {"aarch64", "arm64"}, {"ppc64le", "powerpc"},
		{"s390x", "s390"}, {"riscv64", "riscv"}, {"loongarch64", "loongarch"},
	};

	uname(&name);
	for (size_t i = 0; i < COUNT(arches); i++)
		if (!strcmp(name.machine, arches[i].machine))
			return arches[i].arch;
	return name.machine;
}

/*
 * Without kernel headers, libbcc's own prelude (bcc/bpf.h and bcc/helpers.h) is skipped by its
 * include guards. With a split tree, the build half's folders are added to the ones libbcc knows.
 * libbcc's -g is for the BTF of the program, which it then loads into the kernel to name the maps'
 * types: the object has its own. It optimises by itself, with all that -O3 does, so Clang need not
 * do it before. A function that nobody declares is an error of the text, since Clang 16 by itself;
 * before, the object would not load. In a kernel's headers it may be one that is newer than Clang.
 */
static void *module_compile(const char *text, const char *build)
{
	static char flags[4][PATH_MAX + 64];
	const char *own[] = {COMMON_FLAGS, "-D_UAPI__LINUX_BPF_H__", "-D__BPF_HELPERS_H",
			     "-Werror=implicit-function-declaration"};
	const char *split[] = {COMMON_FLAGS, flags[0], flags[1],
			       flags[2],     flags[3], "-Wno-everything"};
	const char *arch = kernel_arch();

	if (!build[0])
		return bpf_module_create_c_from_string(text, 0, own, COUNT(own), false, NULL);
	snprintf(flags[0], sizeof(flags[0]), "-I%s/arch/%s/include/generated", build, arch);
	snprintf(flags[1], sizeof(flags[1]), "-I%s/include", build);
	snprintf(flags[2], sizeof(flags[2]), "-I%s/arch/%s/include/generated/uapi", build, arch);
	snprintf(flags[3], sizeof(flags[3]), "-I%s/include/generated/uapi", build);
	return bpf_module_create_c_from_string(text, 0, split, COUNT(split), false, NULL);
}

/*
 * kprobe__F -> kprobe/F, iter__T__ID -> iter/T/ID, kretfunc__F__ID -> fexit/F/ID,
 * tracepoint__C__E -> tracepoint/C/E, raw_tracepoint__E -> raw_tp/E, as well as
 * raw_tracepoint__E__ANYTHING, for further programs on one event. What is not to be attached has a
 * type, but no event.
 */
static int section_name(const char *function, char section[NAME_SIZE])
{
	static const struct {
		const char *function, *section;
	} kinds[] = {{"kprobe__", "kprobe/"},
		     {"kretprobe__", "kretprobe/"},
		     {"tracepoint__", "tracepoint/"},
		     {"raw_tracepoint__", "raw_tp/"},
		     {"raw_tracepoint_tail__", "raw_tp"},
		     {"iter__", "iter/"},
		     {"kretfunc__", "fexit/"}};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t len = strlen(kinds[i].function);
		char *between;

		if (strncmp(function, kinds[i].function, len))
			continue;
		snprintf(section, NAME_SIZE, "%s%s", kinds[i].section,
			 strchr(kinds[i].section, '/') ? function + len : "");
		between = strstr(section, "__");
		if (between && !strncmp(section, "raw_tp/", 7)) {
			*between = '\0';
		} else if (between && strncmp(section, "kprobe/", 7) &&
			   strncmp(section, "kretprobe/", 10)) {
			*between = '/';
			memmove(between + 1, between + 2, strlen(between + 2) + 1);
		}
		return 0;
	}
	return -EINVAL;
}

static int module_write(void *module, const char *compiler, struct text *object, struct diag *diag)
{
	char sections[PROGRAMS_MAX][NAME_SIZE];
	struct object_program programs[PROGRAMS_MAX];
	struct object_map maps[MAPS_MAX];
	struct object_source source = {
		.programs = programs,
		.program_count = bpf_num_functions(module),
		.maps = maps,
		.map_count = bpf_num_tables(module),
		.license = bpf_module_license(module),
		.compiler = compiler,
	};

	if (source.program_count > PROGRAMS_MAX || source.map_count > MAPS_MAX)
		return diag_set(diag, -E2BIG, "more than %d programs or %d maps", PROGRAMS_MAX,
				MAPS_MAX);
	for (size_t i = 0; i < source.program_count; i++) {
		const char *name = bpf_function_name(module, i);

		programs[i] =
			(struct object_program){name, sections[i], bpf_function_start_id(module, i),
						bpf_function_size_id(module, i)};
		if (section_name(name, sections[i]))
			return diag_set(diag, -EINVAL, "%s: not the name of a probe", name);
		if (programs[i].size / INSN_SIZE > INSNS_MAX)
			return diag_set(diag, -E2BIG, "%s: %zu instructions, at most %d can be",
					name, programs[i].size / INSN_SIZE, INSNS_MAX);
	}
	for (size_t i = 0; i < source.map_count; i++) {
		uint32_t type = bpf_table_type_id(module, i);

		maps[i] = (struct object_map){
			.name = bpf_table_name(module, i),
			.type = type,
			.key_size = bpf_table_key_size_id(module, i),
			.value_size = bpf_table_leaf_size_id(module, i),
			.max_entries = type == BPF_MAP_TYPE_PERF_EVENT_ARRAY
					       ? 0
					       : bpf_table_max_entries_id(module, i),
			.flags = bpf_table_flags_id(module, i),
			.fd = bpf_table_fd_id(module, i),
		};
	}
	return object_write(&source, object, diag);
}

static int compile(int argc, char **argv, struct text *object, struct diag *diag)
{
	struct text text = {0}, compiler = {0};
	char source[PATH_MAX], build[PATH_MAX];
	void *module;
	int err = stdin_read(&text);

	if (err)
		return diag_errno(diag, err, "reading the program text");
	err = headers_choose(argc, argv, source, build, diag);
	if (err)
		return err;
	setenv("BCC_KERNEL_SOURCE", source, 1); /* where libbcc takes the tree from */
	err = headers_confine(source, build, diag);
	if (err)
		return err;
	module = module_compile(text.data, build);
	if (!module)
		return -EINVAL; /* libbcc has said why */
	file_identity_append_self(&compiler);
	return module_write(module, compiler.data, object, diag);
}

/* All that libbcc and LLVM print goes into a file, and is sent only if they fail. */
static int output = -1, result = -1;

static int result_write(const char *at, size_t len)
{
	while (len) {
		ssize_t put = write(result, at, len);

		if (put < 0)
			return -errno;
		at += put;
		len -= put;
	}
	return 0;
}

/* LLVM also fails by exit(3), for example if a program needs too much stack. */
static void output_send(void)
{
	char part[4096];
	ssize_t got;

	fflush(NULL);
	lseek(output, 0, SEEK_SET);
	while ((got = read(output, part, sizeof(part))) > 0)
		if (result_write(part, got))
			return;
}

int main(int argc, char **argv)
{
	struct diag diag = {0};
	struct text object = {0};
	int err;

	output = memfd_create("output", MFD_CLOEXEC);
	result = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (output < 0 || result < 0 || dup2(output, STDOUT_FILENO) < 0 ||
	    dup2(output, STDERR_FILENO) < 0 || atexit(output_send))
		return 125;
	err = compile(argc, argv, &object, &diag);
	if (object.err || (!err && result_write(object.data, object.len)))
		_exit(125);
	if (err) {
		dprintf(result, "%s%s", diag.what, diag.what[0] ? "\n" : "");
		output_send();
	}
	/*
	 * Otherwise it is closed last (kernel/exit.c, do_exit()), after all of LLVM's memory is
	 * freed. LLVM's destructors take time, too.
	 */
	close(result);
	_exit(err ? 1 : 0);
}
