/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a program of the system and reads what it prints. */
#ifndef COMMAND_H
#define COMMAND_H

#include <stddef.h>

struct diag;

/* Takes a part of the output. */
typedef void command_output(void *arg, const char *bytes, size_t len);

/*
 * Runs argv[0], an absolute path, with nothing but LC_ALL=C in its environment, and with /dev/null
 * as stdin and stderr; waits for its end. -errno with diag filled: it cannot be run, or failed.
 */
int command_run(char *const argv[], command_output *output, void *arg, struct diag *diag);

#endif
