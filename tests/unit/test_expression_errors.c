/* SPDX-License-Identifier: Apache-2.0 */
/* What of an expression is refused, with the words and the place that are shown. */
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "filter/expression.h"
#include "random.h"

#define FUZZ  20000
#define NAMES " (-o help lists the fields)"

/* hint has a second line, with a caret below the place. */
static void refusal_assert(const char *str, const char *what, const char *hint)
{
	struct expression *expression = NULL;
	struct diag diag = {0};
	char shown[2 * sizeof(diag.hint)];

	assert_int_equal(expression_parse("--filter", str, &(struct marks){0}, &expression, &diag),
			 -EINVAL);
	assert_null(expression);
	assert_string_equal(diag.what, what);
	assert_int_equal(!diag.hint[0], !hint);
	assert_int_equal(!diag.place, !hint);
	if (!hint)
		return;
	snprintf(shown, sizeof(shown), "%s\n%*s", diag.hint, (int)diag.place, "^");
	assert_string_equal(shown, hint);
}

static const struct {
	const char *str, *what;
	size_t column;
} refusals[] = {
	{"lport = 80", "an assignment is not allowed at column 7 (== compares)", 7},
	{"lport += 80", "an assignment is not allowed at column 7", 7},
	{"lport <<= 80", "an assignment is not allowed at column 7", 7},
	{"lport === 80", "an assignment is not allowed at column 9 (== compares)", 9},
	{"printf(lport)", "a call is not allowed at column 7", 7},
	{"sizeof (lport)", "a call is not allowed at column 8", 8},
	{"lport(1)", "a call is not allowed at column 6", 6},
	{"(1)(2)", "a call is not allowed at column 4", 4},
	{"(lport(1))", "a call is not allowed at column 7", 7},
	{"lport++", "'++' is not allowed at column 6", 6},
	{"1 + --lport", "'--' is not allowed at column 5", 5},
	{"lport--1", "'--' is not allowed at column 6", 6},
	{"lport->x", "'->' is not allowed at column 6", 6},
	{"unit > a", "'>' does not apply to unit at column 6", 6},
	{"unit < unknown", "'<' does not apply to unknown at column 6", 6},
	{"pod == ''", "empty (the word unknown stands for no name): '\'\'' at column 8", 8},
	{"cgroup",
	 "cgroup can only be compared with a value, such as 'cgroup == \"nginx*\"', at column 1",
	 1},
	{"unit == $", "a value is missing at column 9", 9},
	{"opid < 1+", "'<' does not apply to opid with descendants at column 6", 6},
	{"opid == 99999999999+",
	 "not a PID with a + for its descendants: '99999999999+' at column 9", 9},
	{"opid == 0+ && 1", "not a PID with a + for its descendants: '0+' at column 9", 9},
	{"opid == 2147483647+", "no such process: '2147483647+' at column 9", 9},
	{"opid == 1+ 2 3", "an operator is missing at column 14", 14},
	{"lport == 1+", "a value is missing at column 12", 12},
	{"lport, 1", "',' is not allowed at column 6", 6},
	{"lport;", "';' is not allowed at column 6", 6},
	{"{ lport }", "'{' is not allowed at column 1", 1},
	{"1 }", "'}' is not allowed at column 3", 3},
	{"lport[0]", "'[' is not allowed at column 6", 6},
	{"1.5", "'.' is not allowed at column 2", 2},
	{"#define x", "'#' is not allowed at column 1", 1},
	{"1 ## 2", "'#' is not allowed at column 3", 3},
	{"@", "'@' is not allowed at column 1", 1},
	{"$1", "'$' is not allowed at column 1", 1},
	{"`id`", "'`' is not allowed at column 1", 1},
	{"\"80\"", "a string is not allowed at column 1", 1},
	{"lport == 'x'", "a character in quotes is not allowed at column 10", 10},
	{"lport \\\n", "a backslash is not allowed at column 7", 7},
	{"1 // 2", "a comment is not allowed at column 3", 3},
	{"1 /* 2 */", "a comment is not allowed at column 3", 3},
	{"1 */ 2", "a value is missing at column 4", 4},
	{"(lport == 8", "')' is missing at column 12", 12},
	{"((1)", "')' is missing at column 5", 5},
	{"(1 : 2)", "')' is missing at column 4", 4},
	{"1)", "')' without '(' at column 2", 2},
	{"1 : 2", "':' without '?' at column 3", 3},
	{"1 ? 2", "':' is missing at column 6", 6},
	{"1 ? 2) : 3", "':' is missing at column 6", 6},
	{"1 ?: 2", "a value is missing at column 4", 4},
	{"lport ==", "a value is missing at column 9", 9},
	{"lport == ", "a value is missing at column 10", 10},
	{"== 80", "a value is missing at column 1", 1},
	{"()", "a value is missing at column 2", 2},
	{"1 + * 2", "a value is missing at column 5", 5},
	{"&lport", "a value is missing at column 1", 1},
	{"*lport", "a value is missing at column 1", 1},
	{"!", "a value is missing at column 2", 2},
	{"lport rport", "an operator is missing at column 7", 7},
	{"lport !rport", "an operator is missing at column 7", 7},
	{"(lport ~1)", "an operator is missing at column 8", 8},
	{"80 443", "an operator is missing at column 4", 4},
	{"1 == 010", "a leading 0 is ambiguous: '010' at column 6 (C reads it as octal)", 6},
	{"00", "a leading 0 is ambiguous: '00' at column 1 (C reads it as octal)", 1},
	{"80u", "not a number: '80u' at column 1", 1},
	{"1+80LL", "not a number: '80LL' at column 3", 3},
	{"0x", "not a number: '0x' at column 1", 1},
	{"0xfg", "not a number: '0xfg' at column 1", 1},
	{"0b11", "not a number: '0b11' at column 1", 1},
	{"1e5", "not a number: '1e5' at column 1", 1},
	{"9223372036854775808", "not below 2^63: '9223372036854775808' at column 1", 1},
	{"0x8000000000000000", "not below 2^63: '0x8000000000000000' at column 1", 1},
	{"18446744073709551617", "not below 2^63: '18446744073709551617' at column 1", 1},
	{"99999999999999999999999999999999999999999",
	 "not below 2^63: '99999999999999999999999999999999...' at column 1", 1},
	{"lprt == 80", "unknown name 'lprt' at column 1 (did you mean lport?)", 1},
	{"LPORT == 80", "unknown name 'LPORT' at column 1 (did you mean lport?)", 1},
	{"5 == established", "unknown name 'established' at column 6 (did you mean ESTABLISHED?)",
	 6},
	{"1 + unknown", "unknown name 'unknown' at column 5" NAMES, 5},
	{"newstate == estalished",
	 "not a value of newstate (did you mean ESTABLISHED?): 'estalished' at column 13", 13},
	{"newstate == fin", "not a value of newstate: 'fin' at column 13", 13},
	{"why == refusd", "not a value of why (did you mean refused?): 'refusd' at column 8", 8},
	{"first == 1", "not a value of first: '1' at column 10", 10},
	{"why > fin", "'>' does not apply to why at column 5", 5},
	{"raddr <= ::1", "'<=' does not apply to raddr at column 7", 7},
	{"comm < a", "'<' does not apply to comm at column 6", 6},
	{"opid >= unknown", "'>=' does not apply to unknown at column 6", 6},
	{"lport == unknown", "lport is never unknown at column 10", 10},
	{"raddr == 10.0.0", "not an address or ADDRESS/LENGTH: '10.0.0' at column 10", 10},
	{"raddr == 10.0.0.0/33", "not an address or ADDRESS/LENGTH: '10.0.0.0/33' at column 10",
	 10},
	{"raddr == laddr", "not an address or ADDRESS/LENGTH: 'laddr' at column 10", 10},
	{"raddr == ", "a value is missing at column 10", 10},
	{"comm == (a)", "a value is missing at column 9", 9},
	{"comm == \"a", "the quotes do not end at column 9", 9},
	{"comm == sixteen-letters.",
	 "longer than the 15 bytes that the kernel keeps of comm: 'sixteen-letters.' at column 9",
	 9},
	{"ms > 1x", "not a time such as 1.5 (milliseconds), 250us or 2s: '1x' at column 6", 6},
	{"ms > .0000001",
	 "not a time such as 1.5 (milliseconds), 250us or 2s: '.0000001' at column 6", 6},
	{"rtt_us > 1.5", "not a number or a time such as 250us or 1.5s: '1.5' at column 10", 10},
	{"rtt_us > 010", "a leading 0 is ambiguous: '010' at column 10 (C reads it as octal)", 10},
	{"tx_bytes > 1k", "not a number: '1k' at column 12", 12},
	{"uid == no.such", "no such user: 'no.such' at column 8", 8},
	{"ms > 1 + 1", "an operator cannot follow a value of ms at column 8", 8},
	{"raddr == 10.0.0.1 + 1", "an operator cannot follow a value of raddr at column 19", 19},
	{"raddr",
	 "raddr can only be compared with a value, such as 'raddr == 10.0.0.0/8', at column 1", 1},
	{"1 && !ms", "ms can only be compared with a value, such as 'ms > 1.5', at column 7", 7},
	{"lport ? why : 1",
	 "why can only be compared with a value, such as 'why != unknown', at column 9", 9},
	{"fin == why", "unknown name 'fin' at column 1" NAMES, 1},
	{"5 < ms", "ms can only be compared with a value, such as 'ms > 1.5', at column 5", 5},
	{"time == 5", "time cannot be filtered (the tracer adds the time of day) at column 1", 1},
	{"TCP_lport", "unknown name 'TCP_lport' at column 1" NAMES, 1},
	{"TCP_", "unknown name 'TCP_' at column 1" NAMES, 1},
	{"TCP_TCP_CLOSE", "unknown name 'TCP_TCP_CLOSE' at column 1" NAMES, 1},
	{"TCP_AF_INET", "unknown name 'TCP_AF_INET' at column 1" NAMES, 1},
	{"CLOSE_", "unknown name 'CLOSE_' at column 1 (did you mean CLOSE?)", 1},
	{"(int)lport", "unknown name 'int' at column 2" NAMES, 2},
	{"sizeof lport", "unknown name 'sizeof' at column 1" NAMES, 1},
	{"1 + expression_quotient", "unknown name 'expression_quotient' at column 5" NAMES, 5},
};

