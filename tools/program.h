/* SPDX-License-Identifier: Apache-2.0 */
/* The BPF program: its text, made of the options and the probe, and the object compiled from it. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>

#include "compile.h"
#include "offsets.h"
#include "store.h"
#include "text.h"

struct custom_text;
struct diag;
struct options;
struct probe;
struct steps;

#define PROGRAM_FIRST_LINE "/* tcpstates " VERSION ", probe %s */\n"

/* Lines of the text that say which options it was made with. */
#define PROGRAM_SUMMARY	       "#define SUMMARY\n"
#define PROGRAM_STUCK	       "#define STUCK\n"
#define PROGRAM_KERNEL_HEADERS "#define KERNEL_HEADERS\n"

/* What the program reads of the kernel's structs, for probe_render_layout(). */
struct offset_needs program_needs(const struct options *options);

/* Whether it is to be compiled against the kernel's headers, and not without. */
bool program_wants_headers(const struct options *options, const struct probe *probe,
			   const struct custom_text *custom);

/*
 * Appends the program's text. With kernel_headers it takes types and helpers from them and from
 * libbcc's own prelude, otherwise it declares all it uses (bpf_text/types.h). layout is what
 * probe_render_layout() said.
 */
void program_render(const struct options *options, const struct probe *probe, bool kernel_headers,
		    const char *layout, struct text *text);

/* One that is made: _cleanup_program_ struct program program = PROGRAM_NONE; */
struct program {
	struct text object;
	struct compiler compiler; /* that may be ending yet */
	struct store store;
	struct text key; /* to keep the object under, or empty */
	struct text lacks; /* which fields this kernel does not have, and why */
	bool looks; /* set by the caller: nothing is left in the cache */
	bool cached; /* the object comes from there */
};

#define PROGRAM_NONE ((struct program){.compiler = COMPILER_NONE, .store = STORE_NONE})

/*
 * Renders the program and makes it an object, from the cache or with the compiler: without kernel
 * headers if the probe and the options allow it, and with them where that fails and there are some.
 * With custom, which may be NULL, it is that text, and only as that wants it. The object may be
 * loaded, but is not to be relied on before program_settle(). -errno with diag filled.
 */
int program_compile(const struct options *options, const struct probe *probe,
		    const struct custom_text *custom, struct steps *steps, struct program *program,
		    struct diag *diag);

/* Waits until the compiler has ended, and keeps the object. -errno with diag filled: it is none. */
int program_settle(struct program *program, struct diag *diag);

/* Prints which fields will be empty. An object from the cache lacks none. */
void program_tell_lacks(const struct program *program);

void program_free(struct program *program);

#define _cleanup_program_ __attribute__((cleanup(program_free)))

#endif
