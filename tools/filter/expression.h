/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --filter: a C expression over the fields of a change. It is read into a tree, and the program's
 * source is made from that tree, never from the user's words.
 *
 * - Numbers (decimal, or hexadecimal after 0x, below 2^63), the operands (operand.h), the states by
 *   the kernel's names with and without TCP_ (include/net/tcp_states.h), AF_INET (4) and AF_INET6
 *   (6).
 * - C's operators that neither assign nor point, with C's precedence: ?: || && | ^ & == != < <= >
 *   >= << >> + - * / % and, before a value, ! - + ~; parentheses.
 * - Right of a comparison with an operand, a literal of its type: rport == 443, ms > 1.5s, newstate
 *   == close-wait, why != refused, raddr == 10.0.0.0/8, ocomm == "nginx", comm == "kworker*"; or
 *   the word unknown.
 * - All is 64 bits wide and signed, and wraps around. A division truncates toward zero; by zero it
 *   gives 0, and its remainder is the dividend, as in BPF. Of a shift's count the low 6 bits are
 *   taken, and a shift to the right keeps the sign. What is true is 1.
 * - A comparison with an unknown operand is false, and != is true, as with C's NaN. Outside of
 *   comparisons it is -1.
 */
#ifndef EXPRESSION_H
#define EXPRESSION_H

#include <stdint.h>

#include "filter/operand.h"

struct diag;
struct expression;
struct marks;
struct text;

#define EXPRESSION_LEN_MAX   4096 /* bytes */
#define EXPRESSION_DEPTH_MAX 64 /* a compiler has a limit of its own, not much above it */

/*
 * Reads str, and adds to marks what only the tracer can compare. -EINVAL with diag naming the
 * option, what is wrong, its column and, as a hint, the place in str.
 */
int expression_parse(const char *option, const char *str, struct marks *marks,
		     struct expression **expression, struct diag *diag);
void expression_free(struct expression *expression);

/* The operands in it, a bit for each. */
uint64_t expression_operands(const struct expression *expression);

/*
 * Appends the C text of it, fully parenthesised, on one line: nothing in it is undefined, and it
 * compiles for BPF, which has no signed division, behind bpf_text/expression.h.
 */
void expression_render(const struct expression *expression, struct text *text);

/* The value of an operand. */
struct operand_value {
	int64_t number; /* < 0: unknown, if that may be; of an address or a text alone for that */
	struct prefix address; /* of the full length; high and low of IPv4 as in a prefix */
	bool is_ipv6; /* the socket's family, which can have addresses of both */
	char text[OWNER_EXE_LEN];
	uint64_t marks; /* a bit for each that it has */
};

/* Evaluates it as the compiled source does. */
int64_t expression_evaluate(const struct expression *expression,
			    const struct operand_value values[OPERANDS_MAX]);

#endif
