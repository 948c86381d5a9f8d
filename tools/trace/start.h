/* SPDX-License-Identifier: Apache-2.0 */
/* The first steps of a trace, of --now and of --check, before anything is compiled. */
#ifndef START_H
#define START_H

#include <stdbool.h>

struct diag;
struct trace_config;

struct start_step {
	const char *name; /* in --check */
	bool (*is_required)(const struct trace_config *config);
	int (*run)(struct diag *diag); /* -errno with diag filled */
	void (*undo)(void); /* or NULL */
	const char *success; /* in --check */
};

/* In their order. */
enum { START_JOURNAL, START_CAPABILITIES, START_SECCOMP, START_STEPS };

extern const struct start_step start_steps[START_STEPS];

/* Runs the required steps. -errno with diag filled. */
int start_prepare(const struct trace_config *config, struct diag *diag);

#endif
