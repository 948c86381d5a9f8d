/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The self test at the end of a start. A program that loads and attaches may still send nothing, so
 * it is run once for a change of SELF_TEST_SK, or sees a connection of the tracer, and a record
 * must arrive in a perf buffer.
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
