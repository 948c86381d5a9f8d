/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line takes; test_options_errors.c has what it refuses. */
#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "filter/expression.h"
#include "options/option_rows.h"
#include "words.h"

#define FLAG(member)   offsetof(struct options, member)
#define FILTER(member) FLAG(trace.program.filter.member)
#define OUTPUT(member) FLAG(trace.output.member)

static const struct {
	const char *letter, *name, *prefix;
	size_t offset;
} flags[] = {
	{"-h", "--help", "--he", FLAG(help)},
	{"-T", "--time", "--time", OUTPUT(time)}, /* the whole of one name goes before a prefix */
	{"-t", "--timestamp", "--times", OUTPUT(timestamp)},
	{"-w", "--wide", "--w", FLAG(wide)},
	{"-s", "--csv", "--cs", FLAG(csv)},
	{"-Y", "--journal", "--j", OUTPUT(journal)},
	{"-4", "--ipv4", "--ipv4", FILTER(ipv4)},
	{"-6", "--ipv6", "--ipv6", FILTER(ipv6)},
	{"--ebpf", "--ebpf", "--eb", FLAG(ebpf)},
	{"-v", "--verbose", "--verb", FLAG(verbose)},
	{"-V", "--version", "--vers", FLAG(version)},
	{"--no-cache", "--no-cache", "--no-c", FLAG(no_cache)},
	{"-H", "--no-header", "--no-h", OUTPUT(no_header)},
	{"-x", "--extended", "--ex", OUTPUT(extended)},
	{"--skaddr", "--skaddr", "--sk", FLAG(skaddr)},
	{"--kernel-headers", "--kernel-headers", "--kern", FLAG(trace.program.kernel_headers)},
};

static void flag_assert(const char *word, size_t offset)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, word), 0);
	for (size_t i = 0; i < COUNT(flags); i++) {
		bool set = *(bool *)((char *)&options + flags[i].offset);

		if (set != (flags[i].offset == offset))
			print_error("%s: %s is %d\n", word, flags[i].name, set);
		assert_int_equal(set, flags[i].offset == offset);
	}
	assert_string_equal(diag.what, "");
	options_free(&options);
}

static void flags_are_set_alone(void **state)
{
	for (size_t i = 0; i < COUNT(flags); i++) {
		flag_assert(flags[i].letter, flags[i].offset);
		flag_assert(flags[i].name, flags[i].offset);
		flag_assert(flags[i].prefix, flags[i].offset);
	}
}

static void nothing_is_the_default(void **state)
{
	struct options options;
	struct diag diag = {0};

	memset(&options, 'x', sizeof(options));
	assert_int_equal(PARSE(&options, &diag, NULL), 0);
	for (size_t i = 0; i < COUNT(flags); i++)
		assert_false(*(bool *)((char *)&options + flags[i].offset));
	assert_false(options.trace.output.quiet);
	assert_int_equal(options.trace.output.count, 0);
	assert_int_equal(options.trace.duration_ns, 0);
	assert_int_equal(options.trace.program.max_sockets, 65536);
	assert_int_equal(options.trace.program.max_compile_s, 30);
	assert_string_equal(options.trace.program.cache_dir, "/var/cache/tcpstates");
	assert_null(options.trace.program.probe);
	assert_int_equal(options.trace.program.filter.expression_count, 0);
	assert_null(options.trace.program.kernel_headers_path);
	assert_int_equal(options.trace.program.filter.lports.chosen.count, 0);
	assert_int_equal(options.trace.program.filter.rports.chosen.count, 0);
	assert_int_equal(options.trace.program.filter.laddrs.chosen.count, 0);
	assert_int_equal(options.trace.program.filter.old_states.chosen, 0);
	assert_false(options.trace.program.filter.min_span.set);
	options_free(&options);
}

/* One that names no member would set the first one, which is --help's. */
static void each_row_has_a_place_for_what_it_is_given(void **state)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		bool placed = row->metavar ? row->set != NULL
					   : !row->set && (row->member || row->letter == 'h');

		if (!placed)
			print_error("--%s has none\n", row->name);
		assert_true(placed);
	}
}

static void letters_cluster(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-stT"), 0);
	assert_true(options.csv && options.trace.output.timestamp && options.trace.output.time);
	assert_false(options.wide || options.trace.output.journal || options.verbose);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "-wtL80,81"), 0);
	assert_true(options.wide && options.trace.output.timestamp);
	assert_int_equal(options.trace.program.filter.lports.chosen.count, 2);
	assert_int_equal(options.trace.program.filter.lports.chosen.ranges[1].first, 81);
	options_free(&options);
}

