/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of an expression: what expression_parse.c makes and expression.c renders. */
#ifndef EXPRESSION_TREE_H
#define EXPRESSION_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/expression.h"

enum op {
	OP_NUMBER,
	OP_OPERAND,
	OP_UNKNOWN, /* whether an operand is */
	OP_ADDRESS, /* whether an operand is in a prefix */
	OP_TEXT, /* whether an operand is that text, or begins with it */
	OP_MARK, /* whether the operand has a mark (marks.h): number is its bit */
	OP_NOT,
	OP_NEGATE,
	OP_COMPLEMENT,
	OP_CHOICE,
	/* Of two operands: the rows of operations. */
	OP_OR,
	OP_AND,
	OP_BIT_OR,
	OP_BIT_XOR,
	OP_BIT_AND,
	OP_EQUAL,
	OP_UNEQUAL,
	OP_LESS,
	OP_AT_MOST,
	OP_MORE,
	OP_AT_LEAST,
	OP_LEFT,
	OP_RIGHT,
	OP_ADD,
	OP_SUBTRACT,
	OP_MULTIPLY,
	OP_DIVIDE,
	OP_REMAINDER,
	/* Of the text, not of the tree. */
	OP_END,
	OP_WORD, /* a number or a name */
	OP_OPEN,
	OP_CLOSE,
	OP_QUESTION,
	OP_COLON,
	OPS,
};

struct operation {
	const char *text;
	unsigned char precedence; /* 0: not of two operands */
	bool chains; /* a op b op c needs no parentheses in the rendering, however long it is */
	bool wraps; /* done unsigned, where overflow is defined */
};

extern const struct operation expression_operations[OPS];

struct node {
	enum op op;
	unsigned int depth; /* of brackets in the rendering */
	size_t args[3]; /* nodes */
	int64_t number;
	size_t operand;
	struct literal literal; /* that an address or a text is compared with */
	bool is_typed; /* a comparison of an operand with a literal of its type */
	/* Operands whose unknown values count in it, or, in a comparison, decide it. */
	uint64_t unknowns;
	const char *at; /* in the text, for errors */
};

static inline bool op_compares(enum op op)
{
	return op >= OP_EQUAL && op <= OP_AT_LEAST;
}

struct expression {
	uint64_t operands; /* a bit for each that is in it */
	size_t count;
	size_t root;
	struct node nodes[];
};

/* Whether left, as the left operand of the operation, is rendered without parentheses. */
static inline bool chain_goes_on(enum op op, const struct node *left)
{
	const struct operation *operation = &expression_operations[op];

	return operation->chains && expression_operations[left->op].chains &&
	       expression_operations[left->op].precedence == operation->precedence;
}

#endif
