/* SPDX-License-Identifier: Apache-2.0 */
/* The log of the kernel's verifier. */
#ifndef VERIFIER_LOG_H
#define VERIFIER_LOG_H

#include <stdbool.h>

struct diag;

/*
 * Fills diag with the verifier's last message and its whole log as the detail, or with the kernel's
 * lockdown. False, with diag unchanged, if the log is empty.
 */
bool verifier_log_explain(int err, const char *log, struct diag *diag);

#endif