static void ports_assert(const char *one, const char *two, bool local)
{
	const struct port_list *list, *other;
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, one, two), 0);
	list = local ? &options.trace.program.filter.lports.chosen
		     : &options.trace.program.filter.rports.chosen;
	other = local ? &options.trace.program.filter.rports.chosen
		      : &options.trace.program.filter.lports.chosen;
	assert_int_equal(list->count, 3);
	assert_int_equal(list->ranges[0].first, 80);
	assert_int_equal(list->ranges[1].first, 0);
	assert_int_equal(list->ranges[2].first, 65535);
	assert_int_equal(other->count, 0);
	options_free(&options);
}

static void ports_are_taken_in_each_form(void **state)
{
	ports_assert("-L80,0,65535", NULL, true);
	ports_assert("-L", "80,0,65535", true);
	ports_assert("--localport=80,0,65535", NULL, true);
	ports_assert("--localport", "80,0,65535", true);
	ports_assert("--local", "80,0,65535", true);
	ports_assert("--l=80,0,65535", NULL, true);
	ports_assert("-L80", "-L0,65535", true); /* twice is both */
	ports_assert("-D80,0,65535", NULL, false);
	ports_assert("-L", "80, 0, 65535", true);
	ports_assert("-L", " 80\t,0 ,65535 ", true);
	ports_assert("-D", "80,0,65535", false);
	ports_assert("--remoteport=80,0,65535", NULL, false);
	ports_assert("--remoteport", "80,0,65535", false);
	ports_assert("--remote", "80,0,65535", false);
	ports_assert("--r=80,0,65535", NULL, false);
}

static void probe_is_named(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--probe", "kprobe"), 0);
	assert_string_equal(options.trace.program.probe, "kprobe");
	assert_int_equal(PARSE(&options, &diag, "--probe=tracepoint"), 0);
	assert_string_equal(options.trace.program.probe, "tracepoint");
	assert_int_equal(PARSE(&options, &diag, "--pr=kprobe", "--probe=tracepoint"), 0);
	assert_string_equal(options.trace.program.probe, "tracepoint");
}

static void expressions_assert(const struct options *options, const char *const expected[])
{
	const struct filter *filter = &options->trace.program.filter;

	for (size_t i = 0; i < filter->expression_count; i++) {
		_cleanup_text_ struct text text = {0};

		assert_non_null(expected[i]);
		expression_render(filter->expressions[i], &text);
		assert_string_equal(text.data, expected[i]);
	}
	assert_null(expected[filter->expression_count]);
}

/* The words, and what they are as expressions. */
#define EXPRESSIONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define EXPRESSED(expected, ...)                                                                   \
	do {                                                                                       \
		struct options options;                                                            \
		struct diag diag = {0};                                                            \
                                                                                                   \
		assert_int_equal(PARSE(&options, &diag, __VA_ARGS__), 0);                          \
		expressions_assert(&options, expected);                                            \
		options_free(&options);                                                            \
	} while (0)

static void expressions_must_all_hold(void **state)
{
	EXPRESSED(EXPRESSIONS("(lport == 80)"), "--filter", "lport == 80");
	EXPRESSED(EXPRESSIONS("lport", "(1 || 0)"), "--f=lport", "-t", "--filter=1 || 0");
	EXPRESSED(EXPRESSIONS("1", "((s64)(0 - (u64)2))", "pid"), "--filter=1", "--filter=-2",
		  "--filter=pid");
}