static void refusals_name_the_column(void **state)
{
	for (size_t i = 0; i < COUNT(refusals); i++) {
		char what[512], hint[256];

		snprintf(what, sizeof(what), "--filter: %s", refusals[i].what);
		snprintf(hint, sizeof(hint), "%s\n%*s", refusals[i].str, (int)refusals[i].column,
			 "^");
		for (char *at = hint; at < hint + strlen(refusals[i].str); at++)
			if (*at == '\n')
				*at = ' ';
		refusal_assert(refusals[i].str, what, hint);
	}
	refusal_assert("", "--filter: the expression is empty", NULL);
	refusal_assert(" \t\n", "--filter: the expression is empty", NULL);
}

static void odd_bytes_are_kept(void **state)
{
	refusal_assert("\t1\n+\x1b[31m", "--filter: the byte 0x1b is not allowed at column 5",
		       " 1 +\x1b[31m\n    ^");
	refusal_assert("1 +\r2", "--filter: the byte 0x0d is not allowed at column 4",
		       "1 +\r2\n   ^");
	refusal_assert("1\x7f", "--filter: the byte 0x7f is not allowed at column 2", "1\x7f\n ^");
	refusal_assert("caf\xc3\xa9", "--filter: unknown name 'caf' at column 1" NAMES,
		       "caf\xc3\xa9\n^");
	refusal_assert("1 \xff\xfe", "--filter: the byte 0xff is not allowed at column 3",
		       "1 \xff\xfe\n  ^");
	refusal_assert("1 \xe2\x80\xae 2", "--filter: the byte 0xe2 is not allowed at column 3",
		       "1 \xe2\x80\xae 2\n  ^");
}

