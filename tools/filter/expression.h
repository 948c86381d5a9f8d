/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter as the command line has it: a C expression over what is known of a change. It is read
 * into a tree, and what goes into the program text is made from that tree, never from the user's
 * words.
 *
 * - Numbers (decimal, or hexadecimal after 0x, below 2^63), the names below, the states by the
 *   kernel's names with and without TCP_ (include/net/tcp_states.h), AF_INET (4) and AF_INET6 (6).
 * - C's operators that neither assign nor point, with C's precedence: ?: || && | ^ & == != < <= >
 *   >= << >> + - * / % and, before a value, ! - + ~; parentheses.
 * - All is 64 bits wide and signed, and wraps around. A division truncates toward zero; by zero it
 *   gives 0, and its remainder is the dividend, as in BPF. Of a shift's count the low 6 bits are
 *   taken, and a shift to the right keeps the sign. What is true is 1.
 */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include <stdint.h>

struct diag;
struct expression;
struct text;

#define EXPRESSION_LEN_MAX   4096 /* bytes */
#define EXPRESSION_DEPTH_MAX 64 /* a compiler has a limit of its own, not much above it */

/* The names, in the order of messages; s64 in the source. */
enum expression_name {
	EXPRESSION_LPORT,
	EXPRESSION_RPORT,
	EXPRESSION_FAMILY, /* 4 or 6 */
	EXPRESSION_OLDSTATE,
	EXPRESSION_NEWSTATE,
	EXPRESSION_SPAN_US, /* -1: unknown */
	EXPRESSION_PID,
	EXPRESSION_NAMES,
};

/* Reads str. -EINVAL with diag naming what is wrong, its column and, as a hint, the place in str.
 */
int expression_parse(const char *str, struct expression **expression, struct diag *diag);
void expression_free(struct expression *expression);

/*
 * Appends the C text of it, fully parenthesised, on one line: nothing in it is undefined, and it
 * compiles for BPF, which has no signed division, behind bpf_text/expression.h.
 */
void expression_render(const struct expression *expression, struct text *text);

/* Evaluates it as the compiled source does. */
int64_t expression_evaluate(const struct expression *expression,
			    const int64_t values[EXPRESSION_NAMES]);

#endif
