/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's verifier wrote about a program. */
#ifndef VERIFIER_LOG_H
#define VERIFIER_LOG_H

#include <stdbool.h>

struct diag;

/*
 * Fills diag with why the program was refused: what the verifier said last, with the whole log as
 * the detail, or that the kernel is locked down. False, and diag as it was, if it said nothing.
 */
bool verifier_log_explain(int err, const char *log, struct diag *diag);

#endif
