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
	const char *str;
	const char *at; /* the token: where, what, and its length */
	enum op token;
	size_t len;
	unsigned int depth; /* of the functions below */
	struct expression *expression;
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
	diag_set(parser->diag, -EINVAL, "--filter: %s at column %zu%s", words, place + 1, more);
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

/* Adds a node of count arguments; at is the place that an error names: it may be too deep. */
static int node_add(struct parser *parser, const char *at, const struct node *node, size_t count,
		    size_t *place)
{
	struct expression *expression = parser->expression;
	struct node *new = &expression->nodes[expression->count];

	*new = *node;
	for (size_t i = 0; i < count; i++) {
		const struct node *arg = &expression->nodes[node->args[i]];
		bool same = count == 2 && !i && chain_goes_on(node->op, arg);

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

/* A number, or a name: of a value, a family or a state. */
static int word_parse(struct parser *parser, size_t *place)
{
	const char *at = parser->at, *behind = at + parser->len;
	size_t prefix = strlen(STATE_PREFIX);
	struct node node = {.op = OP_NUMBER};
	_cleanup_text_ struct text known = {0};
	const struct state_name *state;

	if (isdigit(*at)) {
		int err = number_read(parser, &node.value);

		return err ? err : node_add(parser, at, &node, 0, place);
	}
	for (size_t i = 0; i < COUNT(expression_names); i++)
		if (word_is(parser, expression_names[i])) {
			node = (struct node){.op = OP_NAME, .value = i};
			return node_add(parser, at, &node, 0, place);
		}
	for (size_t i = 0; i < COUNT(families); i++)
		if (word_is(parser, families[i].name)) {
			node.value = families[i].value;
			return node_add(parser, at, &node, 0, place);
		}
	if (parser->len < prefix || memcmp(at, STATE_PREFIX, prefix))
		prefix = 0;
	for (unsigned int i = 1; (state = state_name(i)); i++)
		if (state->len == parser->len - prefix &&
		    !memcmp(at + prefix, state->text, state->len)) {
			node.value = i;
			return node_add(parser, at, &node, 0, place);
		}

	behind += space_len(behind);
	if (*behind == '(')
		return refuse(parser, behind, "", "a call is not allowed");
	text_str(&known, " (there are: ");
	for (size_t i = 0; i < COUNT(expression_names); i++)
		text_printf(&known, "%s, ", expression_names[i]);
	for (size_t i = 0; i < COUNT(families); i++)
		text_printf(&known, "%s, ", families[i].name);
	for (unsigned int i = 1; (state = state_name(i)); i++)
		text_printf(&known, "%s%s", i == 1 ? "" : ", ", state->text);
	text_char(&known, ')');
	return word_refuse(parser, "unknown name", known.err ? "" : known.data);
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

int expression_parse(const char *str, struct expression **expression, struct diag *diag)
{
	struct parser parser = {.str = str, .at = str, .diag = diag};
	size_t len = strlen(str);
	int err;

	if (space_len(str) == len)
		return diag_set(diag, -EINVAL, "--filter: the expression is empty");
	if (len > EXPRESSION_LEN_MAX)
		return diag_set(diag, -EINVAL, "--filter: the expression is longer than %d bytes",
				EXPRESSION_LEN_MAX);
	/* A node takes a byte of the text at least. */
	parser.expression = calloc(1, sizeof(struct expression) + len * sizeof(struct node));
	if (!parser.expression)
		return diag_errno(diag, -ENOMEM, "--filter");
	err = token_next(&parser);
	if (!err)
		err = choice_parse(&parser, &parser.expression->root);
	if (!err && parser.token != OP_END)
		err = behind_refuse(&parser, NULL);
	if (err)
		expression_free(parser.expression);
	else
		*expression = parser.expression;
	return err;
}
