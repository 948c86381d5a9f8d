/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/expression.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/visible.h"
#include "event/event.h"
#include "filter/expression_tree.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define STATE_PREFIX "TCP_"
#define WORD_CHARS   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define WORD_SHOWN   32 /* bytes of a word that are shown */
#define PLACE_SHOWN  58 /* bytes of the expression that are shown around a place */
#define DOTS	     "..."
#define UNKNOWN	     "unknown"
#define LEAF_DEPTH   3 /* brackets in the rendering of a prefix or a text */

_Static_assert(2 * (sizeof(DOTS) - 1) + PLACE_SHOWN < sizeof(((struct diag *)0)->hint),
	       "a place may be too long for a hint");

/* The longer before the shorter that it begins with. */
static const struct symbol {
	const char *text;
	enum op op;
	const char *refused; /* or NULL: what it is called */
	const char *instead; /* or NULL */
} symbols[] = {
	{"<<=", .refused = "an assignment"},
	{">>=", .refused = "an assignment"},
	{"+=", .refused = "an assignment"},
	{"-=", .refused = "an assignment"},
	{"*=", .refused = "an assignment"},
	{"/=", .refused = "an assignment"},
	{"%=", .refused = "an assignment"},
	{"&=", .refused = "an assignment"},
	{"|=", .refused = "an assignment"},
	{"^=", .refused = "an assignment"},
	{"++", .refused = "'++'"},
	{"--", .refused = "'--'"},
	{"->", .refused = "'->'"},
	{"//", .refused = "a comment"},
	{"/*", .refused = "a comment"},
	{"||", .op = OP_OR},
	{"&&", .op = OP_AND},
	{"==", .op = OP_EQUAL},
	{"!=", .op = OP_UNEQUAL},
	{"<=", .op = OP_AT_MOST},
	{">=", .op = OP_AT_LEAST},
	{"<<", .op = OP_LEFT},
	{">>", .op = OP_RIGHT},
	{"=", .refused = "an assignment", .instead = " (== compares)"},
	{"\"", .refused = "a string"},
	{"'", .refused = "a character in quotes"},
	{"\\", .refused = "a backslash"},
	{"|", .op = OP_BIT_OR},
	{"^", .op = OP_BIT_XOR},
	{"&", .op = OP_BIT_AND},
	{"<", .op = OP_LESS},
	{">", .op = OP_MORE},
	{"+", .op = OP_ADD},
	{"-", .op = OP_SUBTRACT},
	{"*", .op = OP_MULTIPLY},
	{"/", .op = OP_DIVIDE},
	{"%", .op = OP_REMAINDER},
	{"!", .op = OP_NOT},
	{"~", .op = OP_COMPLEMENT},
	{"(", .op = OP_OPEN},
	{")", .op = OP_CLOSE},
	{"?", .op = OP_QUESTION},
	{":", .op = OP_COLON},
};

/* By what family is, not by what the kernel calls the two. */
static const struct {
	const char *name;
	int64_t value;
} families[] = {{"AF_INET", 4}, {"AF_INET6", 6}};

struct parser {
	const char *option; /* that errors name */
	const char *str;
	const char *at; /* the token: where, what, and its length */
	enum op token;
	size_t len;
	unsigned int depth; /* of the functions below */
	struct expression *expression;
	struct marks *marks;
	struct diag *diag;
};

typedef int parse_fn(struct parser *parser, size_t *node);

/*
 * Returns -EINVAL with diag naming what is wrong and its column, and more behind that; the hint is
 * the text around the place.
 */
static int refuse(const struct parser *parser, const char *at, const char *more, const char *fmt,
		  ...) __attribute__((format(printf, 4, 5)));