static void values_are_expressions(void **state)
{
	EXPRESSED(EXPRESSIONS("((opid >= 0 && opid == 1) || (opid >= 0 && opid == 2) || "
			      "(opid >= 0 && opid == 3))"),
		  "-p1, 2", "--pid", "3");
	EXPRESSED(EXPRESSIONS("((opid >= 0 && opid == 1) && (!(opid >= 0 && opid == 2)))"), "-p!2",
		  "-p1");
	EXPRESSED(EXPRESSIONS("((opid >= 0 && opid == 7) || (tree_marks >> 0 & 1))"), "-p7,1+");
	EXPRESSED(EXPRESSIONS("((tree_marks >> 0 & 1) && (!((opid >= 0 && opid == 3) || "
			      "(tree_marks >> 0 & 1))))"),
		  "-p1+", "-p!3,1+");
	EXPRESSED(EXPRESSIONS("lport", "mptcp"), "--mptcp", "--filter=lport");
	EXPRESSED(EXPRESSIONS("(cgroup_marks >> 0 & 1)",
			      "((cgroup_marks >> 1 & 1) || (cgroup_marks >> 2 & 1) || "
			      "(cgroup_marks >> 3 & 1))",
			      "(!((cgroup_marks >> 0 & 1) || (cgroup_marks >> 4 & 1)))"),
		  "--cgroup=/a//,/b*", "--unit=!nginx,a*", "--filter=unit == nginx.service");
	EXPRESSED(EXPRESSIONS("(ocomm_known && !((ocomm[0] ^ 'a') | (ocomm[1] ^ 34)))"),
		  "--comm=a\"*");
	EXPRESSED(EXPRESSIONS("(uid >= 0 && uid == 0)"), "--uid=root");
	EXPRESSED(EXPRESSIONS("((state == 7) && (!((why >= 0 && why == 7) || "
			      "(why >= 0 && why == 2))))"),
		  "--why=!refused,reset-by-peer");
	EXPRESSED(EXPRESSIONS("(ms >= 0 && ms <= 1500000)", "(uid >= 0 && uid == 5)"), "--uid=5",
		  "--max-ms=1.5");
}

static void kernel_headers_may_be_named(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--kernel-headers=some/folder"), 0);
	assert_true(options.trace.program.kernel_headers);
	assert_string_equal(options.trace.program.kernel_headers_path, "some/folder");
	assert_int_equal(PARSE(&options, &diag, "--kernel-headers", "-t"), 0);
	assert_true(options.trace.program.kernel_headers && options.trace.output.timestamp);
	assert_null(options.trace.program.kernel_headers_path);
}

static void bpf_text_is_named(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--bpf-text", "some/file"), 0);
	assert_string_equal(options.bpf_text, "some/file");
	assert_int_equal(PARSE(&options, &diag, "--bpf-text=-", "-stT", "--buffer-pages=1"), 0);
	assert_string_equal(options.bpf_text, "-");
	assert_int_equal(PARSE(&options, &diag, "-L80", "-4", "--max-sockets=5"), 0);
	assert_null(options.bpf_text);
	options_free(&options);
}

static void cache_dir_is_named(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--cache-dir", "some/folder"), 0);
	assert_string_equal(options.trace.program.cache_dir, "some/folder");
	assert_int_equal(PARSE(&options, &diag, "--ca=other"), 0);
	assert_string_equal(options.trace.program.cache_dir, "other");
	assert_int_equal(PARSE(&options, &diag, "--cache-dir="), -EINVAL);
	assert_string_equal(diag.what, "--cache-dir: the path is empty");
}

/* What BCC's tool takes for one of its options, is that option here, whatever else there is. */
static void prefixes_of_the_original_stay(void **state)
{
	static const char *const names[] = {"help", "time",	 "timestamp",  "wide",
					    "csv",  "localport", "remoteport", "journal",
					    "ipv4", "ipv6",	 "ebpf"};

	for (size_t i = 0; i < COUNT(names); i++)
		for (size_t len = 1; len <= strlen(names[i]); len++) {
			struct options one, whole;
			bool port = strstr(names[i], "port");
			struct diag diag = {0};
			char name[32], prefix[32];
			size_t others = 0;

			for (size_t j = 0; j < COUNT(names); j++)
				others += j != i && !strncmp(names[j], names[i], len);
			if (others && names[i][len])
				continue;
			snprintf(name, sizeof(name), "--%s%s", names[i], port ? "=1" : "");
			snprintf(prefix, sizeof(prefix), "--%.*s%s", (int)len, names[i],
				 port ? "=1" : "");
			assert_int_equal(PARSE(&whole, &diag, name), 0);
			if (PARSE(&one, &diag, prefix))
				print_error("%s: %s\n", prefix, diag.what);
			assert_string_equal(diag.what, "");
			assert_int_equal(one.trace.program.filter.lports.chosen.count,
					 whole.trace.program.filter.lports.chosen.count);
			assert_int_equal(one.trace.program.filter.rports.chosen.count,
					 whole.trace.program.filter.rports.chosen.count);
			assert_memory_equal(&one, &whole, FLAG(trace));
			assert_memory_equal(&one.trace.output, &whole.trace.output,
					    OUTPUT(fields) - FLAG(trace.output));
			assert_memory_equal(&one.wide, &whole.wide, sizeof(one) - FLAG(wide));
			options_free(&one);
			options_free(&whole);
		}
}

