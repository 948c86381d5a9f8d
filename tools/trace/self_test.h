/* SPDX-License-Identifier: Apache-2.0 */
/*
 * That a program loads and attaches does not mean that its records arrive. So a start ends with a
 * test: the program runs for a change of SELF_TEST_SK, or for those of a connection of the tracer's
 * own, and the kernel must have written to the perf buffers then.
 */
#ifndef SELF_TEST_H
#define SELF_TEST_H

struct buffers;
struct diag;
struct loader;
struct program_spec;

enum self_test {
	SELF_TEST_NONE, /* not tried, or inconclusive: diag says why */
	SELF_TEST_PASSED,
};

/* Tests an attached program. 0, or -errno with diag filled if no record arrives. */
int self_test_run(const struct program_spec *spec, const struct loader *loader,
		  const struct buffers *buffers, enum self_test *result, struct diag *diag);

#endif
