/* SPDX-License-Identifier: Apache-2.0 */
/* What an expression gives and is rendered as; test_expression_errors.c has what is refused. */
#include "unit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "event/event.h"
#include "event/words.h"
#include "filter/expression.h"
#include "output/fields.h"

#define LEAST "(-0x7fffffffffffffff - 1)"

/* A session of nginx's, which closes it; what is not here is unknown. */
static const struct {
	const char *name;
	struct operand_value value;
} some[] = {
	{"lport", {.number = 8080}},
	{"rport", {.number = 443}},
	{"family", {.number = 6}},
	{"ip", {.number = 6}},
	{"oldstate", {.number = 1}},
	{"newstate", {.number = 4}},
	{"state", {.number = 4}},
	{"span_us", {.number = -1}},
	{"pid", {.number = 5605}},
	{"age_ms", {.number = 1500250}},
	{"uid", {.number = 0}},
	{"tx_bytes", {.number = 4096}},
	{"rtt_us", {.number = 1500}},
	{"rx_idle_ms", {.number = 0}},
	{"opid", {.number = 77, .marks = 1}},
	{"unit", {.marks = 1}},
	{"ocomm", {.text = "nginx"}},
	{"comm", {.text = "fifteen letters"}},
	{"first", {.number = FIRST_LOCAL}},
	{"laddr", {.address = {0, 0xffff0a010203ULL, 128}, .is_ipv6 = true}},
	{"raddr", {.address = {0xfd00000000000000ULL, 1, 128}, .is_ipv6 = true}},
};

static void values_fill(struct operand_value values[OPERANDS_MAX])
{
	for (size_t i = 0; i < OPERANDS_MAX; i++)
		values[i] = (struct operand_value){.number = -1};
	for (size_t i = 0; i < COUNT(some); i++) {
		const struct operand *operand = operand_find(some[i].name, strlen(some[i].name));

		assert_non_null(operand);
		values[operand - operands] = some[i].value;
	}
}

static void value_assert(const char *str, int64_t expected)
{
	struct operand_value values[OPERANDS_MAX];
	struct expression *expression = NULL;
	struct marks marks = {0};
	struct diag diag = {0};
	int64_t value;

	if (expression_parse("--filter", str, &marks, &expression, &diag))
		print_error("%s\n", diag.what);
	assert_non_null(expression);
	values_fill(values);
	value = expression_evaluate(expression, values);
	if (value != expected)
		print_error("%s\n", str);
	assert_int_equal(value, expected);
	expression_free(expression);
	marks_free(&marks);
}