static void count_is_a_number(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-n", "1"), 0);
	assert_int_equal(options.trace.output.count, 1);
	assert_int_equal(PARSE(&options, &diag, "-n18446744073709551615"), 0);
	assert_int_equal(options.trace.output.count, UINT64_MAX);
	assert_int_equal(PARSE(&options, &diag, "--cou=20", "-v"), 0);
	assert_int_equal(options.trace.output.count, 20);
}

static void duration_has_decimals(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-d", "2"), 0);
	assert_int_equal(options.trace.duration_ns, 2000000000);
	assert_int_equal(PARSE(&options, &diag, "-d0.001"), 0);
	assert_int_equal(options.trace.duration_ns, 1000000);
	assert_int_equal(PARSE(&options, &diag, "--duration=1.000000001"), 0);
	assert_int_equal(options.trace.duration_ns, 1000000001);
	assert_int_equal(PARSE(&options, &diag, "--d", "1000000000.0"), 0);
	assert_int_equal(options.trace.duration_ns, 1000000000000000000);
}

static void summary_may_have_an_interval(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-v"), 0);
	assert_false(options.trace.program.summary);
	assert_int_equal(PARSE(&options, &diag, "--summary"), 0);
	assert_true(options.trace.program.summary);
	assert_int_equal(options.trace.summary_ns, 0);
	assert_int_equal(PARSE(&options, &diag, "--su=1.5", "-T"), 0);
	assert_true(options.trace.program.summary && options.trace.output.time);
	assert_int_equal(options.trace.summary_ns, 1500000000);
	assert_int_equal(PARSE(&options, &diag, "--summary=0.001", "-j"), 0);
	assert_int_equal(options.trace.summary_ns, 1000000);
}

static void some_flags_go_with_the_journal(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-qY"), 0);
	assert_true(options.trace.output.quiet && options.trace.output.journal);
	assert_false(options.trace.output.no_object_pid);
	assert_int_equal(PARSE(&options, &diag, "--journal", "--quiet", "--no-object-pid"), 0);
	assert_true(options.trace.output.quiet && options.trace.output.journal &&
		    options.trace.output.no_object_pid);
}

static void max_sockets_is_a_number(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--max-sockets", "1"), 0);
	assert_int_equal(options.trace.program.max_sockets, 1);
	assert_int_equal(PARSE(&options, &diag, "--max-sockets=2147483648"), 0);
	assert_int_equal(options.trace.program.max_sockets, 2147483648);
	assert_int_equal(PARSE(&options, &diag, "--max-s=1000", "-v"), 0);
	assert_int_equal(options.trace.program.max_sockets, 1000);
}

static void max_compile_is_a_number(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--max-compile", "1"), 0);
	assert_int_equal(options.trace.program.max_compile_s, 1);
	assert_int_equal(PARSE(&options, &diag, "--max-c=3600"), 0);
	assert_int_equal(options.trace.program.max_compile_s, 3600);
}

static void stuck_has_a_limit_and_states(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-t"), 0);
	assert_int_equal(options.trace.stuck.after_ns, 0);
	assert_int_equal(PARSE(&options, &diag, "--stuck", "60"), 0);
	assert_int_equal(options.trace.stuck.after_ns, 60000000000);
	assert_int_equal(options.trace.stuck.states,
			 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9 | 1 << 11);
	assert_int_equal(PARSE(&options, &diag, "--stuck=0.5:close_wait,LISTEN"), 0);
	assert_int_equal(options.trace.stuck.after_ns, 500000000);
	assert_int_equal(options.trace.stuck.states, 1 << 8 | 1 << 10);
	assert_int_equal(PARSE(&options, &diag, "--stuck=1:!ESTABLISHED"), 0);
	assert_int_equal(options.trace.stuck.states, ~(1U << 1));
}

/* Who asks for help gets it, whatever else is wrong with the words. */
static void help_goes_before_errors_of_sense(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "-4", "-6", "-h"), 0);
	assert_true(options.help);
	assert_int_equal(PARSE(&options, &diag, "stray", "--version"), 0);
	assert_true(options.version);
	assert_int_equal(PARSE(&options, &diag, "-t", "--"), 0);
	assert_true(options.trace.output.timestamp);
}

