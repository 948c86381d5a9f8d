/* SPDX-License-Identifier: Apache-2.0 */
/* The loop from the perf buffers to stdout and the journal. */
#ifndef TRACER_H
#define TRACER_H

#include <stdbool.h>

struct ahead;
struct custom_text;
struct diag;
struct loader;
struct options;
struct probe;
struct program;
struct steps;

/*
 * Loads the program, settles it, attaches it with what is made ahead, prints the header, then the
 * events until SIGINT, SIGTERM, the end of stdout's reader, or the end that the options set by
 * count or duration; then detaches and prints what is left. custom is the program's text where it
 * is the user's, or NULL. 0, or -errno with diag filled.
 */
int tracer_run(struct options *options, const struct probe *probe, const struct custom_text *custom,
	       struct program *program, struct ahead *ahead, struct steps *steps,
	       struct diag *diag);

/*
 * Opens what tracer_run() does for a loaded object before it attaches, and closes it again.
 * *tested: the program was run and its record arrived; else, if there is no error, it cannot be
 * run.
 */
int tracer_check(struct options *options, const struct probe *probe, struct loader *loader,
		 bool *tested, struct diag *diag);

#endif
