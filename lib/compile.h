/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler, asked for one object. It runs as a process of its own (bcc-compile), so that LLVM's
 * 180 MB are gone when it ends and a crash or a hang of it is just an error here.
 */
#ifndef COMPILE_H
#define COMPILE_H

#include "headers.h"

struct diag;
struct text;

#define COMPILE_RESULT_MAX (16 << 20) /* bytes */

/* Where the compiler is. -errno if it is not there: path is then where it ought to be. */
int compiler_path(char path[PATH_MAX]);

/*
 * Compiles source (C, as libbcc takes it) against headers within deadline_s seconds and appends the
 * BPF ELF object to object.
 * -errno with diag filled: -ETIMEDOUT past the deadline, -ENOEXEC if the compiler could not be
 * started, -EINVAL if it refused the text (diag->detail has its words), -EPROTO if it crashed or
 * answered nonsense. The compiler is gone in any case, also if the caller is killed.
 */
int compile_object(const struct text *source, const struct headers *headers,
		   unsigned int deadline_s, struct text *object, struct diag *diag);

#endif