/* The lines of help that tell an option, by their beginnings. */
static const char *const help_lines[] = {
	"  -h, --help ",
	"  -T, --time ",
	"  -t, --timestamp ",
	"  -w, --wide ",
	"  -s, --csv ",
	"  -L, --localport ",
	"  -D, --remoteport ",
	"  -Y, --journal ",
	"  -4, --ipv4 ",
	"  -6, --ipv6 ",
	"  -o, --output=NAME,...\n",
	"  -x, --extended ",
	"  -j, --json ",
	"  --otel ",
	"  --skaddr ",
	"  --no-skaddr ",
	"  --no-object-pid ",
	"  --color=WHEN ",
	"  --csv-safe[=WHEN]\n ",
	"  -n, --count=COUNT\n ",
	"  -d, --duration=SECONDS\n ",
	"  -q, --quiet ",
	"  -H, --no-header ",
	"  --laddr=LIST ",
	"  --raddr=LIST ",
	"  --netns=LIST ",
	"  --mptcp ",
	"  --unit=LIST ",
	"  --container=LIST ",
	"  --pod=LIST ",
	"  --cgroup=LIST ",
	"  --old-state=LIST ",
	"  --new-state=LIST ",
	"  --state=LIST ",
	"  --min-ms=N ",
	"  --summary[=SECONDS]\n ",
	"  --stuck=SECONDS[:STATES]\n ",
	"  --now ",
	"  --check ",
	"  --ebpf ",
	"  --bpf-text=FILE ",
	"  -v, --verbose ",
	"  -V, --version ",
	"  --probe=NAME ",
	"  --filter=EXPR ",
	"  -p, --pid=LIST ",
	"  --comm=LIST ",
	"  --sessions ",
	"  --histogram ",
	"  --top[=SECONDS] ",
	"  --by=FIELD,... ",
	"  --sort=COLUMN ",
	"  --limit=N ",
	"  --max-keys=N ",
	"  --uid=LIST ",
	"  --port=LIST ",
	"  --max-ms=N ",
	"  --why=LIST ",
	"  --kernel-headers[=PATH]\n ",
	"  --no-cache ",
	"  --cache-dir=DIR ",
	"  --max-sockets=N ",
	"  --buffer-pages=N ",
	"  --max-compile=SECONDS\n ",
	"  --keep-privileges\n ",
};

static void help_has_a_line_for_each_option(void **state)
{
	char *help = NULL;
	size_t size, found = 0, lines = 0;
	FILE *file = open_memstream(&help, &size);

	options_help(file);
	assert_int_equal(fclose(file), 0);
	for (size_t i = 0; i < COUNT(help_lines); i++) {
		for (const char *at = help; (at = strstr(at, help_lines[i])); at++)
			if (at[-1] == '\n')
				found++;
		if (found != i + 1)
			print_error("not there, or twice: '%s'\n", help_lines[i]);
		assert_int_equal(found, i + 1);
	}
	for (const char *at = help; (at = strstr(at, "\n  -")); at++)
		lines++;
	assert_int_equal(lines, COUNT(help_lines));
	assert_int_equal(strncmp(help,
				 BYTES("usage: tcpstates [-h] [-T] [-t] [-w] [-s] [-L LOCALPORT] "
				       "[-D REMOTEPORT] [-Y] [-4 | -6]\n")),
			 0);
	assert_non_null(strstr(help, "(default 65536)"));
	assert_non_null(strstr(help, "(default 30)"));
	for (const char *at = help, *end; (end = strchr(at, '\n')); at = end + 1)
		assert_true(end - at <= 88 && (end == at || end[-1] != ' '));
	free(help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_set_alone),
		cmocka_unit_test(nothing_is_the_default),
		cmocka_unit_test(each_row_has_a_place_for_what_it_is_given),
		cmocka_unit_test(letters_cluster),
		cmocka_unit_test(ports_are_taken_in_each_form),
		cmocka_unit_test(probe_is_named),
		cmocka_unit_test(expressions_must_all_hold),
		cmocka_unit_test(values_are_expressions),
		cmocka_unit_test(kernel_headers_may_be_named),
		cmocka_unit_test(bpf_text_is_named),
		cmocka_unit_test(cache_dir_is_named),
		cmocka_unit_test(prefixes_of_the_original_stay),
		cmocka_unit_test(count_is_a_number),
		cmocka_unit_test(duration_has_decimals),
		cmocka_unit_test(summary_may_have_an_interval),
		cmocka_unit_test(stuck_has_a_limit_and_states),
		cmocka_unit_test(some_flags_go_with_the_journal),
		cmocka_unit_test(max_sockets_is_a_number),
		cmocka_unit_test(max_compile_is_a_number),
		cmocka_unit_test(help_goes_before_errors_of_sense),
		cmocka_unit_test(help_has_a_line_for_each_option),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