static int refuse(const struct parser *parser, const char *at, const char *more, const char *fmt,
		  ...)
{
	size_t place = at - parser->str, len = strlen(parser->str), count = len, start = 0;
	char words[128], shown[PLACE_SHOWN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	diag_set(parser->diag, -EINVAL, "%s: %s at column %zu%s", parser->option, words, place + 1,
		 more);
	if (len > PLACE_SHOWN) {
		count = PLACE_SHOWN;
		start = place > PLACE_SHOWN / 2 ? place - PLACE_SHOWN / 2 : 0;
		if (start > len - PLACE_SHOWN)
			start = len - PLACE_SHOWN;
	}
	for (size_t i = 0; i < count; i++)
		shown[i] = strchr("\t\n", parser->str[start + i]) ? ' ' : parser->str[start + i];
	diag_hint(parser->diag, "%s%.*s%s", start ? DOTS : "", (int)count, shown,
		  start + count < len ? DOTS : "");
	parser->diag->place = (start ? sizeof(DOTS) - 1 : 0) + place - start + 1;
	return -EINVAL;
}

static int word_refuse(const struct parser *parser, const char *what, const char *more)
{
	bool is_long = parser->len > WORD_SHOWN;

	return refuse(parser, parser->at, more, "%s '%.*s%s'", what,
		      (int)(is_long ? WORD_SHOWN : parser->len), parser->at, is_long ? DOTS : "");
}

static size_t space_len(const char *str)
{
	return strspn(str, " \t\n");
}

/* Advances to the next token. */
static int token_next(struct parser *parser)
{
	const char *at = parser->at + parser->len;

	at += space_len(at);
	parser->at = at;
	parser->token = *at ? OP_WORD : OP_END;
	parser->len = strspn(at, WORD_CHARS);
	if (parser->len || !*at)
		return 0;
	for (size_t i = 0; i < COUNT(symbols); i++) {
		size_t len = strlen(symbols[i].text);

		if (strncmp(at, symbols[i].text, len))
			continue;
		if (symbols[i].refused)
			return refuse(parser, at, symbols[i].instead ? symbols[i].instead : "",
				      "%s is not allowed", symbols[i].refused);
		parser->token = symbols[i].op;
		parser->len = len;
		return 0;
	}
	if (visible_plain(at, 1))
		return refuse(parser, at, "", "'%c' is not allowed", *at);
	return refuse(parser, at, "", "the byte 0x%02x is not allowed", (unsigned char)*at);
}

/* One that is not compared with a literal. */
static int operand_refuse(const struct parser *parser, const struct node *node)
{
	const struct operand *operand = &operands[node->operand];
	static const char *const like[] = {
		[OPERAND_TIME] = "%s > 1.5",
		[OPERAND_WORD] = "%s != unknown",
		[OPERAND_ADDRESS] = "%s == 10.0.0.0/8",
		[OPERAND_TEXT] = "%s == \"nginx\"",
		[OPERAND_NAME] = "%s == \"nginx*\"",
	};
	char example[64];

	snprintf(example, sizeof(example), like[operand->type], operand->name);
	return refuse(parser, node->at, "", "%s can only be compared with a value, such as '%s',",
		      operand->name, example);
}

/* Whether it is an operand that only a literal can be compared with. */
static bool is_bare(const struct node *node)
{
	return node->op == OP_OPERAND && operand_needs_literal(&operands[node->operand]);
}

/* Adds a node of count arguments; at is the place that an error names: it may be too deep. */
static int node_add(struct parser *parser, const char *at, const struct node *node, size_t count,
		    size_t *place)
{
	struct expression *expression = parser->expression;
	struct node *new = &expression->nodes[expression->count];

	*new = *node;
	new->at = at;
	for (size_t i = 0; i < count; i++) {
		const struct node *arg = &expression->nodes[node->args[i]];
		bool same = count == 2 && !i && chain_goes_on(node->op, arg);

		if (is_bare(arg) && !node->is_typed)
			return operand_refuse(parser, arg);
		if (!op_compares(arg->op))
			new->unknowns |= arg->unknowns;
		if (new->depth < arg->depth + !same)
			new->depth = arg->depth + !same;
	}
	if (new->depth > EXPRESSION_DEPTH_MAX)
		return refuse(parser, at, "", "nested deeper than %d levels", EXPRESSION_DEPTH_MAX);
	*place = expression->count++;
	return 0;
}

static int deeper_parse(struct parser *parser, parse_fn *parse, size_t *node)
{
	int err;

	if (parser->depth == EXPRESSION_DEPTH_MAX)
		return refuse(parser, parser->at, "", "nested deeper than %d levels",
			      EXPRESSION_DEPTH_MAX);
	parser->depth++;
	err = parse(parser, node);
	parser->depth--;
	return err;
}

static int number_read(const struct parser *parser, int64_t *value)
{
	bool hex = parser->len > 2 && !strncmp(parser->at, "0x", 2);
	const char *end = parser->at + parser->len;
	bool overflow = false;

	*value = 0;
	for (const char *at = parser->at + 2 * hex; at < end; at++) {
		if (hex ? !isxdigit(*at) : !isdigit(*at))
			return word_refuse(parser, "not a number:", "");
		overflow |= __builtin_mul_overflow(*value, hex ? 16 : 10, value);
		overflow |=
			__builtin_add_overflow(*value,
					       isdigit(*at) ? *at - '0' : tolower(*at) - 'a' + 10,
					       value);
	}
	if (!hex && *parser->at == '0' && parser->len > 1)
		return word_refuse(parser, "a leading 0 is ambiguous:", " (C reads it as octal)");
	return overflow ? word_refuse(parser, "not below 2^63:", "") : 0;
}

static bool word_is(const struct parser *parser, const char *name)
{
	return parser->len == strlen(name) && !memcmp(parser->at, name, parser->len);
}

static int operand_add(struct parser *parser, const struct operand *operand, size_t *place)
{
	struct node node = {.op = OP_OPERAND, .operand = operand - operands};

	if (operand->type == OPERAND_NONE)
		return refuse(parser, parser->at, "", "%s cannot be filtered (%s)", operand->name,
			      operand->why_none);
	if (operand->may_be_unknown)
		node.unknowns = 1ULL << node.operand;
	parser->expression->operands |= 1ULL << node.operand;
	return node_add(parser, parser->at, &node, 0, place);
}

static int name_refuse(const struct parser *parser)
{
	const char *behind = parser->at + parser->len;
	struct nearest nearest = nearest_begin(parser->at, parser->len);
	const struct state_name *state;
	char more[64] = " (-o help lists the fields)";

	behind += space_len(behind);
	if (*behind == '(')
		return refuse(parser, behind, "", "a call is not allowed");
	for (size_t i = 0; i < operand_count; i++)
		nearest_try(&nearest, operands[i].name);
	for (size_t i = 0; i < COUNT(families); i++)
		nearest_try(&nearest, families[i].name);
	for (unsigned int i = 1; (state = state_name(i)); i++)
		nearest_try(&nearest, state->text);
	if (nearest.word)
		snprintf(more, sizeof(more), " (did you mean %s?)", nearest.word);
	return word_refuse(parser, "unknown name", more);
}

/* A number, or a name: of an operand, a family or a state. */
static int word_parse(struct parser *parser, size_t *place)
{
	const char *at = parser->at;
	const struct operand *operand = operand_find(at, parser->len);
	size_t prefix = strlen(STATE_PREFIX);
	struct node node = {.op = OP_NUMBER};
	const struct state_name *state;

	if (isdigit(*at)) {
		int err = number_read(parser, &node.number);

		return err ? err : node_add(parser, at, &node, 0, place);
	}
	if (operand)
		return operand_add(parser, operand, place);
	for (size_t i = 0; i < COUNT(families); i++)
		if (word_is(parser, families[i].name)) {
			node.number = families[i].value;
			return node_add(parser, at, &node, 0, place);
		}
	if (parser->len < prefix || memcmp(at, STATE_PREFIX, prefix))
		prefix = 0;
	for (unsigned int i = 1; (state = state_name(i)); i++)
		if (state->len == parser->len - prefix &&
		    !memcmp(at + prefix, state->text, state->len)) {
			node.number = i;
			return node_add(parser, at, &node, 0, place);
		}
	return name_refuse(parser);
}

static int choice_parse(struct parser *parser, size_t *place);

/* A token that cannot stand behind a value; wanted is what must, or NULL. */
static int behind_refuse(const struct parser *parser, const char *wanted)
{
	const char *at = parser->at;

	if (parser->token == OP_OPEN)
		return refuse(parser, at, "", "a call is not allowed");
	if (parser->token == OP_WORD || parser->token == OP_NOT || parser->token == OP_COMPLEMENT)
		return refuse(parser, at, "", "an operator is missing");
	if (wanted)
		return refuse(parser, at, "", "'%s' is missing", wanted);
	return refuse(parser, at, "",
		      parser->token == OP_CLOSE ? "')' without '('" : "':' without '?'");
}

/* Advances past the token that must be here. */
static int token_take(struct parser *parser, enum op token, const char *name)
{
	return parser->token == token ? token_next(parser) : behind_refuse(parser, name);
}

static int value_parse(struct parser *parser, size_t *place)
{
	int err;

	if (parser->token == OP_WORD) {
		err = word_parse(parser, place);
		return err ? err : token_next(parser);
	}
	if (parser->token != OP_OPEN)
		return refuse(parser, parser->at, "", "a value is missing");
	err = token_next(parser);
	if (err)
		return err;
	err = deeper_parse(parser, choice_parse, place);
	return err ? err : token_take(parser, OP_CLOSE, ")");
}

static int unary_parse(struct parser *parser, size_t *place)
{
	struct node node = {.op = parser->token == OP_SUBTRACT ? OP_NEGATE : parser->token};
	const char *at = parser->at;
	bool plus = parser->token == OP_ADD;
	int err;

	if (!plus && node.op != OP_NEGATE && node.op != OP_NOT && node.op != OP_COMPLEMENT)
		return value_parse(parser, place);
	err = token_next(parser);
	if (err)
		return err;
	err = deeper_parse(parser, unary_parse, place);
	if (err || plus) /* which changes nothing */
		return err;
	node.args[0] = *place;
	return node_add(parser, at, &node, 1, place);
}

static bool begins_with_unknown(const char *at)
{
	size_t len = strlen(UNKNOWN);

	return !strncmp(at, UNKNOWN, len) && !strspn(at + len, WORD_CHARS);
}

/*
 * Takes the literal behind the comparison op with an operand, and makes node a comparison with it.
 * Returns 1, with the parser where it was, if there is none, and an expression may be there.
 */
static int literal_take(struct parser *parser, const struct operand *operand, enum op op,
			struct node *node)
{
	const struct operation *comparison = &expression_operations[op];
	bool is_exact = op == OP_EQUAL || op == OP_UNEQUAL, must = operand_needs_literal(operand);
	const struct parser before = *parser;
	const char *at = parser->at + parser->len;
	_cleanup_text_ struct text why = {0};
	bool is_unknown;
	int err;

	at += space_len(at);
	is_unknown = begins_with_unknown(at);
	parser->at = at;
	parser->len = is_unknown ? strlen(UNKNOWN) : literal_span(operand, at);
	if (!parser->len && must)
		return refuse(parser, at, "",
			      *at == '"' || *at == '\'' ? "the quotes do not end"
							: "a value is missing");
	if (is_unknown && !operand->may_be_unknown)
		return refuse(parser, at, "", "%s is never unknown", operand->name);
	if ((is_unknown || operand->type >= OPERAND_WORD) && !is_exact)
		return refuse(parser, before.at, "", "'%s' does not apply to %s", comparison->text,
			      is_unknown ? UNKNOWN : operand->name);
	err = is_unknown || !parser->len
		      ? 0
		      : literal_read(operand, at, parser->len, &node->literal, &why);
	text_char(&why, ':');
	if (err && (must || !operand_find(at, strspn(at, WORD_CHARS))))
		return word_refuse(parser, why.err ? "" : why.data, "");
	if (node->literal.is_tree && !is_exact)
		return refuse(parser, before.at, "", "'%s' does not apply to %s with descendants",
			      comparison->text, operand->name);
	if (!err && parser->len) {
		node->op = is_unknown ? OP_UNKNOWN : op;
		err = token_next(parser);
		if (err)
			return err;
		/* What binds closer than the comparison makes more than a literal of it. */
		if (expression_operations[parser->token].precedence <= comparison->precedence)
			return 0;
		if (must)
			return refuse(parser, parser->at, "",
				      "an operator cannot follow a value of %s", operand->name);
	}
	*parser = before;
	return 1;
}

/* Makes the node a comparison that the tracer answers. at is the place that an error names. */
static int mark_make(const struct parser *parser, const char *at, struct node *node)
{
	const struct mark mark = {
		.kind = operands[node->operand].mark,
		.pid = node->literal.number,
		.name = node->literal.name,
		.len = node->literal.len,
		.more = node->literal.more,
	};
	int bit = marks_add(parser->marks, &mark);

	if (bit == -ENOMEM)
		return diag_errno(parser->diag, bit, "%s", parser->option);
	if (bit < 0)
		return refuse(parser, at, "",
			      "more than %d comparisons with processes or names of cgroups",
			      MARKS_MAX);
	node->op = OP_MARK;
	node->number = bit;
	node->depth = 1;
	return 0;
}

/* Adds a comparison of the operand left with the literal behind it. Returns 1 if there is none. */
static int literal_parse(struct parser *parser, enum op op, size_t left, size_t *place)
{
	size_t number = parser->expression->nodes[left].operand;
	const struct operand *operand = &operands[number];
	struct node node = {.operand = number, .args = {left}, .is_typed = true};
	struct node value = {.op = OP_NUMBER}, negation = {.op = OP_NOT};
	const char *at = parser->at;
	int err = literal_take(parser, operand, op, &node);
	bool is_mark;

	if (err)
		return err;
	is_mark = operand->type == OPERAND_NAME || node.literal.is_tree;
	if (!is_mark && node.op != OP_UNKNOWN && operand->type < OPERAND_ADDRESS) {
		value.number = node.literal.number;
		err = node_add(parser, at, &value, 0, &node.args[1]);
		return err ? err : node_add(parser, at, &node, 2, place);
	}
	if (is_mark) {
		/* That of the word unknown is whether it is known. */
		if (node.op == OP_UNKNOWN)
			op = op == OP_EQUAL ? OP_UNEQUAL : OP_EQUAL;
		err = mark_make(parser, at, &node);
		if (err)
			return err;
	} else if (node.op != OP_UNKNOWN) {
		node.op = operand->type == OPERAND_ADDRESS ? OP_ADDRESS : OP_TEXT;
		node.depth = LEAF_DEPTH;
	}
	err = node_add(parser, at, &node, 0, place);
	if (err || op == OP_EQUAL)
		return err;
	negation.args[0] = *place;
	return node_add(parser, at, &negation, 1, place);
}

/* A value, and the operators behind it that bind no less than precedence says. */
static int binary_parse(struct parser *parser, unsigned int precedence, size_t *place)
{
	int err = unary_parse(parser, place);

	while (!err) {
		struct node node = {.op = parser->token, .args = {*place}};
		unsigned int own = expression_operations[node.op].precedence;
		const char *at = parser->at;

		if (!own || own < precedence)
			return 0;
		err = 1;
		if (op_compares(node.op) && parser->expression->nodes[*place].op == OP_OPERAND)
			err = literal_parse(parser, node.op, *place, place);
		if (err <= 0)
			continue;
		err = token_next(parser);
		if (!err)
			err = binary_parse(parser, own + 1, &node.args[1]);
		if (!err)
			err = node_add(parser, at, &node, 2, place);
	}
	return err;
}

static int choice_parse(struct parser *parser, size_t *place)
{
	struct node node = {.op = OP_CHOICE};
	const char *at;
	int err = binary_parse(parser, 1, &node.args[0]);

	if (err || parser->token != OP_QUESTION) {
		*place = node.args[0];
		return err;
	}
	at = parser->at;
	err = token_next(parser);
	if (err)
		return err;
	err = deeper_parse(parser, choice_parse, &node.args[1]);
	if (err)
		return err;
	err = token_take(parser, OP_COLON, ":");
	if (err)
		return err;
	err = deeper_parse(parser, choice_parse, &node.args[2]);
	return err ? err : node_add(parser, at, &node, 3, place);
}

int expression_parse(const char *option, const char *str, struct marks *marks,
		     struct expression **expression, struct diag *diag)
{
	struct parser parser = {.option = option,
				.str = str,
				.at = str,
				.marks = marks,
				.diag = diag};
	const struct node *root;
	size_t len = strlen(str);
	int err;

	if (space_len(str) == len)
		return diag_set(diag, -EINVAL, "%s: the expression is empty", option);
	if (len > EXPRESSION_LEN_MAX)
		return diag_set(diag, -EINVAL, "%s: the expression is longer than %d bytes", option,
				EXPRESSION_LEN_MAX);
	/* A node takes a byte of the text at least. */
	parser.expression = calloc(1, sizeof(struct expression) + len * sizeof(struct node));
	if (!parser.expression)
		return diag_errno(diag, -ENOMEM, "%s", option);
	err = token_next(&parser);
	if (!err)
		err = choice_parse(&parser, &parser.expression->root);
	root = &parser.expression->nodes[parser.expression->root];
	if (!err && parser.token != OP_END)
		err = behind_refuse(&parser, NULL);
	else if (!err && is_bare(root))
		err = operand_refuse(&parser, root);
	if (err)
		expression_free(parser.expression);
	else
		*expression = parser.expression;
	return err;
}