static void long_text_is_cut_around_the_place(void **state)
{
	char str[200];

	memset(str, '1', sizeof(str) - 1);
	for (size_t i = 1; i < sizeof(str); i += 2)
		str[i] = '+';
	str[sizeof(str) - 1] = '\0';
	str[100] = '=';
	refusal_assert(str, "--filter: an assignment is not allowed at column 100",
		       "...1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+=+1+1+1+1+1+1+1+1+1+1+1+1+1+...\n"
		       "                                ^");
	str[99] = '=';
	str[100] = '1';
	refusal_assert(str, "--filter: an assignment is not allowed at column 100 (== compares)",
		       "...1+1+1+1+1+1+1+1+1+1+1+1+1+1+1=1+1+1+1+1+1+1+1+1+1+1+1+1+1+...\n"
		       "                                ^");
	str[99] = '+';
	str[2] = '*';
	refusal_assert(str, "--filter: a value is missing at column 3",
		       "1+*+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+...\n"
		       "  ^");
	str[2] = '1';
	str[198] = '~';
	refusal_assert(str, "--filter: a value is missing at column 200",
		       "...+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+~\n"
		       "                                                             ^");
}

/* So many times the first, the middle, so many times the last. */
static void many_add(struct text *text, const char *first, size_t count, const char *middle,
		     const char *last)
{
	text_clear(text);
	for (size_t i = 0; i < count; i++)
		text_str(text, first);
	text_str(text, middle);
	for (size_t i = 0; i < count; i++)
		text_str(text, last);
}

