/* SPDX-License-Identifier: Apache-2.0 */
/* The processes of this PID namespace, from /proc. */
#ifndef PROCESSES_H
#define PROCESSES_H

#include <stdint.h>

struct diag;
struct text;

struct process {
	uint32_t pid, parent; /* parent: 0 if it has none here */
};

/*
 * Appends a struct process for each process: those that are there from the beginning to the end of
 * the call are among them. -errno with diag filled.
 */
int processes_read(struct text *processes, struct diag *diag);

#endif
