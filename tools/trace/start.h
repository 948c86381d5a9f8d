/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The steps of a start, in their order, for a trace, --now and --check. Each host step runs once.
 * The steps from STEP_PROBE on run for one probe after the other (trace/ladder.h). --now needs the
 * host steps only; --check prints a verdict for each step.
 */
#ifndef START_H
#define START_H

#include <stdbool.h>

struct diag;
struct ladder;
struct rung;
struct trace_config;

enum step {
	STEP_JOURNAL,
	STEP_CAPABILITIES,
	STEP_SECCOMP,
	STEP_PROBE,
	STEP_COMPILE,
	STEP_LOAD,
	STEP_BUFFERS,
	STEP_ATTACH,
	STEP_TEST,
	STEPS,
};

struct start_step {
	const char *name; /* of its row in --check; NULL: it is part of the next one */
	const char *success; /* the same row's words */
	/* Host steps; is_required is NULL if the step always is. */
	bool (*is_required)(const struct trace_config *config);
	int (*prepare)(struct diag *diag); /* -errno with diag filled */
	void (*close)(void); /* or NULL */
	/* Steps of a probe. */
	int (*run)(struct ladder *ladder, struct rung *rung); /* -errno with rung->why filled */
	void (*undo)(struct ladder *ladder, struct rung *rung); /* or NULL; also after an error */
	const char *failure; /* in messages */
	const char *result; /* which the next step requires */
};

extern const struct start_step start_steps[STEPS];

/* Whether a start with this configuration requires the step. */
bool start_requires(enum step step, const struct trace_config *config);

/* Runs the required host steps. -errno with diag filled. */
int start_prepare(const struct trace_config *config, struct diag *diag);

#endif
