/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line refuses, with the words that it says. */
#include "unit.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "options/option_rows.h"
#include "program/probe.h"
#include "words.h"

static void bad_ports_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"-L", "65536"}, "-L/--localport: not a port (0-65535): '65536' in '65536'"},
		{{"-L", "80,"}, "-L/--localport: not a port (0-65535): '' in '80,'"},
		{{"-L", "12abc"}, "-L/--localport: not a port (0-65535): '12abc' in '12abc'"},
		{{"-L", ""}, "-L/--localport: not a port (0-65535): '' in ''"},
		{{"-L", "-1"}, "-L/--localport: not a port (0-65535): '-1' in '-1'"},
		{{"-L", "8 0"}, "-L/--localport: not a port (0-65535): '8 0' in '8 0'"},
		{{"-L", " "}, "-L/--localport: not a port (0-65535): '' in ' '"},
		{{"--localport="}, "-L/--localport: not a port (0-65535): '' in ''"},
		{{"--localport", "80,x"}, "-L/--localport: not a port (0-65535): 'x' in '80,x'"},
		{{"-D", "65536"}, "-D/--remoteport: not a port (0-65535): '65536' in '65536'"},
		{{"-D", "80,"}, "-D/--remoteport: not a port (0-65535): '' in '80,'"},
		{{"-D12abc"}, "-D/--remoteport: not a port (0-65535): '12abc' in '12abc'"},
		{{"--remoteport="}, "-D/--remoteport: not a port (0-65535): '' in ''"},
		/* The first of several errors is told, and what was right before is freed. */
		{{"-L", "80", "-D", "99999", "-z"},
		 "-D/--remoteport: not a port (0-65535): '99999' in '99999'"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void families_exclude_each_other(void **state)
{
	static const struct error_case cases[] = {
		{{"-4", "-6"}, "-4/--ipv4 cannot be combined with -6/--ipv6"},
		{{"-64"}, "-4/--ipv4 cannot be combined with -6/--ipv6"},
		{{"--ipv6", "-t", "--ipv4"}, "-4/--ipv4 cannot be combined with -6/--ipv6"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void layouts_exclude_each_other(void **state)
{
	static const struct error_case cases[] = {
		{{"-s", "-j"}, "-s/--csv cannot be combined with -j/--json"},
		{{"--json", "--csv"}, "-s/--csv cannot be combined with -j/--json"},
		{{"-js", "--otel"}, "-s/--csv cannot be combined with -j/--json"},
		{{"--otel", "-s"}, "-s/--csv cannot be combined with --otel"},
		{{"-jw"}, "-w/--wide cannot be combined with -j/--json"},
		{{"-w", "--otel"}, "-w/--wide cannot be combined with --otel"},
		{{"-jH"}, "-H/--no-header cannot be combined with -j/--json"},
		{{"--otel", "--no-header"}, "-H/--no-header cannot be combined with --otel"},
		{{"--color=always", "-j"}, "--color cannot be combined with -j/--json"},
		{{"--color=never", "-s"}, "--color cannot be combined with -s/--csv"},
		{{"--csv-safe"}, "--csv-safe requires -s/--csv"},
		{{"--csv-safe=never", "-j"}, "--csv-safe requires -s/--csv"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define WITHOUT(option) option " cannot be combined with --summary"
#define NOT_SECONDS(value)                                                                         \
	"--summary: not a time from 1ms to 1000000000 seconds, such as 60, .5, 250ms or 5m: "      \
	"'" value "'"

#define NOT_NOW(option) option " cannot be combined with --now"
#define NOT_STUCK(value)                                                                           \
	"--stuck: not a time from 1ms to 1000000000 seconds, such as 60, .5, 250ms or 5m: '" value \
	"'"

static void what_is_there_is_no_trace(void **state)
{
	static const struct error_case cases[] = {
		{{"--now", "--summary"}, NOT_NOW("--summary")},
		{{"--stuck=1", "--now"}, NOT_NOW("--stuck")},
		{{"--now", "-d", "1"}, NOT_NOW("-d/--duration")},
		{{"--now", "--bpf-text=a"}, "--now cannot be combined with --bpf-text"},
		{{"--now", "--probe=kprobe"}, NOT_NOW("--probe")},
		{{"--now", "--new-state=CLOSE"}, NOT_NOW("--new-state")},
		{{"--now", "--new-state=!CLOSE"}, NOT_NOW("--new-state")},
		{{"--now", "--min-ms=1"}, NOT_NOW("--min-ms")},
		{{"--now", "--buffer-pages=1"}, NOT_NOW("--buffer-pages")},
		{{"--stuck="}, NOT_STUCK("")},
		{{"--stuck=0"}, NOT_STUCK("0")},
		{{"--stuck=x:LISTEN"}, NOT_STUCK("x")},
	};

	error_cases_check(cases, COUNT(cases));
}

static void a_summary_has_no_events(void **state)
{
	static const struct error_case cases[] = {
		{{"--summary", "-s"}, WITHOUT("-s/--csv")},
		{{"-w", "--summary=1"}, WITHOUT("-w/--wide")},
		{{"-t", "--summary"}, WITHOUT("-t/--timestamp")},
		{{"-Y", "--summary"}, WITHOUT("-Y/--journal")},
		{{"-qY", "--summary"}, WITHOUT("-Y/--journal")},
		{{"-o", "pid", "--summary"}, WITHOUT("-o/--output")},
		{{"-x", "--summary"}, WITHOUT("-x/--extended")},
		{{"--otel", "--summary"}, WITHOUT("--otel")},
		{{"-n", "1", "--summary"}, WITHOUT("-n/--count")},
		{{"-jT", "--summary"}, "-T/--time cannot be combined with --summary and -j/--json"},
		{{"--stuck=1", "--summary"}, WITHOUT("--stuck")},
		{{"--buffer-pages=1", "--summary"}, WITHOUT("--buffer-pages")},
		{{"--color=always", "--summary"}, WITHOUT("--color")},
		{{"--no-skaddr", "--summary"}, WITHOUT("--no-skaddr")},
		{{"--summary="}, NOT_SECONDS("")},
		{{"--summary=0"}, NOT_SECONDS("0")},
		{{"--summary=1S"}, NOT_SECONDS("1S")},
		{{"--summary=1000000001"}, NOT_SECONDS("1000000001")},
	};

	error_cases_check(cases, COUNT(cases));
}

static void keys_are_of_a_summary(void **state)
{
#define KEYS                                                                                       \
	"laddr, lport, raddr, rport, opid, ocomm, cgroup, unit, container, pod, netns, uid, "      \
	"mark, iface"
	static const struct error_case cases[] = {
		{{"--by", "lport"}, "--by requires --summary or --top"},
		{{"--summary", "--sort", "open"}, "--sort requires --by or --top"},
		{{"--summary", "--limit", "5"}, "--limit requires --by"},
		{{"--summary", "--max-keys", "5"}, "--max-keys requires --by or --top"},
		{{"--top", "--summary"}, "--top cannot be combined with --summary"},
		{{"--top", "-j"}, "-j/--json cannot be combined with --top"},
		{{"--top", "-x"}, "-x/--extended cannot be combined with --top"},
		{{"--top", "--limit=5"}, "--top cannot be combined with --limit"},
		{{"--top=x"},
		 "--top: not a time from 1ms to 1000000000 seconds, such as 60, .5, 250ms or 5m: "
		 "'x'"},
		{{"--summary", "--by", "lport", "--histogram"},
		 "--by cannot be combined with --histogram"},
		{{"--summary", "--by", "lport", "--new-state", "close"},
		 "--by cannot be combined with --new-state"},
		{{"--summary", "--by", "lport", "-j", "--limit=3"},
		 "--limit cannot be combined with -j/--json"},
		{{"--summary", "--by", "lport,comm"},
		 "--by: no such key (did you mean ocomm?): 'comm' in 'lport,comm'"},
		{{"--summary", "--by", "lport,,uid"}, "--by: empty: '' in 'lport,,uid'"},
		{{"--summary", "--by", "!lport"},
		 "--by: a key cannot be excluded: 'lport' in '!lport'"},
		{{"--summary", "--by", "lport,!uid"},
		 "--by: '!' stands before a whole list, not in it: '!uid' in 'lport,!uid'"},
		{{"--summary", "--by=uid", "--sort=stucks"},
		 "--sort: no such column: 'stucks' (did you mean stuck?)"},
		{{"--summary", "--by=uid", "--limit=0"},
		 "--limit: not a number from 1 to 18446744073709551615: '0'"},
		{{"--summary", "--by=uid", "--max-keys=1048577"},
		 "--max-keys: not a number from 1 to 1048576: '1048577'"},
		{{"--summary", "--by", "laddr,lport,raddr,rport,opid,cgroup,netns,uid,mark"},
		 "--by: the record and the key of these fields have 376 bytes, at most 344 fit: "
		 "request fewer"},
	};
	struct options options;
	struct diag diag = {0};

	error_cases_check(cases, COUNT(cases));
	assert_int_equal(PARSE(&options, &diag, "--summary", "--by", "xyz"), -EINVAL);
	assert_string_equal(diag.hint, "keys: " KEYS);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--summary", "--by=uid", "--stuck=5"), 0);
	assert_int_equal(options.trace.group_stuck.after_ns, 5000000000);
	assert_int_equal(options.trace.stuck.after_ns, 0);
	options_free(&options);
}

static void a_check_is_of_a_trace(void **state)
{
	static const struct error_case cases[] = {
		{{"--check", "--ebpf"}, "--check cannot be combined with --ebpf"},
		{{"--now", "--check"}, "--check cannot be combined with --now"},
		{{"--check", "-q"}, "-q/--quiet requires -Y/--journal"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define NO_FIELD(name, list)                                                                       \
	"-o/--output: no such field: '" name "' in '" list "' (-o help lists them)"

/* Each name in a row is another row's: "A", "A+B", "A!B", "A|B", or several of those. */
static void rows_name_other_rows(void **state)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const char *both[] = {option_rows[i].conflicts, option_rows[i].requires};

		for (size_t j = 0; j < COUNT(both); j++) {
			const char *at = both[j] ? both[j] : "";

			while (*at) {
				size_t len = strcspn(at, "+!| "), row = 0;

				while (row < option_row_count &&
				       (strncmp(option_rows[row].name, at, len) ||
					option_rows[row].name[len]))
					row++;
				assert_true(row < option_row_count && row != i);
				at += len + !!at[len];
			}
		}
	}
}

static void bad_fields_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"-o", "pid,nonsense,ms"}, NO_FIELD("nonsense", "pid,nonsense,ms")},
		{{"-o", "+nonsense"}, NO_FIELD("nonsense", "+nonsense")},
		{{"-o", ""}, NO_FIELD("", "")},
		{{"--output="}, NO_FIELD("", "")},
		{{"-o", "+"}, NO_FIELD("", "+")},
		{{"-o", "pid,"}, NO_FIELD("", "pid,")},
		{{"-o", ",pid"}, NO_FIELD("", ",pid")},
		{{"-o", "pid,,ms"}, NO_FIELD("", "pid,,ms")},
		{{"-o", "pid,+ms"}, NO_FIELD("+ms", "pid,+ms")},
		{{"-o", "++pid"},
		 "-o/--output: no such field: '+pid' in '++pid' (did you mean pid?)"},
		{{"-o", "lport,opdi"},
		 "-o/--output: no such field: 'opdi' in 'lport,opdi' (did you mean opid?)"},
		{{"-o", "PID"}, "-o/--output: no such field: 'PID' in 'PID' (did you mean pid?)"},
		{{"-o", "pi"}, "-o/--output: no such field: 'pi' in 'pi' (did you mean pid?)"},
		{{"-o", "pid ,ms"},
		 "-o/--output: no such field: 'pid ' in 'pid ,ms' (did you mean pid?)"},
		{{"-o", "help,pid"}, NO_FIELD("help", "help,pid")},
		{{"-o", "pid", "-o", "ms"}, "-o/--output: given twice: 'ms'"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void unknown_options_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"-z"}, "unknown option '-z'"},
		{{"-tz"}, "unknown option '-z'"},
		{{"-zt"}, "unknown option '-z'"},
		{{"-t", "-zt"}, "unknown option '-z'"},
		{{"-:"}, "unknown option '-:'"},
		{{"-?"}, "unknown option '-?'"},
		{{"--nonsense"}, "unknown option '--nonsense'"},
		{{"--nonsense=1"}, "unknown option '--nonsense=1'"},
		{{"--ver"}, "ambiguous option '--ver': --version, --verbose"},
		{{"--ipv"}, "ambiguous option '--ipv': --ipv4, --ipv6"},
		{{"--sate=3"}, "unknown option '--sate=3': did you mean --state?"},
		{{"stray", "--nonsense"}, "unknown option '--nonsense'"},
	};

	error_cases_check(cases, COUNT(cases));
}

/* getopt(3) has not yet gone on to the next word while letters are left in this one. */
static void letter_in_a_cluster_after_a_name_is_told(void **state)
{
	static const struct error_case cases[] = {
		{{"--wide", "-z"}, "unknown option '-z'"},
		{{"--wide", "-zt"}, "unknown option '-z'"},
		{{"--probe=kprobe", "-tzs"}, "unknown option '-z'"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void stray_arguments_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"stray"}, "unexpected argument: 'stray'"},
		{{"-t", "stray", "-T"}, "unexpected argument: 'stray'"},
		{{"-t", "--", "-T"}, "unexpected argument: '-T'"},
		{{"-"}, "unexpected argument: '-'"},
		{{""}, "unexpected argument: ''"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void missing_values_are_told(void **state)
{
	static const struct error_case cases[] = {
		{{"-L"}, "option '-L' requires a value"},
		{{"-tD"}, "option '-D' requires a value"},
		{{"--wide", "-tD"}, "option '-D' requires a value"},
		{{"--localport"}, "option '--localport' requires a value"},
		{{"--remote"}, "option '--remote' requires a value"},
		{{"--probe"}, "option '--probe' requires a value"},
		{{"-o"}, "option '-o' requires a value"},
		{{"--color"}, "option '--color' requires a value"},
		{{"-t", "--max-sockets"}, "option '--max-sockets' requires a value"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void unwanted_values_are_told(void **state)
{
	static const struct error_case cases[] = {
		{{"--wide=1"}, "option '--wide' does not take a value"},
		{{"--time="}, "option '--time' does not take a value"},
		{{"--ebpf=x"}, "option '--ebpf' does not take a value"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define COUNT_WANTED "-n/--count: not a number from 1 to 18446744073709551615: "
#define DURATION_WANTED                                                                            \
	"-d/--duration: not a time from 1ms to 1000000000 seconds, such as 60, .5, 250ms or 5m: "

static void bad_ends_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"-n", "0"}, COUNT_WANTED "'0'"},
		{{"-n", "x"}, COUNT_WANTED "'x'"},
		{{"-n", "-1"}, COUNT_WANTED "'-1'"},
		{{"-n", "1.0"}, COUNT_WANTED "'1.0'"},
		{{"--count="}, COUNT_WANTED "''"},
		{{"--count=18446744073709551616"}, COUNT_WANTED "'18446744073709551616'"},
		{{"-d", "0"}, DURATION_WANTED "'0'"},
		{{"-d", "0.000999999"}, DURATION_WANTED "'0.000999999'"},
		{{"-d", "1000000000.000000001"}, DURATION_WANTED "'1000000000.000000001'"},
		{{"-d", "1.0000000000"}, DURATION_WANTED "'1.0000000000'"},
		{{"-d", "."}, DURATION_WANTED "'.'"},
		{{"-d", "5."}, DURATION_WANTED "'5.'"},
		{{"-d", "1m30s"}, DURATION_WANTED "'1m30s'"},
		{{"-d", "1,5"}, DURATION_WANTED "'1,5'"},
		{{"--duration="}, DURATION_WANTED "''"},
		{{"-q"}, "-q/--quiet requires -Y/--journal"},
		{{"-sqT"}, "-q/--quiet requires -Y/--journal"},
		{{"--no-object-pid"}, "--no-object-pid requires -Y/--journal"},
		{{"--summary", "--no-object-pid"}, "--no-object-pid requires -Y/--journal"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void what_a_text_says_is_not_said_beside_it(void **state)
{
	static const struct error_case cases[] = {
		{{"--bpf-text="}, "--bpf-text: the path is empty"},
		{{"--bpf-text"}, "option '--bpf-text' requires a value"},
		{{"--bpf-text=a", "-L80"}, "-L/--localport cannot be combined with --bpf-text"},
		{{"--remoteport=80", "-s", "--bpf-text=a"},
		 "-D/--remoteport cannot be combined with --bpf-text"},
		{{"-4", "--bpf-text=a"}, "-4/--ipv4 cannot be combined with --bpf-text"},
		{{"-6", "--bpf-text=-"}, "-6/--ipv6 cannot be combined with --bpf-text"},
		{{"--max-sockets=5", "--bpf-text=a"},
		 "--max-sockets cannot be combined with --bpf-text"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void bad_values_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"--color=sometimes"}, "--color: not auto, always or never: 'sometimes'"},
		{{"--color="}, "--color: not auto, always or never: ''"},
		{{"--color", "alway"}, "--color: not auto, always or never: 'alway'"},
		{{"--skaddr", "-j", "--no-skaddr"}, "--skaddr cannot be combined with --no-skaddr"},
		{{"--summary", "--skaddr"}, "--skaddr cannot be combined with --summary"},
		{{"--no-cache", "--cache-dir=a"}, "--no-cache cannot be combined with --cache-dir"},
		{{"--csv-safe=yes"}, "--csv-safe: not auto, always or never: 'yes'"},
		{{"--kernel-headers="}, "--kernel-headers: the path is empty"},
		{{"--max-compile=0"}, "--max-compile: not a number from 1 to 3600: '0'"},
		{{"--max-compile=3601"}, "--max-compile: not a number from 1 to 3600: '3601'"},
		{{"--max-compile", "1m"}, "--max-compile: not a number from 1 to 3600: '1m'"},
		{{"--max-sockets", "0"}, "--max-sockets: not a number from 1 to 2147483648: '0'"},
		{{"--max-sockets", "x"}, "--max-sockets: not a number from 1 to 2147483648: 'x'"},
		{{"--max-sockets="}, "--max-sockets: not a number from 1 to 2147483648: ''"},
		{{"--max-sockets=-1"}, "--max-sockets: not a number from 1 to 2147483648: '-1'"},
		{{"--max-sockets=2147483649"},
		 "--max-sockets: not a number from 1 to 2147483648: '2147483649'"},
		{{"--max-sockets=99999999999999999999"},
		 "--max-sockets: not a number from 1 to 2147483648: '99999999999999999999'"},
	};

	error_cases_check(cases, COUNT(cases));
}

static void unknown_probe_is_told_the_known_ones(void **state)
{
	static const char *const names[] = {"fentry", "", "kprob", "Kprobe", "kprobe "};
	_cleanup_text_ struct text known = {0};

	for (size_t i = 0; probe_kind_name(i); i++)
		text_printf(&known, "%s%s", i ? ", " : "", probe_kind_name(i));
	assert_non_null(strstr(known.data, "tracepoint"));
	assert_non_null(strstr(known.data, "kprobe"));
	for (size_t i = 0; i < COUNT(names); i++) {
		_cleanup_text_ struct text what = {0};
		struct error_case one = {{"--probe", names[i]}, NULL};

		text_printf(&what, "--probe: no such probe: '%s' (there are: %s)", names[i],
			    known.data);
		one.what = what.data;
		error_cases_check(&one, 1);
	}
}

static void bad_expressions_show_their_place(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--filter", "lport", "--filter=1 +", "-t"),
			 -EINVAL);
	options_free(&options);
	assert_string_equal(diag.what, "--filter: a value is missing at column 4");
	assert_string_equal(diag.hint, "1 +");
	assert_int_equal(diag.place, 4);
	assert_int_equal(PARSE(&options, &diag, "--filter", ""), -EINVAL);
	options_free(&options);
	assert_string_equal(diag.what, "--filter: the expression is empty");
	assert_string_equal(diag.hint, "");
	assert_int_equal(PARSE(&options, &diag, "--filter"), -EINVAL);
	assert_string_equal(diag.what, "option '--filter' requires a value");
}

/* Of an option with an optional value; of no other. */
static void value_behind_a_blank_is_hinted_at(void **state)
{
	struct options options;
	struct diag diag = {0};

	assert_int_equal(PARSE(&options, &diag, "--summary", "10"), -EINVAL);
	assert_string_equal(diag.what, "unexpected argument: '10'");
	assert_string_equal(diag.hint, "did you mean --summary=10?");
	assert_int_equal(PARSE(&options, &diag, "--kernel-headers", "folder"), -EINVAL);
	assert_string_equal(diag.hint, "did you mean --kernel-headers=folder?");
	assert_int_equal(PARSE(&options, &diag, "--kernel-headers", "-T", "folder"), -EINVAL);
	assert_string_equal(diag.what, "unexpected argument: 'folder'");
	assert_string_equal(diag.hint, "");
	assert_int_equal(PARSE(&options, &diag, "--summary=5", "10"), -EINVAL);
	assert_string_equal(diag.hint, "");
	assert_int_equal(PARSE(&options, &diag, "-T", "--csv-safe", "always", "-s"), -EINVAL);
	assert_string_equal(diag.hint, "did you mean --csv-safe=always?");
}

/* Each of two may be well within the bounds, and both together not. */
static void expressions_are_bounded_together(void **state)
{
	_cleanup_text_ struct text text = {0};
	struct options options;
	struct diag diag = {0};

	while (text.len < 3000)
		text_str(&text, "pid ||");
	text_str(&text, " 1");
	assert_int_equal(PARSE(&options, &diag, "--filter", text.data, "--filter=1"), 0);
	options_free(&options);
	assert_int_equal(PARSE(&options, &diag, "--filter", text.data, "--filter", text.data),
			 -EINVAL);
	options_free(&options);
	assert_string_equal(diag.what, "--filter: all expressions are longer than 4096 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_ports_are_refused),
		cmocka_unit_test(families_exclude_each_other),
		cmocka_unit_test(layouts_exclude_each_other),
		cmocka_unit_test(a_summary_has_no_events),
		cmocka_unit_test(what_is_there_is_no_trace),
		cmocka_unit_test(keys_are_of_a_summary),
		cmocka_unit_test(a_check_is_of_a_trace),
		cmocka_unit_test(rows_name_other_rows),
		cmocka_unit_test(bad_fields_are_refused),
		cmocka_unit_test(unknown_options_are_refused),
		cmocka_unit_test(letter_in_a_cluster_after_a_name_is_told),
		cmocka_unit_test(stray_arguments_are_refused),
		cmocka_unit_test(missing_values_are_told),
		cmocka_unit_test(unwanted_values_are_told),
		cmocka_unit_test(bad_ends_are_refused),
		cmocka_unit_test(what_a_text_says_is_not_said_beside_it),
		cmocka_unit_test(bad_values_are_refused),
		cmocka_unit_test(unknown_probe_is_told_the_known_ones),
		cmocka_unit_test(bad_expressions_show_their_place),
		cmocka_unit_test(value_behind_a_blank_is_hinted_at),
		cmocka_unit_test(expressions_are_bounded_together),
	};

	return cmocka_run_group_tests_name("options-errors", tests, NULL, NULL);
}
