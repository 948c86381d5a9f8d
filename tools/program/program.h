/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The BPF program: its text, made from the spec and a source, and the object compiled from it.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdbool.h>

#include "base/text.h"
#include "compile/compile.h"
#include "event/event.h"
#include "event/group_key.h"
#include "filter/filter.h"
#include "program/object_cache.h"
#include "program/offsets.h"

struct custom_text;
struct diag;
struct source;
struct startup_log;

#define PROGRAM_FIRST_LINE "/* tcpstates " VERSION ", probe %s */\n"

/* Lines of the text that name the options it was made with. */
#define PROGRAM_SUMMARY	       "#define SUMMARY\n"
#define PROGRAM_SESSIONS       "#define SESSIONS\n"
#define PROGRAM_STUCK	       "#define STUCK\n"
#define PROGRAM_KERNEL_HEADERS "#define KERNEL_HEADERS\n"

/* The specification of a program. A plain value; strings and text must outlive it. */
struct program_spec {
	struct filter filter;
	struct event_layout layout; /* of its record */
	bool netns; /* it reads the socket's network namespace */
	bool mptcp; /* it reads whether the socket is a subflow of MPTCP */
	bool summary; /* it counts, in place of sending records */
	struct group_by by; /* sessions by key, with summary */
	bool sessions; /* it sends a record at the end of a session, and no others */
	bool stuck; /* it keeps the last record of each socket */
	uint64_t max_sockets;
	const struct custom_text *text; /* that replaces our own, or NULL */
	const char *probe; /* or NULL: the first that works */
	bool kernel_headers; /* compile against them */
	const char *kernel_headers_path; /* or NULL: the usual places */
	uint64_t max_compile_s;
	const char *cache_dir; /* of compiled objects, or NULL: always compile */
};

/* The offsets that the program needs, for source_render_offsets(). */
struct offset_needs program_needs(const struct program_spec *spec);

/* Whether it must be compiled with kernel headers. */
bool program_wants_headers(const struct program_spec *spec, const struct source *source);

/*
 * Appends the text of our own program. With kernel_headers, types and helpers come from them and
 * from libbcc's prelude; otherwise the text declares all it uses (bpf_text/types.h). offsets is the
 * result of source_render_offsets().
 */
void program_render(const struct program_spec *spec, const struct source *source,
		    bool kernel_headers, const char *offsets, struct text *text);

/* Use: _cleanup_program_ struct program program = PROGRAM_NONE; */
struct program {
	struct text object;
	struct compiler compiler; /* that may be ending yet */
	struct object_cache objects;
	struct text key; /* to keep the object under, or empty */
	struct text missing; /* which fields this kernel does not have, and why */
	bool peek; /* set by the caller: nothing is left in the cache */
	bool cached; /* the object comes from there */
};

#define PROGRAM_NONE ((struct program){.compiler = COMPILER_NONE, .objects = OBJECT_CACHE_NONE})

/*
 * Makes the object, from the cache or with the compiler: without kernel headers if source and spec
 * allow it, and with them if that fails and there are some. A text of the user's is compiled the
 * way its first lines say. The object may be loaded, but is valid only after program_finish().
 * -errno with diag filled.
 */
int program_compile(const struct program_spec *spec, const struct source *source,
		    struct startup_log *log, struct program *program, struct diag *diag);

/*
 * Waits for the compiler's exit, and caches the object. -errno with diag filled: there is no
 * object.
 */
int program_finish(struct program *program, struct diag *diag);

/* Reports the fields that will be unknown. A cached object has all. */
void program_report_missing(const struct program *program);

void program_free(struct program *program);

#define _cleanup_program_ __attribute__((cleanup(program_free)))

#endif
