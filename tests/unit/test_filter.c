/* SPDX-License-Identifier: Apache-2.0 */
/* The macros that a command line becomes; tests/model has what they do. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "filter/filter.h"
#include "words.h"

/* As the macros are without options, in order. */
static const char *const defaults[] = {
	"#define FILTER_FAMILY(family) 1",
	"#define FILTER_NETNS(inum) 1",
	"#define FILTER_LPORT(port) 1",
	"#define FILTER_DPORT(port) 1",
	"#define FILTER_EITHER_PORT(port) 1",
	"#define FILTER_BOTH_PORTS(port) 1",
	"#define FILTER_LADDR(end) 1",
	"#define FILTER_RADDR(end) 1",
	"#define FILTER_OLD_STATE(state) 1",
	"#define FILTER_NEW_STATE(state) 1",
	"#define FILTER_STATES(old, new) 1",
	"#define FILTER_SPAN(ns) 1",
	"#define FILTER_VALUES",
	"#define FILTER_EXPRESSION 1",
};

/* The default's line up to the value is that of the wanted one. */
static bool same_macro(const char *wanted, const char *macro)
{
	return wanted && !strncmp(wanted, macro, strlen(macro) - 1);
}

/* The words become these macros, in order, and each other one is 1; no macro is no text. */
static void rendered_assert(const char *const *words, const char *const *macros)
{
	const bool any = *macros;
	_cleanup_text_ struct text text = {0}, expected = {0};
	struct options options;
	struct diag diag = {0};

	assert_int_equal(words_parse(words, &options, &diag), 0);
	text_str(&text, "kept\n");
	text_str(&expected, "kept\n");
	filter_render(&text, &options.trace.program.filter);
	if (any)
		text_str(&expected, "#define FILTERS\n");
	for (size_t i = 0; any && i < COUNT(defaults); i++)
		text_printf(&expected, "%s\n",
			    same_macro(*macros, defaults[i]) ? *macros++ : defaults[i]);
	assert_null(*macros);
	assert_string_equal(text.data, expected.data);
	options_free(&options);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void all_is_seen_without_options(void **state)
{
	rendered_assert(WORDS(NULL), WORDS(NULL));
	rendered_assert(WORDS("-L0-65535", "-D", "0-80,81-65535"), WORDS(NULL));
}

static void family_is_compared(void **state)
{
	rendered_assert(WORDS("-4"), WORDS("#define FILTER_FAMILY(family) ((family) == AF_INET)"));
	rendered_assert(WORDS("-6"), WORDS("#define FILTER_FAMILY(family) ((family) == AF_INET6)"));
}

static void ports_are_alternatives(void **state)
{
	rendered_assert(WORDS("-L80"), WORDS("#define FILTER_LPORT(port) ((port) == 80)"));
	rendered_assert(WORDS("-D80"), WORDS("#define FILTER_DPORT(port) ((port) == 80)"));
	rendered_assert(WORDS("-6", "-L", "65535,0", "-D", "65535,443", "-L443"),
			WORDS("#define FILTER_FAMILY(family) ((family) == AF_INET6)",
			      "#define FILTER_LPORT(port) "
			      "((port) == 0 || (port) == 443 || (port) == 65535)",
			      "#define FILTER_DPORT(port) ((port) == 443 || (port) == 65535)"));
}

static void ranges_are_merged(void **state)
{
	rendered_assert(WORDS("-L", "8000-8010"),
			WORDS("#define FILTER_LPORT(port) (((port) >= 8000 && (port) <= 8010))"));
	rendered_assert(WORDS("-L", "5-9,80,3-6,10,81", "-L9-11"),
			WORDS("#define FILTER_LPORT(port) "
			      "(((port) >= 3 && (port) <= 11) || ((port) >= 80 && (port) <= 81))"));
	rendered_assert(WORDS("-D", "0-1023,60000-65535,5-5"),
			WORDS("#define FILTER_DPORT(port) ((port) <= 1023 || (port) >= 60000)"));
}

static void excluded_ports_are_taken_away(void **state)
{
	rendered_assert(WORDS("-L", "!22"),
			WORDS("#define FILTER_LPORT(port) ((port) <= 21 || (port) >= 23)"));
	rendered_assert(WORDS("-L", "!22,80-90", "-L", "80-95,21-23", "-L!0,23"),
			WORDS("#define FILTER_LPORT(port) "
			      "((port) == 21 || ((port) >= 91 && (port) <= 95))"));
}

static void many_ports_are_a_tree(void **state)
{
	rendered_assert(
		WORDS("-L", "1,3,5,7,9"),
		WORDS("#define FILTER_LPORT(port) ((port) < 5 ? ((port) == 1 || (port) == 3)"
		      " : ((port) == 5 || (port) == 7 || (port) == 9))"));
}

static void addresses_are_compared_by_their_halves(void **state)
{
	rendered_assert(WORDS("--laddr", "10.1.2.3/8"),
			WORDS("#define FILTER_LADDR(end) ((((end).high == 0 && "
			      "((((end).low & 0xffffffffff000000ULL) == 0xffff0a000000ULL)))))"));
	rendered_assert(
		WORDS("--raddr", "fe80::/10", "--raddr", "::1"),
		WORDS("#define FILTER_RADDR(end) ((((end).is_ipv6 && "
		      "(((end).high == 0x0ULL && (end).low == 0x1ULL) || "
		      "(((end).high & 0xffc0000000000000ULL) == 0xfe80000000000000ULL)))))"));
	rendered_assert(WORDS("--laddr", "::/0", "--laddr", "!10.0.0.1,10.0.0.2"),
			WORDS("#define FILTER_LADDR(end) ((((end).is_ipv6 && ((1)))) && "
			      "!(((end).high == 0 && (((end).low == 0xffff0a000001ULL) || "
			      "((end).low == 0xffff0a000002ULL)))))"));
	rendered_assert(WORDS("--laddr", "!::ffff:10.0.0.1"),
			WORDS("#define FILTER_LADDR(end) (!(((end).high == 0 && "
			      "(((end).low == 0xffff0a000001ULL)))))"));
}

static void ports_of_either_end_are_two_macros(void **state)
{
	rendered_assert(WORDS("--port", "80,443", "--port", "!22"),
			WORDS("#define FILTER_EITHER_PORT(port) ((port) == 80 || (port) == 443)",
			      "#define FILTER_BOTH_PORTS(port) ((port) <= 21 || (port) >= 23)"));
}

static void expressions_bring_their_variables(void **state)
{
	rendered_assert(
		WORDS("--filter", "lport == 80", "-p", "5"),
		WORDS("#define FILTER_VALUES \\\n"
		      "\tconst s64 lport = event->lport; \\\n"
		      "\tconst s64 opid = event->owner.from ? (s64)event->owner.pid : -1;",
		      "#define FILTER_EXPRESSION (lport == 80) && (opid >= 0 && opid == 5)"));
	/* Fields of the socket are read before. */
	rendered_assert(WORDS("--uid", "5"),
			WORDS("#define FILTER_VALUES \\\n\tconst s64 uid = event->uid;\n"
			      "#define FILTER_FILLED",
			      "#define FILTER_EXPRESSION (uid >= 0 && uid == 5)"));
}

static void states_are_bits(void **state)
{
	rendered_assert(WORDS("--old-state", "established,TCP_LISTEN"),
			WORDS("#define FILTER_OLD_STATE(state) (0x402U >> (state) & 1)"));
	/* As ss, netstat and RFC 9293 have them. */
	rendered_assert(WORDS("--old-state", "estab,listening"),
			WORDS("#define FILTER_OLD_STATE(state) (0x402U >> (state) & 1)"));
	rendered_assert(WORDS("--state", "close-wait,FIN-WAIT-1,fin_wait_2,SYN-RECEIVED,closed"),
			WORDS("#define FILTER_STATES(old, new) "
			      "((0x1b8U >> (old) | 0x1b8U >> (new)) & 1)"));
	rendered_assert(WORDS("--new-state", "!Syn_Sent", "--new-state", "!CLOSE"),
			WORDS("#define FILTER_NEW_STATE(state) (0xffffff7bU >> (state) & 1)"));
	rendered_assert(WORDS("--new-state", "CLOSE,LISTEN", "--new-state", "!CLOSE"),
			WORDS("#define FILTER_NEW_STATE(state) (0x400U >> (state) & 1)"));
	rendered_assert(
		WORDS("--state", "tcp_close"),
		WORDS("#define FILTER_STATES(old, new) ((0x80U >> (old) | 0x80U >> (new)) & 1)"));
	rendered_assert(
		WORDS("--state", "!CLOSE", "--state", "LISTEN", "--old-state", "LISTEN,CLOSE"),
		WORDS("#define FILTER_OLD_STATE(state) (0x400U >> (state) & 1)",
		      "#define FILTER_NEW_STATE(state) (0xffffff7fU >> (state) & 1)",
		      "#define FILTER_STATES(old, new) ((0x400U >> (old) | 0x400U >> (new)) & 1)"));
}

static void spans_are_nanoseconds(void **state)
{
	static const char *const unknown = "#define FILTER_SPAN(ns) ((ns) != SPAN_UNKNOWN)";

	rendered_assert(
		WORDS("--min-ms", "1.5"),
		WORDS("#define FILTER_SPAN(ns) ((ns) >= 1500000ULL && (ns) != SPAN_UNKNOWN)"));
	rendered_assert(WORDS("--min-ms=7", "--min-ms=0.000001"),
			WORDS("#define FILTER_SPAN(ns) ((ns) >= 1ULL && (ns) != SPAN_UNKNOWN)"));
	rendered_assert(WORDS("--min-ms=0"), WORDS(unknown));
	rendered_assert(WORDS("--min-ms=0.000000"), WORDS(unknown));
	rendered_assert(WORDS("--min-ms=9223372036854.775807"),
			WORDS("#define FILTER_SPAN(ns) "
			      "((ns) >= 9223372036854775807ULL && (ns) != SPAN_UNKNOWN)"));
}

static void namespaces_are_numbers(void **state)
{
	rendered_assert(WORDS("--netns=4026531833"),
			WORDS("#define FILTER_NETNS(inum) ((inum) == 4026531833U)"));
	rendered_assert(WORDS("--netns=1,2", "--netns", "3", "--netns=!4,5"),
			WORDS("#define FILTER_NETNS(inum) ((inum) == 1U || (inum) == 2U || "
			      "(inum) == 3U) && !((inum) == 4U || (inum) == 5U)"));
	rendered_assert(WORDS("--netns=!7"), WORDS("#define FILTER_NETNS(inum) !((inum) == 7U)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_seen_without_options),
		cmocka_unit_test(namespaces_are_numbers),
		cmocka_unit_test(family_is_compared),
		cmocka_unit_test(ports_are_alternatives),
		cmocka_unit_test(ranges_are_merged),
		cmocka_unit_test(excluded_ports_are_taken_away),
		cmocka_unit_test(many_ports_are_a_tree),
		cmocka_unit_test(addresses_are_compared_by_their_halves),
		cmocka_unit_test(ports_of_either_end_are_two_macros),
		cmocka_unit_test(expressions_bring_their_variables),
		cmocka_unit_test(states_are_bits),
		cmocka_unit_test(spans_are_nanoseconds),
	};

	return cmocka_run_group_tests_name("filter", tests, NULL, NULL);
}
