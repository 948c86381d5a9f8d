/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/expression.h"

#include <stdlib.h>

#include "base/text.h"
#include "filter/expression_tree.h"

const struct operation expression_operations[OPS] = {
	[OP_OR] = {"||", 1, .chains = true},
	[OP_AND] = {"&&", 2, .chains = true},
	[OP_BIT_OR] = {"|", 3, .chains = true},
	[OP_BIT_XOR] = {"^", 4, .chains = true},
	[OP_BIT_AND] = {"&", 5, .chains = true},
	[OP_EQUAL] = {"==", 6},
	[OP_UNEQUAL] = {"!=", 6},
	[OP_LESS] = {"<", 7},
	[OP_AT_MOST] = {"<=", 7},
	[OP_MORE] = {">", 7},
	[OP_AT_LEAST] = {">=", 7},
	[OP_LEFT] = {"<<", 8},
	[OP_RIGHT] = {">>", 8},
	[OP_ADD] = {"+", 9, .chains = true, .wraps = true},
	[OP_SUBTRACT] = {"-", 9, .chains = true, .wraps = true},
	[OP_MULTIPLY] = {"*", 10, .chains = true, .wraps = true},
	[OP_DIVIDE] = {"expression_quotient", 10},
	[OP_REMAINDER] = {"expression_remainder", 10},
};

const char *const expression_names[EXPRESSION_NAMES] = {
	[EXPRESSION_LPORT] = "lport",	    [EXPRESSION_RPORT] = "rport",
	[EXPRESSION_FAMILY] = "family",	    [EXPRESSION_OLDSTATE] = "oldstate",
	[EXPRESSION_NEWSTATE] = "newstate", [EXPRESSION_SPAN_US] = "span_us",
	[EXPRESSION_PID] = "pid",
};

void expression_free(struct expression *expression)
{
	free(expression);
}

/* Left to right, as far as no parentheses are needed. */
static void chain_render(const struct expression *expression, const struct node *node,
			 struct text *text);

/* Each comes out as one word, one call or in parentheses, so that a cast takes all of it. */
static void node_render(const struct expression *expression, size_t place, struct text *text)
{
	const struct node *node = &expression->nodes[place];
	const struct operation *operation = &expression_operations[node->op];

	switch (node->op) {
	case OP_NUMBER:
		text_dec(text, node->value);
		return;
	case OP_NAME:
		text_str(text, expression_names[node->value]);
		return;
	case OP_NOT:
	case OP_COMPLEMENT:
		text_str(text, node->op == OP_NOT ? "(!" : "(~");
		node_render(expression, node->args[0], text);
		break;
	case OP_NEGATE:
		text_str(text, "((s64)(0 - (u64)");
		node_render(expression, node->args[0], text);
		text_char(text, ')');
		break;
	case OP_CHOICE:
		text_char(text, '(');
		node_render(expression, node->args[0], text);
		text_str(text, " ? ");
		node_render(expression, node->args[1], text);
		text_str(text, " : ");
		node_render(expression, node->args[2], text);
		break;
	case OP_LEFT:
	case OP_RIGHT:
		text_str(text, node->op == OP_LEFT ? "((s64)((u64)" : "((s64)");
		node_render(expression, node->args[0], text);
		text_printf(text, " %s (", operation->text);
		node_render(expression, node->args[1], text);
		text_str(text, node->op == OP_LEFT ? " & 63))" : " & 63)");
		break;
	case OP_DIVIDE:
	case OP_REMAINDER:
		text_printf(text, "%s(", operation->text);
		node_render(expression, node->args[0], text);
		text_str(text, ", ");
		node_render(expression, node->args[1], text);
		break;
	default:
		text_str(text, operation->wraps ? "((s64)(" : "(");
		chain_render(expression, node, text);
		text_str(text, operation->wraps ? ")" : "");
	}
	text_char(text, ')');
}

static void chain_render(const struct expression *expression, const struct node *node,
			 struct text *text)
{
	const struct operation *operation = &expression_operations[node->op];
	const struct node *left = &expression->nodes[node->args[0]];
	const char *cast = operation->wraps ? "(u64)" : "";

	if (chain_goes_on(node->op, left)) {
		chain_render(expression, left, text);
	} else {
		text_str(text, cast);
		node_render(expression, node->args[0], text);
	}
	text_printf(text, " %s %s", operation->text, cast);
	node_render(expression, node->args[1], text);
}

void expression_render(const struct expression *expression, struct text *text)
{
	node_render(expression, expression->root, text);
}

static int64_t operation_evaluate(enum op op, int64_t left, int64_t right)
{
	switch (op) {
	case OP_OR:
		return left || right;
	case OP_AND:
		return left && right;
	case OP_BIT_OR:
		return left | right;
	case OP_BIT_XOR:
		return left ^ right;
	case OP_BIT_AND:
		return left & right;
	case OP_EQUAL:
		return left == right;
	case OP_UNEQUAL:
		return left != right;
	case OP_LESS:
		return left < right;
	case OP_AT_MOST:
		return left <= right;
	case OP_MORE:
		return left > right;
	case OP_AT_LEAST:
		return left >= right;
	case OP_LEFT:
		return (uint64_t)left << (right & 63);
	case OP_RIGHT:
		return left >> (right & 63);
	case OP_ADD:
		return (uint64_t)left + (uint64_t)right;
	case OP_SUBTRACT:
		return (uint64_t)left - (uint64_t)right;
	case OP_MULTIPLY:
		return (uint64_t)left * (uint64_t)right;
	case OP_DIVIDE:
		if (right == -1) /* of the least number it would overflow */
			return 0 - (uint64_t)left;
		return right ? left / right : 0;
	default: /* OP_REMAINDER */
		if (right == -1)
			return 0;
		return right ? left % right : left;
	}
}

static int64_t node_evaluate(const struct expression *expression, size_t place,
			     const int64_t values[EXPRESSION_NAMES])
{
	const struct node *node = &expression->nodes[place];
	int64_t first;

	if (node->op == OP_NUMBER)
		return node->value;
	if (node->op == OP_NAME)
		return values[node->value];
	first = node_evaluate(expression, node->args[0], values);
	switch (node->op) {
	case OP_NOT:
		return !first;
	case OP_COMPLEMENT:
		return ~first;
	case OP_NEGATE:
		return 0 - (uint64_t)first;
	case OP_CHOICE:
		return node_evaluate(expression, node->args[first ? 1 : 2], values);
	default:
		return operation_evaluate(node->op, first,
					  node_evaluate(expression, node->args[1], values));
	}
}

int64_t expression_evaluate(const struct expression *expression,
			    const int64_t values[EXPRESSION_NAMES])
{
	return node_evaluate(expression, expression->root, values);
}
