/* SPDX-License-Identifier: Apache-2.0 */
/* What a rendered expression gives in the kernel, beside the same one evaluated here. */
#include "unit.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/kernel_release.h"
#include "compile/compile.h"
#include "filter/expression.h"
#include "program/bpf_text.h"
#include "random.h"

#define PROGRAMS	 8
#define EACH		 25 /* expressions a program */
#define ROUNDS		 64 /* sets of values */
#define DEADLINE_S	 60
#define TREE_DEPTH	 6
#define UNARY		 11 /* its precedence; 0 is that of ?: */
#define STRING_OF(value) #value
#define STRING(macro)	 STRING_OF(macro)
#define ONE_OF(set)	 ((set)[random_next() % COUNT(set)])

/* The same expression with all parentheses, and with few, odd ones and odd white space. */
struct pair {
	struct text full;
	struct text odd;
};

struct expressions {
	struct expression *of[PROGRAMS * EACH];
	size_t count;
	size_t each; /* how many a program has */
};

/* Two tokens that would be read as one are kept apart. */
static void token_add(struct text *text, const char *token)
{
	static const char *const spaces[] = {"", "", "", " ", "\t", "\n", " \n "};
	char last = text->len ? text->data[text->len - 1] : ' ';

	text_str(text, ONE_OF(spaces));
	if (strchr("+-", last) && token[0] == last && text->data[text->len - 1] == last)
		text_char(text, ' ');
	text_str(text, token);
}

static void both_add(struct pair *pair, const char *token)
{
	text_printf(&pair->full, "%s ", token);
	token_add(&pair->odd, token);
}

/* Of what is compared; values are of these, too, so that many are equal. */
static const char *const texts[] = {"",	       "n", "nginx", "nginx: worker", "fifteen letters",
				    "\xc3\xa9"};

static const struct prefix addresses[] = {
	{0, 0xffff0a010203ULL, 128},
	{0, 0xffff0a000000ULL, 104},
	{0xfd00000000000000ULL, 1, 128},
	{0xfd00000000000000ULL, 0, 8},
	{0, 0, 0},
};
static const char *const addresses_text[] = {"10.1.2.3", "10.0.0.0/8", "fd00::1", "fd00::/8",
					     "::/0"};

/* A comparison of an operand with a value of its type. */
static void comparison_add(struct pair *pair, const struct operand *operand)
{
	static const char *const equals[] = {"==", "!="};
	static const char *const orders[] = {"==", "!=", "<", "<=", ">", ">="};
	static const char *const times[] = {"0", "1.5", ".25", "1500us", "2s", "63ms"};
	bool has_order = operand->type == OPERAND_TIME, unknown = operand->may_be_unknown;
	const char *word = NULL;
	char literal[64];

	switch (operand->type) {
	case OPERAND_TEXT:
		snprintf(literal, sizeof(literal), "\"%s%s\"", ONE_OF(texts),
			 random_next() % 2 ? "*" : "");
		break;
	case OPERAND_ADDRESS:
		snprintf(literal, sizeof(literal), "%s", ONE_OF(addresses_text));
		break;
	case OPERAND_TIME:
		snprintf(literal, sizeof(literal), "%s", ONE_OF(times));
		break;
	case OPERAND_WORD:
		while (!word)
			word = operand->word(random_next() % operand->words);
		snprintf(literal, sizeof(literal), "%s", word);
		break;
	default:
		unknown = true;
	}
	both_add(pair, "(");
	both_add(pair, operand->name);
	if (unknown && random_next() % 4 == 0) {
		both_add(pair, ONE_OF(equals));
		both_add(pair, operand->may_be_unknown ? "unknown" : "4");
	} else if (operand->type < OPERAND_TIME) {
		both_add(pair, ONE_OF(orders));
		both_add(pair, operand->type == OPERAND_STATE ? "'close-wait'" : "4");
	} else {
		both_add(pair, has_order ? ONE_OF(orders) : ONE_OF(equals));
		both_add(pair, literal);
	}
	both_add(pair, ")");
}

static const struct operand *operand_random(void)
{
	const struct operand *operand;

	do
		operand = &operands[random_next() % operand_count];
	while (operand->type == OPERAND_NONE || operand->type == OPERAND_NAME);
	return operand;
}

