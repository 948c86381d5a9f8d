/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/expression.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "filter/addresses.h"
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

void expression_free(struct expression *expression)
{
	free(expression);
}

uint64_t expression_operands(const struct expression *expression)
{
	return expression->operands;
}

/* Compares the first bytes of a text without a branch, which the verifier would follow. */
static void text_render(struct text *text, const char *name, const struct literal *literal)
{
	text_str(text, literal->len ? "!(" : "1");
	for (size_t i = 0; i < literal->len; i++) {
		unsigned char byte = literal->text[i];

		text_printf(text, "%s(%s[%zu] ^ ", i ? " | " : "", name, i);
		text_printf(text, isalnum(byte) ? "'%c')" : "%u)", byte);
	}
	text_str(text, literal->len ? ")" : "");
}

/* Each unknown operand, joined with what follows. */
static void unknowns_render(struct text *text, uint64_t unknowns, const char *fmt)
{
	for (size_t i = 0; i < operand_count; i++)
		if (unknowns >> i & 1)
			text_printf(text, fmt, operands[i].name);
}

/* Left to right, as far as no parentheses are needed. */
static void chain_render(const struct expression *expression, const struct node *node,
			 struct text *text);

static void leaf_render(const struct node *node, struct text *text)
{
	const struct operand *operand = &operands[node->operand];

	switch (node->op) {
	case OP_NUMBER:
		text_dec(text, node->number);
		return;
	case OP_OPERAND:
		text_str(text, operand->name);
		return;
	case OP_UNKNOWN:
		text_printf(text, operand->type == OPERAND_TEXT ? "(!%s_known)" : "(%s < 0)",
			    operand->name);
		return;
	case OP_MARK:
		text_printf(text, "(%s >> %u & 1)", marks_variable(operand->mark),
			    (unsigned int)node->number);
		return;
	case OP_ADDRESS:
		text_char(text, '(');
		prefix_render(&node->literal.prefix, operand->name, text);
		break;
	default: /* OP_TEXT */
		text_char(text, '(');
		if (operand->may_be_unknown)
			text_printf(text, "%s_known && ", operand->name);
		text_render(text, operand->name, &node->literal);
	}
	text_char(text, ')');
}

/* Each comes out as one word, one call or in parentheses, so that a cast takes all of it. */
static void node_render(const struct expression *expression, size_t place, struct text *text)
{
	const struct node *node = &expression->nodes[place];
	const struct operation *operation = &expression_operations[node->op];

	if (node->op <= OP_MARK) {
		leaf_render(node, text);
		return;
	}
	switch (node->op) {
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
		if (op_compares(node->op))
			unknowns_render(text, node->unknowns,
					node->op == OP_UNEQUAL ? "%s < 0 || " : "%s >= 0 && ");
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

static bool any_is_unknown(uint64_t unknowns, const struct operand_value values[OPERANDS_MAX])
{
	for (size_t i = 0; i < operand_count; i++)
		if (unknowns >> i & 1 && values[i].number < 0)
			return true;
	return false;
}

/* An IPv6 prefix has no addresses of IPv4 sockets, whatever the bits of those are as IPv6. */
static bool address_is_in(const struct operand_value *value, const struct prefix *prefix)
{
	return (prefix_is_ipv4(prefix) || value->is_ipv6) &&
	       prefix_has_bits(prefix, &value->address);
}

static int64_t leaf_evaluate(const struct node *node,
			     const struct operand_value values[OPERANDS_MAX])
{
	const struct operand_value *value = &values[node->operand];
	bool is_unknown = operands[node->operand].may_be_unknown && value->number < 0;

	switch (node->op) {
	case OP_NUMBER:
		return node->number;
	case OP_OPERAND:
		return value->number;
	case OP_UNKNOWN:
		return is_unknown;
	case OP_MARK:
		return value->marks >> node->number & 1;
	case OP_ADDRESS:
		return address_is_in(value, &node->literal.prefix);
	default: /* OP_TEXT */
		return !is_unknown && !memcmp(value->text, node->literal.text, node->literal.len);
	}
}

static int64_t node_evaluate(const struct expression *expression, size_t place,
			     const struct operand_value values[OPERANDS_MAX])
{
	const struct node *node = &expression->nodes[place];
	int64_t first;

	if (node->op <= OP_MARK)
		return leaf_evaluate(node, values);
	if (op_compares(node->op) && any_is_unknown(node->unknowns, values))
		return node->op == OP_UNEQUAL;
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
			    const struct operand_value values[OPERANDS_MAX])
{
	return node_evaluate(expression, expression->root, values);
}
