/* SPDX-License-Identifier: Apache-2.0 */
/* --ebpf: prints the source of the program. */
#ifndef PROGRAM_PRINT_H
#define PROGRAM_PRINT_H

#include <stdbool.h>

struct diag;
struct program_spec;

/*
 * Prints the source that a trace here would compile, as far as that can be known without privilege,
 * or with scan that of --now. -errno with diag filled.
 */
int program_print(const struct program_spec *spec, bool scan, struct diag *diag);

#endif