static void leaf_add(struct pair *pair)
{
	static const char *const words[] = {"AF_INET",	 "AF_INET6",	     "LISTEN",
					    "TCP_CLOSE", "TCP_NEW_SYN_RECV", "TIME_WAIT"};
	uint64_t number = random_sized() & INT64_MAX;
	const struct operand *operand = operand_random();
	char digits[32];

	switch (random_next() % 8) {
	case 0:
		snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number);
		break;
	case 1:
		snprintf(digits, sizeof(digits), "0x%llx", (unsigned long long)number);
		break;
	case 2:
		snprintf(digits, sizeof(digits), "%d", (int)(random_next() % 70));
		break;
	case 3:
		snprintf(digits, sizeof(digits), "%s", ONE_OF(words));
		break;
	default:
		/* Behind a user, a comparison takes a word for the name of another. */
		if (operand_needs_literal(operand) || !strcmp(operand->name, "uid") ||
		    random_next() % 2) {
			comparison_add(pair, operand);
			return;
		}
		snprintf(digits, sizeof(digits), "%s", operand->name);
	}
	both_add(pair, digits);
}

static void tree_add(struct pair *pair, int depth, int least);

static void branches_add(struct pair *pair, int depth, int kind)
{
	static const char *const unaries[] = {"!", "-", "+", "~"};
	static const struct {
		const char *op;
		int precedence;
	} binaries[] = {{"||", 1}, {"&&", 2}, {"|", 3},	 {"^", 4},  {"&", 5},  {"==", 6},
			{"!=", 6}, {"<", 7},  {"<=", 7}, {">", 7},  {">=", 7}, {"<<", 8},
			{">>", 8}, {"+", 9},  {"-", 9},	 {"*", 10}, {"/", 10}, {"%", 10}};

	if (kind == 0) {
		tree_add(pair, depth, 1);
		both_add(pair, "?");
		tree_add(pair, depth, 0);
		both_add(pair, ":");
		tree_add(pair, depth, 0);
	} else if (kind == UNARY) {
		both_add(pair, ONE_OF(unaries));
		tree_add(pair, depth, UNARY);
	} else {
		size_t row = random_next() % COUNT(binaries);

		while (binaries[row].precedence != kind)
			row = random_next() % COUNT(binaries);
		tree_add(pair, depth, kind);
		both_add(pair, binaries[row].op);
		tree_add(pair, depth, kind + 1);
	}
}

/* One that may stand where the precedence is at least that. */
static void tree_add(struct pair *pair, int depth, int least)
{
	int kind = random_next() % (UNARY + 1);
	bool leaf = !depth || random_next() % 6 == 0;
	int odd = random_next() % 8 == 0;

	odd += !leaf && kind < least;
	text_str(&pair->full, "( ");
	for (int i = 0; i < odd; i++)
		token_add(&pair->odd, "(");
	if (leaf)
		leaf_add(pair);
	else
		branches_add(pair, depth - 1, kind);
	for (int i = 0; i < odd; i++)
		token_add(&pair->odd, ")");
	text_str(&pair->full, ") ");
}

static struct expression *parsed(const char *str)
{
	struct expression *expression = NULL;
	struct diag diag = {0};

	if (expression_parse("--filter", str, &(struct marks){0}, &expression, &diag))
		print_error("%s\n%s\n", diag.what, str);
	assert_non_null(expression);
	return expression;
}

/* Both ways to write it are the same tree. */
static struct expression *tree_parsed(void)
{
	_cleanup_text_ struct text full = {0}, odd = {0};
	struct pair pair = {{0}, {0}};
	struct expression *expression, *other;

	tree_add(&pair, 1 + random_next() % TREE_DEPTH, 0);
	expression = parsed(pair.odd.data);
	other = parsed(pair.full.data);
	expression_render(expression, &odd);
	expression_render(other, &full);
	if (strcmp(odd.data, full.data))
		print_error("%s\n%s\n", pair.odd.data, pair.full.data);
	assert_string_equal(odd.data, full.data);
	expression_free(other);
	text_free(&pair.full);
	text_free(&pair.odd);
	return expression;
}

/* The values are in the map, as wide as the context cannot be. */
struct kernel_value {
	int64_t number;
	uint64_t high, low, is_ipv6;
	char text[32];
};

static const char declarations[] =
	"struct value {\n"
	"	s64 number;\n"
	"	u64 high, low, is_ipv6;\n"
	"	u8 text[32];\n"
	"};\n\n"
	"struct end {\n"
	"	u64 high, low, is_ipv6;\n"
	"};\n\n"
	"struct results {\n"
	"	struct value values[" STRING(
		OPERANDS_MAX) "];\n"
			      "	s64 of[" STRING(EACH) "];\n"
						      "};\n\n"
						      "BPF_TABLE(\"array\", u32, struct results, "
						      "all, " STRING(PROGRAMS) ");\n\n";

