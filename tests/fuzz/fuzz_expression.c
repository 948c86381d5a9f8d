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

static const int64_t values[][EXPRESSION_NAMES] = {
	{0},
	{80, 50000, 4, 1, 8, 1234, 4711},
	{65535, 65535, 6, 12, 12, -1, INT32_MAX},
	{INT64_MIN, INT64_MAX, -1, 63, 64, INT64_MIN, INT64_MAX},
};

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static bool word_is_known(const char *word, size_t len)
{
	static const char *const known[] = {"lport",
					    "rport",
					    "family",
					    "oldstate",
					    "newstate",
					    "span_us",
					    "pid",
					    "s64",
					    "u64",
					    "expression_quotient",
					    "expression_remainder"};

	for (size_t i = 0; i < COUNT_OF(known); i++)
		if (strlen(known[i]) == len && !memcmp(known[i], word, len))
			return true;
	return strspn(word, "0123456789") >= len;
}

static void rendering_judge(const char *text)
{
	size_t len, depth = 0;

	PROMISE(judge_ascii(text, strlen(text), ""));
	for (const char *at = text; *at; at += len) {
		for (len = 0; is_word(at[len]);)
			len++;
		PROMISE(len ? word_is_known(at, len) : strchr("()?:!~|&^=<>+-*, ", *at) != NULL);
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
	struct expression *more;
	struct diag diag;

	text_printf(&text, "%s(%s)", before, str);
	if (expression_parse(text.data, &more, &diag)) {
		PROMISE(strstr(diag.what, "longer than") || strstr(diag.what, "nested deeper"));
		return;
	}
	for (size_t i = 0; i < COUNT_OF(values); i++) {
		int64_t value = expression_evaluate(expression, values[i]);

		PROMISE(expression_evaluate(more, values[i]) == (negated ? !value : value));
	}
	expression_free(more);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	char *str = input_string(&input);
	_cleanup_text_ struct text text = {0};
	struct expression *expression;
	struct diag diag = {0};
	int err = expression_parse(str, &expression, &diag);

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
	free(str);
	return 0;
}
