/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler, asked for one object. It runs as a process of its own (bcc-compile), so that LLVM's
 * 180 MB are gone when it ends and a crash or a hang of it is just an error here.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include <stdint.h>
#include <sys/types.h>

#include "compile/headers.h"

struct diag;
struct text;

#define COMPILE_RESULT_MAX (16 << 20) /* bytes */

/* Where the compiler is. -errno if it is not there: path is then where it ought to be. */
int compiler_path(char path[PATH_MAX]);

/* One that has been started. */
struct compiler {
	pid_t pid; /* 0: none */
	int source; /* a socket, its stdin */
	int result; /* a pipe, its stdout and stderr */
	unsigned int deadline_s; /* from its start on */
	uint64_t deadline_ns; /* CLOCK_MONOTONIC */
};

#define COMPILER_NONE ((struct compiler){.source = -1, .result = -1})

/*
 * Starts the compiler for a text against these headers, which ends within deadline_s seconds. It
 * takes its time to load what it consists of, so the text can be made meanwhile. compiler_end() or
 * compiler_stop() end it, or the end of the caller, also if that is killed. -errno with diag
 * filled: -ENOEXEC if it is not installed.
 */
int compiler_start(struct compiler *compiler, const struct headers *headers,
		   unsigned int deadline_s, struct diag *diag);

/*
 * Compiles source (C, as libbcc takes it): object is the BPF ELF object, which may be loaded, but
 * not relied on, while the compiler is ending, which takes it long for all that it holds.
 * -errno with diag filled, and no compiler any more: -ETIMEDOUT past the deadline, -ENOEXEC if it
 * could not be started, -EINVAL if it refused the text (diag->detail has its words), -EPROTO if it
 * crashed, or its output was not an object.
 */
int compiler_answer(struct compiler *compiler, const struct text *source, struct text *object,
		    struct diag *diag);

/*
 * Waits for the end of one that has answered, if there is one: object is to be relied on. -errno as
 * above, and object is empty.
 */
int compiler_end(struct compiler *compiler, struct text *object, struct diag *diag);

/* Ends the compiler if there is one. */
void compiler_stop(struct compiler *compiler);

#endif
