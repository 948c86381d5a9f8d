/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles one object in a process of its own (bcc-compile), so that LLVM's 180 MB are freed when
 * it ends, and a crash or hang is only an error here.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdint.h>
#include <sys/types.h>

#include "compile/headers.h"

struct diag;
struct text;

#define COMPILE_RESULT_MAX (16 << 20) /* bytes */

/* Finds the compiler. -errno if it is missing: path is then where it should be. */
int compiler_path(char path[PATH_MAX]);

/* A running compiler. */
struct compiler {
	pid_t pid; /* 0: none */
	int source; /* a socket, its stdin */
	int result; /* a pipe, its stdout and stderr */
	unsigned int deadline_s; /* from its start on */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC */
};

#define COMPILER_NONE ((struct compiler){.source = -1, .result = -1})

/*
 * Starts the compiler with these headers; it ends within deadline_s seconds. It takes time to load,
 * so the source can be rendered meanwhile. compiler_end(), compiler_stop() or the end of the caller
 * end it. -errno with diag filled: -ENOEXEC if it is not installed.
 */
int compiler_start(struct compiler *compiler, const struct headers *headers,
		   unsigned int deadline_s, struct diag *diag);

/*
 * Compiles source (C, as libbcc takes it). object is the BPF ELF object; it may be loaded at once,
 * but is valid only after compiler_end(), since the compiler takes time to exit. -errno with diag
 * filled, and the compiler is stopped: -ETIMEDOUT after the deadline, -ENOEXEC if it could not
 * start, -EINVAL if it refused the source (diag->detail has its messages), -EPROTO if it crashed,
 * or its output was not an object.
 */
int compiler_answer(struct compiler *compiler, const struct text *source, struct text *object,
		    struct diag *diag);

/*
 * Waits for the compiler's exit, if there is one: object is then valid. -errno as above, and object
 * is empty.
 */
int compiler_end(struct compiler *compiler, struct text *object, struct diag *diag);

/* Kills the compiler, if there is one. */
void compiler_stop(struct compiler *compiler);

#endif