static void variable_add(struct text *text, size_t operand)
{
	const char *name = operands[operand].name;

	switch (operands[operand].type) {
	case OPERAND_ADDRESS:
		text_printf(text,
			    "\t\tstruct end %s = {values[%zu].high, values[%zu].low, "
			    "values[%zu].is_ipv6};\n",
			    name, operand, operand, operand);
		break;
	case OPERAND_TEXT:
		text_printf(text, "\t\tconst u8 *const %s = values[%zu].text;\n", name, operand);
		text_printf(text, "\t\tint %s_known = values[%zu].number >= 0;\n", name, operand);
		break;
	default:
		text_printf(text, "\t\ts64 %s = values[%zu].number;\n", name, operand);
	}
}

static void program_add(const struct expressions *expressions, size_t program, struct text *text)
{
	size_t first = program * expressions->each;

	text_printf(text,
		    "int raw_tracepoint__sys_enter__%zu(void *context)\n"
		    "{\n\tu32 key = %zu;\n\tstruct results *results = all.lookup(&key);\n"
		    "\tconst struct value *values;\n\n\tif (!results)\n\t\treturn 0;\n"
		    "\tvalues = results->values;\n",
		    program, program);
	for (size_t i = 0; i < expressions->each && first + i < expressions->count; i++) {
		const struct expression *expression = expressions->of[first + i];
		uint64_t used = expression_operands(expression);

		text_str(text, "\t{\n");
		for (size_t operand = 0; operand < operand_count; operand++)
			if (used >> operand & 1)
				variable_add(text, operand);
		text_printf(text, "\t\tresults->of[%zu] = ", i);
		expression_render(expression, text);
		/* No value is kept for the next: the stack is small. */
		text_str(text, ";\n\t\tasm volatile(\"\" ::: \"memory\");\n\t}\n");
	}
	text_str(text, "\treturn 1;\n}\n\n");
}

static void source_render(const struct expressions *expressions, struct text *text)
{
	text_printf(text, "%s\n%s", bpf_text_expression, declarations);
	for (size_t i = 0; i * expressions->each < expressions->count; i++)
		program_add(expressions, i, text);
	assert_int_equal(text->err, 0);
}

static struct bpf_object *object_load(const struct expressions *expressions)
{
	static const struct headers own = {.kind = HEADERS_OWN};
	_cleanup_text_ struct text source = {0}, object = {0};
	struct compiler compiler;
	struct bpf_object *loaded;
	struct diag diag = {0};

	source_render(expressions, &source);
	if (compiler_start(&compiler, &own, DEADLINE_S, &diag) ||
	    compiler_answer(&compiler, &source, &object, &diag) ||
	    compiler_end(&compiler, &object, &diag))
		print_error("%s\n%s\n", diag.what, diag.detail);
	assert_string_equal(diag.what, "");
	loaded = bpf_object__open_mem(object.data, object.len, NULL);
	assert_int_equal(libbpf_get_error(loaded), 0);
	assert_int_equal(bpf_object__load(loaded), 0);
	return loaded;
}

static int64_t value_random(void)
{
	static const int64_t edges[] = {0,	   1,	      -1,   INT64_MIN, INT64_MIN + 1,
					INT64_MAX, INT32_MAX, 63,   64,	       65535,
					4,	   6,	      1000, -64,       INT32_MIN};
	uint64_t value = random_sized();

	if (random_next() % 2)
		return ONE_OF(edges);
	return random_next() % 2 ? value : -value;
}

/* As the program keeps it: an unknown one is negative where it may be, and a text ends with NULs.
 */
static void operand_value_random(struct operand_value *value)
{
	const struct prefix *address = &ONE_OF(addresses);

	*value = (struct operand_value){.number = value_random(), .address = *address};
	value->address.len = PREFIX_LEN_MAX;
	value->is_ipv6 = address->high || random_next() % 2;
	snprintf(value->text, sizeof(value->text), "%s", ONE_OF(texts));
}

struct results {
	struct kernel_value values[OPERANDS_MAX];
	int64_t of[EACH];
};

static void results_assert(const struct expressions *expressions, const struct bpf_object *object,
			   const struct operand_value values[OPERANDS_MAX])
{
	int map = bpf_object__find_map_fd_by_name(object, "all");

	for (size_t i = 0; i < expressions->count; i++) {
		uint32_t key = i / expressions->each;
		struct results results;
		int64_t expected;

		assert_int_equal(bpf_map_lookup_elem(map, &key, &results), 0);
		expected = expression_evaluate(expressions->of[i], values);
		if (results.of[i % expressions->each] != expected) {
			_cleanup_text_ struct text text = {0};

			expression_render(expressions->of[i], &text);
			print_error("%s\n", text.data);
			for (size_t j = 0; j < operand_count; j++)
				if (expression_operands(expressions->of[i]) >> j & 1)
					print_error("%s: %lld, %s\n", operands[j].name,
						    (long long)values[j].number, values[j].text);
		}
		assert_int_equal(results.of[i % expressions->each], expected);
	}
}