static void rendered_assert(const char *str, const char *expected)
{
	_cleanup_text_ struct text text = {0};
	struct expression *expression = NULL;
	struct marks marks = {0};
	struct diag diag = {0};

	text_str(&text, "kept ");
	assert_int_equal(expression_parse("--filter", str, &marks, &expression, &diag), 0);
	expression_render(expression, &text);
	assert_memory_equal(text.data, "kept ", 5);
	assert_string_equal(text.data + 5, expected);
	expression_free(expression);
	marks_free(&marks);
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wparentheses"
#pragma GCC diagnostic ignored "-Wbool-compare"
#pragma GCC diagnostic ignored "-Wlogical-not-parentheses"
#pragma GCC diagnostic ignored "-Wint-in-bool-context"
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic ignored "-Wbool-operation"

/* Its own text, and what this compiler makes of it. */
#define SAME(expression) value_assert(#expression, expression)

static void precedence_is_that_of_c(void **state)
{
	int64_t lport = 8080, rport = 443, family = 6, oldstate = 1, newstate = 4, span_us = -1,
		pid = 5605;

	SAME(0 || 1 && 0);
	SAME(1 || 1 && 0);
	SAME(1 && 2 | 4);
	SAME(6 && 0 | 0);
	SAME(4 | 2 ^ 6);
	SAME(5 ^ 3 & 1);
	SAME(pid & 4 == 4);
	SAME(6 & 2 != 0);
	SAME(1 == 2 < 3);
	SAME(3 != 3 > 2);
	SAME(0 == 2 <= 1);
	SAME(0 == 2 >= 1);
	SAME(1 << 2 < 3);
	SAME(1 < 1 << 2);
	SAME(1 << 2 + 3);
	SAME(256 >> 2 - 1);
	SAME(1 + 2 * 3);
	SAME(7 - 6 / 3);
	SAME(7 - 6 % 4);
	SAME(-2 * 3 + 4);
	SAME(!pid + 1);
	SAME(!pid == 0);
	SAME(~rport & 0xff);
	SAME(-rport - -lport);
	SAME(- -pid + + +rport);
	SAME(!-~!rport);
	SAME(lport == 80 || rport == 443 && span_us > 1000);
	SAME((lport == 80 || rport == 443) && span_us > 1000);
	SAME(pid % 7 << 3 ^ lport & rport | family - newstate * oldstate > span_us);
	SAME(1 ? 2 : 3 || 4);
	SAME(0 || 1 ? 2 : 3);
	SAME(0 ? 1 : 0 ? 2 : 3);
	SAME(1 ? 0 ? 4 : 5 : 6);
	SAME((pid ? 0 : 1) ? 7 : 8);
	SAME(family == 6 ? newstate == 4 ? 10 : 20 : 30);
}

static void operators_bind_from_the_left(void **state)
{
	int64_t lport = 8080, rport = 443, pid = 5605;

	SAME(10 - 4 - 3);
	SAME(10 - 4 + 3);
	SAME(100 / 10 / 5);
	SAME(100 / 10 * 5);
	SAME(100 % 30 % 7);
	SAME(100 * 3 % 7);
	SAME(2 * 100 / 3);
	SAME(1 << 2 << 3);
	SAME(1024 >> 2 >> 1);
	SAME(1 << 5 >> 2);
	SAME(3 > 2 > 1);
	SAME(1 < 2 <= 0);
	SAME(3 == 3 == 1);
	SAME(2 != 2 == 0);
	SAME(pid - (lport - (rport - 1)));
	SAME(pid - (lport - rport) - 1);
	SAME(7 / (2 * 3));
}

static void signs_are_those_of_c(void **state)
{
	int64_t span_us = -1, pid = 5605;

	SAME(-7 / 2);
	SAME(7 / -2);
	SAME(-7 / -2);
	SAME(-7 % 2);
	SAME(7 % -2);
	SAME(-7 % -2);
	SAME(-16 >> 2);
	SAME(span_us >> 63);
	SAME(span_us < 0);
	SAME(span_us < pid);
	SAME(-1 < 0x7fffffffffffffff);
	SAME(2147483647 < 2147483648);
	SAME(~0x7fffffffffffffff);
}

#pragma GCC diagnostic pop

static void what_c_leaves_open_is_defined(void **state)
{
	value_assert("0x7fffffffffffffff + 1", INT64_MIN);
	value_assert(LEAST " - 1", INT64_MAX);
	value_assert("-" LEAST, INT64_MIN);
	value_assert("0x7fffffffffffffff * 2", -2);
	value_assert("0x100000000 * 0x100000000", 0);
	value_assert("3037000500 * 3037000500", -9223372036709301616);
	value_assert(LEAST " / -1", INT64_MIN);
	value_assert(LEAST " % -1", 0);
	value_assert("5 / 0", 0);
	value_assert("-5 / (lport - lport)", 0);
	value_assert("5 % 0", 5);
	value_assert("-5 % 0", -5);
	value_assert("1 << 63", INT64_MIN);
	value_assert("1 << 64", 1);
	value_assert("1 << 65", 2);
	value_assert("1 << -1", INT64_MIN);
	value_assert("-1 << 4", -16);
	value_assert("pid >> 64", 5605);
	value_assert("pid >> 65", 2802);
	value_assert("-2 >> -1", -1);
	value_assert("-2 >> 65", -1);
}

static void names_have_their_values(void **state)
{
	value_assert("lport", 8080);
	value_assert("rport", 443);
	value_assert("family", 6);
	value_assert("oldstate", 1);
	value_assert("newstate", 4);
	value_assert("span_us", -1);
	value_assert("pid", 5605);
	value_assert("AF_INET", 4);
	value_assert("AF_INET6", 6);
	for (unsigned int i = 1; state_name(i); i++) {
		char name[32];

		value_assert(state_name(i)->text, i);
		snprintf(name, sizeof(name), "TCP_%s", state_name(i)->text);
		value_assert(name, i);
	}
	value_assert("ESTABLISHED", 1);
	value_assert("TCP_NEW_SYN_RECV", 12);
}

/* Each line holds for the session above. */
static void values_are_of_their_type(void **state)
{
	static const char *const hold[] = {
		"newstate == FIN_WAIT1",
		"newstate == fin-wait-1",
		"newstate == tcp_fin_wait1",
		"newstate == 'fin-wait-1'",
		"newstate == 4 && newstate != close-wait",
		"oldstate == estab && oldstate == ESTABLISHED",
		"state == newstate",
		"oldstate == newstate-3",
		"newstate-3 == oldstate",
		"age_ms > 1.5 && age_ms < 1.6",
		"age_ms > 1500us && age_ms < 2ms",
		"age_ms == 1.50025",
		"age_ms != .5 && age_ms <= 1s && age_ms >= 1",
		"rtt_us == 1.5ms && rtt_us == 1500us && rtt_us == 1500 && rtt_us > 1",
		"rx_idle_ms == 0 && rx_idle_ms < 1s",
		"uid == root && uid == 'root' && uid == 0 && uid != daemon",
		"first == local && first != remote && first == \"local\"",
		"unit == nginx.service && unit != 'other*' && unit == \"nginx.service\"",
		"unit != unknown && container == unknown && container != a && !(pod == a)",
		"opid == 1+ && (opid == 1+) && opid == 1+||0",
		"opid != 1+ ? 0 : opid == 76+1",
		"opid == 77+0 && opid == 78 + -1",
		"ocomm == nginx && ocomm == \"nginx\" && ocomm == 'nginx' && ocomm == ng*",
		"ocomm == \"*\" && ocomm == nginx*",
		"ocomm != ngin && ocomm != nginxx && ocomm != \"\" && ocomm != Nginx",
		"comm == \"fifteen letters\" && comm == 'fifteen letter*'",
		"laddr == 10.0.0.0/8 && laddr == 10.1.2.3 && laddr != 10.1.2.4",
		"laddr == ::ffff:10.1.2.3 && laddr == ::/0 && laddr == '10.1.2.3'",
		"raddr == fd00::/8 && raddr == fd00::1 && raddr != 0.0.0.0/0",
		"raddr == fd00::1&&1",
		"(raddr == fd00::/8 ? 1 : 0) == 1",
		"!(ocomm == sshd)",
		"(ocomm) == nginx",
	};

	for (size_t i = 0; i < COUNT(hold); i++)
		value_assert(hold[i], 1);
}

/* As with C's NaN. */
static void comparisons_with_unknown_do_not_hold(void **state)
{
	static const char *const comparisons[] = {
		"opid_ns %s 5",
		"why %s fin",
		"ms %s 1.5",
		"exe %s a",
		"exe %s *",
		"5 %s cookie",
		"cookie %s cookie",
		"cookie + 1 %s 0",
		"(1 ? cookie : 0) %s -1",
		"tx_bytes %s cookie",
		"cookie * tx_bytes %s -4096",
	};
	static const char *const orders[] = {"<", "<=", ">", ">="};
	char str[64];

	for (size_t i = 0; i < COUNT(comparisons); i++) {
		snprintf(str, sizeof(str), comparisons[i], "==");
		value_assert(str, 0);
		snprintf(str, sizeof(str), comparisons[i], "!=");
		value_assert(str, 1);
	}
	for (size_t i = 0; i < COUNT(orders); i++) {
		snprintf(str, sizeof(str), "ms %s 1.5", orders[i]);
		value_assert(str, 0);
		snprintf(str, sizeof(str), "cookie %s 1", orders[i]);
		value_assert(str, 0);
	}
	value_assert("why == unknown && ms == unknown && exe == unknown && cookie == unknown", 1);
	value_assert("why != unknown || ms != unknown || exe != unknown || cookie != unknown", 0);
	value_assert("opid != unknown && ocomm != unknown", 1);
	value_assert("cookie", -1);
	value_assert("cookie == 5 || 1", 1);
}

/* Or says why it cannot be in an expression. */
static void every_field_is_an_operand(void **state)
{
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		if (!operand_find(field->name, strlen(field->name)))
			fail_msg("%s", field->name);
}

static void numbers_are_read(void **state)
{
	value_assert("0", 0);
	value_assert("9223372036854775807", INT64_MAX);
	value_assert("0x7fffffffffffffff", INT64_MAX);
	value_assert("0xaBcDeF09", 0xabcdef09);
	value_assert("0xffffffff + 1", 0x100000000); /* 0 in C: there it is unsigned */
	value_assert("-1 < 0xffffffff", 1);
	value_assert("0x0000000000000000000010", 16);
	value_assert("\n\t 80 \n\t", 80);
	value_assert("((((80))))", 80);
}

static void rendering_leaves_nothing_open(void **state)
{
	rendered_assert("80", "80");
	rendered_assert("0x50", "80");
	rendered_assert(" ( ( lport ) ) ", "lport");
	rendered_assert("+lport", "lport");
	rendered_assert("newstate == TCP_FIN_WAIT1", "(newstate == 4)");
	rendered_assert("family==AF_INET6", "(family == 6)");
	rendered_assert("!lport", "(!lport)");
	rendered_assert("~-lport", "(~((s64)(0 - (u64)lport)))");
	rendered_assert("lport+1-rport", "((s64)((u64)lport + (u64)1 - (u64)rport))");
	rendered_assert("lport-(1-rport)",
			"((s64)((u64)lport - (u64)((s64)((u64)1 - (u64)rport))))");
	rendered_assert("2*pid*3", "((s64)((u64)2 * (u64)pid * (u64)3))");
	rendered_assert("pid/2%3", "expression_remainder(expression_quotient(pid, 2), 3)");
	rendered_assert("1<<pid", "((s64)((u64)1 << (pid & 63)))");
	rendered_assert("pid>>1", "((s64)pid >> (1 & 63))");
	rendered_assert("1||2||3&&4", "(1 || 2 || (3 && 4))");
	rendered_assert("1||(2||3)", "(1 || (2 || 3))");
	rendered_assert("1<2<3", "((1 < 2) < 3)");
	rendered_assert("1==2!=3", "((1 == 2) != 3)");
	rendered_assert("1<<2>>3", "((s64)((s64)((u64)1 << (2 & 63))) >> (3 & 63))");
	rendered_assert("pid?1:lport?2:3", "(pid ? 1 : (lport ? 2 : 3))");
	rendered_assert("opid==77", "(opid >= 0 && opid == 77)");
	rendered_assert("opid!=uid", "(opid < 0 || uid < 0 || opid != uid)");
	rendered_assert("ms>1.5", "(ms >= 0 && ms > 1500000)");
	rendered_assert("ms==unknown", "(ms < 0)");
	rendered_assert("ocomm!=unknown", "(!(!ocomm_known))");
	rendered_assert("comm=='a\xc3*'", "(!((comm[0] ^ 'a') | (comm[1] ^ 195)))");
	rendered_assert("comm=='*'", "(1)");
	rendered_assert("exe==\"\\\"", "(exe_known && !((exe[0] ^ 92) | (exe[1] ^ 0)))");
	rendered_assert("raddr!=fd00::/8",
			"(!(raddr.is_ipv6 && (raddr.high & 0xff00000000000000ULL) == "
			"0xfd00000000000000ULL))");
	rendered_assert("laddr==10.0.0.1", "(laddr.high == 0 && laddr.low == 0xffff0a000001ULL)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(precedence_is_that_of_c),
		cmocka_unit_test(operators_bind_from_the_left),
		cmocka_unit_test(signs_are_those_of_c),
		cmocka_unit_test(what_c_leaves_open_is_defined),
		cmocka_unit_test(names_have_their_values),
		cmocka_unit_test(values_are_of_their_type),
		cmocka_unit_test(comparisons_with_unknown_do_not_hold),
		cmocka_unit_test(every_field_is_an_operand),
		cmocka_unit_test(numbers_are_read),
		cmocka_unit_test(rendering_leaves_nothing_open),
	};

	return cmocka_run_group_tests_name("expression", tests, NULL, NULL);
}
