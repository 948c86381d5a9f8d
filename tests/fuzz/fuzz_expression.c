/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An expression of --filter. What is taken is rendered from its tree alone, in words that the
 * program has; parentheses around it change nothing, and "!" turns it around.
 */
#include "filter/expression.h"

#include <ctype.h>
#include <errno.h>

#include "base/diag.h"
#include "base/text.h"
#include "fuzz.h"
#include "judge.h"

/* A set of values for each call, with numbers from these on. */
static const int64_t firsts[] = {0, 80, 65535, INT64_MIN, INT64_MAX - 20, -1};

static void values_fill(struct operand_value values[OPERANDS_MAX], int64_t first)
{
	for (size_t i = 0; i < OPERANDS_MAX; i++)
		values[i] = (struct operand_value){
			.number = i % 3 ? first : (int64_t)i,
			.address = {i % 2 ? 0xfd00000000000000ULL : 0, 0xffff0a000001ULL, 128},
			.is_ipv6 = i % 2,
			.text = "nginx",
			.marks = i * 0x9e3779b97f4a7c15ULL,
		};
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool word_is_known(const char *word, size_t len)
{
	static const char *const known[] = {"s64",
					    "u64",
					    "high",
					    "low",
					    "is_ipv6",
					    "expression_quotient",
					    "expression_remainder",
					    "tree_marks",
					    "cgroup_marks"};
	static const char end[] = "_known";
	size_t name = len;

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strlen(known[i]) == len && !memcmp(known[i], word, len))
			return true;
	if (len > strlen(end) && !memcmp(word + len - strlen(end), end, strlen(end)))
		name -= strlen(end);
	if (operand_find(word, name))
		return true;
	if (len > 5 && !strncmp(word, "0x", 2) &&
	    !memcmp(word + len - 3, "ULL", 3)) /* of a prefix */
		return strspn(word + 2, "0123456789abcdef") == len - 5;
	return strspn(word, "0123456789") >= len;
}

static void rendering_judge(const char *text)
{
	size_t len, depth = 0;

	PROMISE(judge_ascii(text, strlen(text), ""));
	for (const char *at = text; *at; at += len) {
		for (len = 0; is_word(at[len]);)
			len++;
		if (*at == '\'') { /* of a text */
			PROMISE(isalnum((unsigned char)at[1]) && at[2] == '\'');
			len = 3;
			continue;
		}
		PROMISE(len ? word_is_known(at, len) : strchr("()?:!~|&^=<>+-*, [].", *at) != NULL);
		len += !len;
		depth += *at == '(';
		PROMISE(*at != ')' || depth);
		depth -= *at == ')';
	}
	PROMISE(!depth);
}

/* Too long or too deep with more around it is the only way to be refused then. */
static void around_judge(const struct expression *expression, const char *before, const char *str,
			 bool negated)
{
	_cleanup_text_ struct text text = {0};
	struct marks marks = {0};
	struct expression *more;
	struct diag diag;

	text_printf(&text, "%s(%s)", before, str);
	if (expression_parse("--filter", text.data, &marks, &more, &diag)) {
		PROMISE(strstr(diag.what, "longer than") || strstr(diag.what, "nested deeper"));
		marks_free(&marks);
		return;
	}
	for (size_t i = 0; i < COUNT_OF(firsts); i++) {
		struct operand_value values[OPERANDS_MAX];
		int64_t value;

		values_fill(values, firsts[i]);
		value = expression_evaluate(expression, values);
		PROMISE(expression_evaluate(more, values) == (negated ? !value : value));
	}
	expression_free(more);
	marks_free(&marks);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	char *str = input_string(&input);
	_cleanup_text_ struct text text = {0};
	struct expression *expression;
	struct marks marks = {0};
	struct diag diag = {0};
	int err = expression_parse("--filter", str, &marks, &expression, &diag);

	PROMISE(!err || err == -EINVAL);
	if (err) {
		PROMISE(diag.what[0] && strlen(diag.what) < sizeof(diag.what));
		PROMISE(diag.place <= strlen(diag.hint) + 1);
	} else {
		expression_render(expression, &text);
		PROMISE(!text.err);
		rendering_judge(text.data);
		around_judge(expression, "", str, false);
		around_judge(expression, "!", str, true);
		expression_free(expression);
	}
	marks_free(&marks);
	free(str);
	return 0;
}