static void bounds_assert(const char *first, const char *last, size_t column)
{
	_cleanup_text_ struct text text = {0};
	struct expression *expression;
	struct diag diag = {0};
	char what[64];

	many_add(&text, first, EXPRESSION_DEPTH_MAX, "1", last);
	assert_int_equal(expression_parse("--filter", text.data, &(struct marks){0}, &expression,
					  &diag),
			 0);
	expression_free(expression);
	many_add(&text, first, EXPRESSION_DEPTH_MAX + 1, "1", last);
	assert_int_equal(expression_parse("--filter", text.data, &(struct marks){0}, &expression,
					  &diag),
			 -EINVAL);
	snprintf(what, sizeof(what), "--filter: nested deeper than 64 levels at column %zu",
		 column);
	assert_string_equal(diag.what, what);
	many_add(&text, first, 1000, "1", last);
	assert_int_equal(expression_parse("--filter", text.data, &(struct marks){0}, &expression,
					  &diag),
			 -EINVAL);
	assert_string_equal(diag.what, what);
}

static void depth_and_length_are_bounded(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct expression *expression;
	struct diag diag;

	bounds_assert("(", ")", 66);
	bounds_assert("!", "", 66);
	bounds_assert("+ ", "", 131);
	bounds_assert("1?", ":1", 131);
	bounds_assert("1?1:", "", 259);
	bounds_assert("", "<1", 130);
	bounds_assert("", "/1", 130);
	for (size_t i = 0; i < EXPRESSION_LEN_MAX; i++)
		text_char(&text, i % 2 ? '|' : '1');
	text.data[text.len - 1] = ' ';
	assert_int_equal(expression_parse("--filter", text.data, &(struct marks){0}, &expression,
					  &diag),
			 0);
	expression_free(expression);
	text_char(&text, ' ');
	refusal_assert(text.data, "--filter: the expression is longer than 4096 bytes", NULL);
	many_add(&text, "1|", 500000, "1", "");
	refusal_assert(text.data, "--filter: the expression is longer than 4096 bytes", NULL);
}

/* The message's column is the hint's, and below it is what the text has there. */
static void place_assert(const char *str, const struct diag *diag)
{
	const char *place = strstr(diag->what, " at column ");
	size_t column;

	assert_int_equal(strncmp(diag->what, BYTES("--filter: ")), 0);
	if (!place)
		return;
	column = strtoul(place + strlen(" at column "), NULL, 10);
	assert_uint_in_range(column, 1, strlen(str) + 1);
	assert_uint_in_range(diag->place, 1, strlen(diag->hint) + 1);
	if (str[column - 1] > ' ' && str[column - 1] < 0x7f)
		assert_int_equal(diag->hint[diag->place - 1], str[column - 1]);
}

static void random_text_is_refused_or_read(void **state)
{
	static const char *const pieces[] =
		{"lport", "80",	    "(",    ")",   "(",	      ")",	"+",	    "-",
		 "||",	  "==",	    "?",    ":",   " ",	      "0x1",	"/",	    "%",
		 "<<",	  "!",	    "~",    "\t",  "pid",     "1",	"CLOSE",    "*",
		 "=",	  "\xc3",   "\x01", "x",   ">>",      "&",	"^",	    "|",
		 "&&",	  "<",	    "!=",   ">=",  "raddr",   "::1/64", "ms",	    "1.5",
		 "ocomm", "\"a*\"", "why",  "fin", "unknown", "uid",	"newstate", "close-wait"};
	static const struct operand_value values[OPERANDS_MAX];
	size_t read = 0;

	for (size_t i = 0; i < FUZZ; i++) {
		_cleanup_text_ struct text text = {0}, rendered = {0};
		struct expression *expression;
		size_t count = 1 + random_next() % (i % 10 ? 12 : 200);
		struct diag diag = {0};

		for (size_t j = 0; j < count; j++)
			if (i % 2)
				text_char(&text, 1 + random_next() % 255);
			else
				text_str(&text, pieces[random_next() % COUNT(pieces)]);
		if (expression_parse("--filter", text.data, &(struct marks){0}, &expression,
				     &diag)) {
			place_assert(text.data, &diag);
			continue;
		}
		read++;
		expression_render(expression, &rendered);
		expression_evaluate(expression, values);
		expression_free(expression);
	}
	assert_uint_in_range(read, 100, FUZZ / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals_name_the_column),
		cmocka_unit_test(odd_bytes_are_kept),
		cmocka_unit_test(long_text_is_cut_around_the_place),
		cmocka_unit_test(depth_and_length_are_bounded),
		cmocka_unit_test(random_text_is_refused_or_read),
	};

	return cmocka_run_group_tests_name("expression-errors", tests, NULL, NULL);
}