static void values_pass(const struct bpf_object *object,
			const struct operand_value values[OPERANDS_MAX])
{
	int map = bpf_object__find_map_fd_by_name(object, "all");
	struct results results = {0};

	for (size_t i = 0; i < operand_count; i++) {
		struct kernel_value *value = &results.values[i];

		*value = (struct kernel_value){values[i].number, values[i].address.high,
					       values[i].address.low, values[i].is_ipv6, ""};
		memcpy(value->text, values[i].text, sizeof(values[i].text));
	}
	for (uint32_t key = 0; key < PROGRAMS; key++)
		assert_int_equal(bpf_map_update_elem(map, &key, &results, BPF_ANY), 0);
}

static void compared(struct expressions *expressions)
{
	struct bpf_object *object = object_load(expressions);

	for (int round = 0; round < ROUNDS; round++) {
		struct operand_value values[OPERANDS_MAX];
		struct bpf_program *program;

		for (size_t i = 0; i < OPERANDS_MAX; i++)
			operand_value_random(&values[i]);
		values_pass(object, values);
		bpf_object__for_each_program(program, object)
		{
			LIBBPF_OPTS(bpf_test_run_opts, run);

			assert_int_equal(bpf_prog_test_run_opts(bpf_program__fd(program), &run), 0);
			assert_int_equal(run.retval, 1);
		}
		results_assert(expressions, object, values);
	}
	bpf_object__close(object);
	for (size_t i = 0; i < expressions->count; i++)
		expression_free(expressions->of[i]);
}

static bool may_run(void)
{
	if (geteuid())
		print_message("not run: only root may load a program\n");
	else if (kernel_before(5, 10))
		print_message(
			"not run: before Linux 5.10 BPF_PROG_TEST_RUN takes no raw tracepoint\n");
	else
		return true;
	return false;
}

static void kernel_and_model_agree(void **state)
{
	struct expressions expressions = {.each = EACH};

	if (!may_run())
		skip();
	while (expressions.count < COUNT(expressions.of))
		expressions.of[expressions.count++] = tree_parsed();
	compared(&expressions);
}

/* As long and as deep as the bounds allow: no compiler and no verifier may refuse it. */
static void bounds_are_within_theirs(void **state)
{
	static const struct {
		const char *more, *last;
	} chains[] = {{"1==pid||", "pid"},
		      {"rport&&", "pid"},
		      {"rport-", "pid"},
		      {"1|", "pid"},
		      {"pid*", "7"},
		      {"comm==nginx||", "pid"},
		      {"opid!=5&&", "pid"},
		      {"raddr==fd00::1||", "pid"},
		      {"exe=='nginx: w*'||", "1"},
		      {"5^", "pid"},
		      {"rport/pid+", "1"},
		      {"pid%rport||", "0"},
		      {"(pid?rport:lport)-", "1"}};
	static const struct {
		const char *more, *last, *close;
	} nests[] = {{"pid<<(", "rport", ")"},	{"pid>>(", "rport", ")"}, {"pid-(", "rport", ")"},
		     {"rport/(", "pid", ")"},	{"rport%(", "pid", ")"},  {"rport<(", "pid", ")"},
		     {"pid?rport:", "pid", ""}, {"- ", "pid", ""},	  {"pid?", "pid", ":7"}};
	struct expressions expressions = {.each = 3};

	if (!may_run())
		skip();
	for (size_t i = 0; i < COUNT(chains); i++) {
		size_t len = strlen(chains[i].more);
		_cleanup_text_ struct text text = {0};

		while (text.len + len + strlen(chains[i].last) <= EXPRESSION_LEN_MAX)
			text_str(&text, chains[i].more);
		text_str(&text, chains[i].last);
		expressions.of[expressions.count++] = parsed(text.data);
	}
	for (size_t i = 0; i < COUNT(nests); i++) {
		_cleanup_text_ struct text text = {0};

		for (int level = 0; level < EXPRESSION_DEPTH_MAX; level++)
			text_str(&text, nests[i].more);
		text_str(&text, nests[i].last);
		for (int level = 0; level < EXPRESSION_DEPTH_MAX; level++)
			text_str(&text, nests[i].close);
		expressions.of[expressions.count++] = parsed(text.data);
	}
	compared(&expressions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kernel_and_model_agree),
		cmocka_unit_test(bounds_are_within_theirs),
	};

	return cmocka_run_group_tests_name("expression-program", tests, NULL, NULL);
}
