/* SPDX-License-Identifier: Apache-2.0 */
#include "options/option_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/parse.h"
#include "base/text.h"
#include "filter/expression.h"
#include "options/options.h"
#include "program/probe.h"

#define STRING_OF(value) #value
#define STRING(macro)	 STRING_OF(macro)
#define DURATION_MIN_NS	 1000000ULL
#define DURATION_MAX_NS	 1000000000000000000ULL /* a timerfd can hold nine times as much */
/* SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING: meant to be short. */
#define STUCK_STATES 0xb3cU

static int lport_set(struct options *options, const char *value, struct diag *diag)
{
	return port_filter_add(&options->trace.program.filter.lports, "-L/--localport", value,
			       diag);
}

static int rport_set(struct options *options, const char *value, struct diag *diag)
{
	return port_filter_add(&options->trace.program.filter.rports, "-D/--remoteport", value,
			       diag);
}

static int laddr_set(struct options *options, const char *value, struct diag *diag)
{
	return address_filter_add(&options->trace.program.filter.laddrs, "--laddr", value, diag);
}

static int raddr_set(struct options *options, const char *value, struct diag *diag)
{
	return address_filter_add(&options->trace.program.filter.raddrs, "--raddr", value, diag);
}

static int netns_set(struct options *options, const char *value, struct diag *diag)
{
	options->trace.program.netns = true;
	return netns_filter_set(&options->trace.program.filter.netns, value, diag);
}

static int old_state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->trace.program.filter.old_states, "--old-state", value,
				diag);
}

static int new_state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->trace.program.filter.new_states, "--new-state", value,
				diag);
}

static int state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->trace.program.filter.states, "--state", value, diag);
}

static int min_ms_set(struct options *options, const char *value, struct diag *diag)
{
	return span_filter_set(&options->trace.program.filter.min_span, "--min-ms", value, diag);
}

static int probe_set(struct options *options, const char *value, struct diag *diag)
{
	_cleanup_text_ struct text known = {0};

	options->trace.program.probe = value;
	if (probe_is_known(value))
		return 0;
	for (size_t i = 0; probe_kind_name(i); i++)
		text_printf(&known, "%s%s", i ? ", " : "", probe_kind_name(i));
	return diag_set(diag, -EINVAL, "--probe: no such probe: '%s' (there are: %s)", value,
			known.err ? "" : known.data);
}

static int expression_check(const char *str, struct diag *diag)
{
	struct expression *expression;
	int err = expression_parse(str, &expression, diag);

	if (!err)
		expression_free(expression);
	return err;
}

/* Checks each alone, so that a message points into it, and all together, for the limits. */
static int expression_set(struct options *options, const char *value, struct diag *diag)
{
	char *before = options->trace.program.filter.expression;
	char *all;
	int err = expression_check(value, diag);

	if (err)
		return err;
	if ((before ? asprintf(&all, "(%s) && (%s)", before, value) : asprintf(&all, "%s", value)) <
	    0)
		return diag_errno(diag, -ENOMEM, "--filter");
	free(before);
	options->trace.program.filter.expression = all;
	return before ? expression_check(all, diag) : 0;
}

static int kernel_headers_set(struct options *options, const char *value, struct diag *diag)
{
	options->trace.program.kernel_headers = true;
	options->trace.program.kernel_headers_path = value;
	if (value && !*value)
		return diag_set(diag, -EINVAL, "--kernel-headers: the path is empty");
	return 0;
}

static int bpf_text_set(struct options *options, const char *value, struct diag *diag)
{
	options->bpf_text = value;
	return *value ? 0 : diag_set(diag, -EINVAL, "--bpf-text: the path is empty");
}

static int cache_dir_set(struct options *options, const char *value, struct diag *diag)
{
	options->trace.program.cache_dir = value;
	return *value ? 0 : diag_set(diag, -EINVAL, "--cache-dir: the path is empty");
}

static int count_set(struct options *options, const char *value, struct diag *diag)
{
	if (parse_number(value, strlen(value), 1, UINT64_MAX, &options->trace.output.count))
		return diag_set(diag, -EINVAL,
				"-n/--count: not a number from 1 to 18446744073709551615: '%s'",
				value);
	return 0;
}

/* The len bytes at value; option is for the message. */
static int seconds_read(const char *option, const char *value, size_t len, uint64_t *ns,
			struct diag *diag)
{
	if (parse_decimal(value, len, 9, DURATION_MIN_NS, DURATION_MAX_NS, ns))
		return diag_set(diag, -EINVAL,
				"%s: not seconds from 0.001 to 1000000000, with at most 9 "
				"decimals: '%.*s'",
				option, (int)len, value);
	return 0;
}

static int duration_set(struct options *options, const char *value, struct diag *diag)
{
	return seconds_read("-d/--duration", value, strlen(value), &options->trace.duration_ns,
			    diag);
}

static int summary_set(struct options *options, const char *value, struct diag *diag)
{
	options->trace.program.summary = true;
	return value ? seconds_read("--summary", value, strlen(value), &options->trace.summary_ns,
				    diag)
		     : 0;
}

/* SECONDS[:STATES] */
static int stuck_set(struct options *options, const char *value, struct diag *diag)
{
	size_t len = strcspn(value, ":");
	struct state_filter states = {0};
	int err = seconds_read("--stuck", value, len, &options->trace.stuck.after_ns, diag);

	if (err)
		return err;
	options->trace.stuck.states = STUCK_STATES;
	if (!value[len])
		return 0;
	err = state_filter_add(&states, "--stuck", value + len + 1, diag);
	options->trace.stuck.states = state_filter_mask(&states);
	return err ? err : state_mask_check(options->trace.stuck.states, "--stuck", diag);
}

static int max_sockets_set(struct options *options, const char *value, struct diag *diag)
{
	/* A BPF hash table's size is 32 bits, rounded up to a power of 2. */
	if (parse_number(value, strlen(value), 1, 1U << 31, &options->trace.program.max_sockets))
		return diag_set(diag, -EINVAL,
				"--max-sockets: not a number from 1 to 2147483648: '%s'", value);
	return 0;
}

static int buffer_pages_set(struct options *options, const char *value, struct diag *diag)
{
	/* The kernel requires a power of 2 (perf_event_open(2), "MMAP layout"). */
	if (parse_number(value, strlen(value), 1, 1 << 16, &options->trace.buffer_pages) ||
	    options->trace.buffer_pages & (options->trace.buffer_pages - 1))
		return diag_set(diag, -EINVAL,
				"--buffer-pages: not a power of 2 from 1 to 65536: '%s'", value);
	return 0;
}

static int max_compile_set(struct options *options, const char *value, struct diag *diag)
{
	if (parse_number(value, strlen(value), 1, 3600, &options->trace.program.max_compile_s))
		return diag_set(diag, -EINVAL, "--max-compile: not a number from 1 to 3600: '%s'",
				value);
	return 0;
}

static int output_set(struct options *options, const char *value, struct diag *diag)
{
	if (options->output)
		return diag_set(diag, -EINVAL, "-o/--output: given twice: '%s'", value);
	options->output = value;
	options->fields_help = !strcmp(value, "help");
	return 0;
}

const char *const when_words[] = {"auto", "always", "never", NULL};

static int when_read(const char *option, const char *value, enum when *when, struct diag *diag)
{
	for (int i = 0; when_words[i]; i++) {
		if (strcmp(value, when_words[i]))
			continue;
		*when = i;
		return 0;
	}
	return diag_set(diag, -EINVAL, "%s: not auto, always or never: '%s'", option, value);
}

static int color_set(struct options *options, const char *value, struct diag *diag)
{
	return when_read("--color", value, &options->color, diag);
}

static int csv_safe_set(struct options *options, const char *value, struct diag *diag)
{
	return when_read("--csv-safe", value ? value : "always", &options->csv_safe, diag);
}

#define FLAG(member)   .flag = offsetof(struct options, member)
#define FILTER(member) FLAG(trace.program.filter.member)
#define OUTPUT(member) FLAG(trace.output.member)

#define NOT_EVENTS "summary " /* what a summary has no lines for */
#define IN_TEXT	   "bpf-text " /* what the text of --bpf-text has already */

/*
 * Each pair that cannot be combined is in the row of one of the two. -w and -s can be combined, as
 * in the original, which then ignores -w.
 */
const struct option_row option_rows[] = {
	{'h', "help", .help = "show this help message and exit", FLAG(help)},
	{'T', "time", .help = "include time column on output (HH:MM:SS)", OUTPUT(time),
	 .conflicts = "summary+json"},
	{'t', "timestamp", .help = "include timestamp on output (seconds)", OUTPUT(timestamp),
	 .conflicts = NOT_EVENTS},
	{'w', "wide", .help = "wide column output (fits IPv6 addresses)", FLAG(wide),
	 .conflicts = NOT_EVENTS "json otel"},
	{'s', "csv", .help = "comma separated values output", FLAG(csv),
	 .conflicts = NOT_EVENTS "json otel"},
	{'L', "localport", "LOCALPORT", "comma-separated list of local ports to trace",
	 .conflicts = IN_TEXT, .set = lport_set},
	{'D', "remoteport", "REMOTEPORT", "comma-separated list of remote ports to trace",
	 .conflicts = IN_TEXT, .set = rport_set},
	{'Y', "journal", .help = "log session state changes to the systemd journal",
	 OUTPUT(journal), .conflicts = NOT_EVENTS},
	{'4', "ipv4", .help = "trace IPv4 family only", FILTER(ipv4), .conflicts = IN_TEXT "ipv6"},
	{'6', "ipv6", .help = "trace IPv6 family only", FILTER(ipv6), .conflicts = IN_TEXT},
	{0, "laddr", "LIST", "local addresses and prefixes to trace, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_ADDRESSES,
	 .set = laddr_set},
	{0, "raddr", "LIST", "like --laddr, for remote addresses", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, .set = raddr_set},
	{0, "netns", "NETNS", "network namespace to trace: a name, path, inode number, or 'self'",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_NAMESPACES,
	 .set = netns_set},
	{0, "old-state", "LIST", "trace changes from these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_STATES,
	 .set = old_state_set},
	{0, "new-state", "LIST", "trace changes to these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", .complete = COMPLETE_STATES,
	 .set = new_state_set},
	{0, "state", "LIST", "trace changes from or to these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_STATES,
	 .set = state_set},
	{0, "min-ms", "N", "trace changes after at least N milliseconds in the old state",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", .set = min_ms_set},
	{0, "filter", "EXPR", "trace only if EXPR is true: 'rport == 443 && span_us > 1000'",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .set = expression_set},
	{'o', "output", "NAME,...",
	 "print these fields, or add them with +NAME,...; 'help' lists all", .group = GROUP_SHOW,
	 .conflicts = NOT_EVENTS, .complete = COMPLETE_FIELDS, .set = output_set},
	{'x', "extended", .help = "print owner and close reason; unknown times are -",
	 .group = GROUP_SHOW, OUTPUT(extended), .conflicts = NOT_EVENTS},
	{0, "skaddr", .help = "print kernel addresses of sockets in every format",
	 .group = GROUP_SHOW, FLAG(skaddr), .conflicts = NOT_EVENTS "no-skaddr"},
	{0, "no-skaddr",
	 .help = "print socket numbers in place of kernel addresses in every format",
	 .group = GROUP_SHOW, FLAG(no_skaddr), .conflicts = NOT_EVENTS},
	{0, "no-object-pid", .help = "log no OBJECT_PID, so that journald adds no command line",
	 .group = GROUP_SHOW, OUTPUT(no_object_pid), .requires = "journal"},
	{'j', "json", .help = "print JSON, one object per line", .group = GROUP_FORMAT, FLAG(json)},
	{0, "otel", .help = "print JSON with the attribute names of OpenTelemetry",
	 .group = GROUP_FORMAT, FLAG(otel), .conflicts = NOT_EVENTS},
	{0, "color", "WHEN", "color the states: auto (on a terminal), always, never",
	 .group = GROUP_FORMAT, .conflicts = NOT_EVENTS "csv json otel", .complete = COMPLETE_WHEN,
	 .set = color_set},
	{0, "csv-safe", "WHEN",
	 "defuse spreadsheet formulas in CSV: auto (in files), always, never",
	 .group = GROUP_FORMAT, .value_optional = true, .requires = "csv",
	 .complete = COMPLETE_WHEN, .set = csv_safe_set},
	{'H', "no-header", .help = "print no header line", .group = GROUP_FORMAT, OUTPUT(no_header),
	 .conflicts = "json otel"},
	{'q', "quiet", .help = "print no lines; requires -Y", .group = GROUP_FORMAT, OUTPUT(quiet),
	 .requires = "journal"},
	{0, "summary", "SECONDS",
	 "count changes and times per state; print at exit, or every SECONDS", .group = GROUP_MODES,
	 .value_optional = true, .conflicts = "now", .set = summary_set},
	{0, "stuck", "SECONDS[:STATES]", "also report sessions that stay in a state for SECONDS",
	 .group = GROUP_MODES, .conflicts = NOT_EVENTS "now", .complete = COMPLETE_STUCK,
	 .set = stuck_set},
	{0, "now", .help = "list open sockets and exit", .group = GROUP_MODES, FLAG(now),
	 .conflicts = "bpf-text"},
	{0, "check", .help = "check whether tracing works on this host and exit",
	 .group = GROUP_MODES, FLAG(check), .conflicts = "ebpf now"},
	{0, "ebpf", .help = "print the source of the BPF program and exit", .group = GROUP_MODES,
	 FLAG(ebpf)},
	{0, "bpf-text", "FILE", "run a program that --ebpf printed and you edited (-: stdin)",
	 .group = GROUP_MODES, .complete = COMPLETE_FILES, .set = bpf_text_set},
	{'V', "version", .help = "print the version and exit", .group = GROUP_MODES, FLAG(version)},
	{'n', "count", "COUNT", "exit after COUNT events", .group = GROUP_STOP,
	 .conflicts = NOT_EVENTS, .set = count_set},
	{'d', "duration", "SECONDS", "exit after SECONDS, for example 0.5", .group = GROUP_STOP,
	 .conflicts = "now", .set = duration_set},
	{'v', "verbose", .help = "report the steps of the start on stderr, with times",
	 .group = GROUP_TUNING, FLAG(verbose)},
	{0, "probe", "NAME", "use only this probe: raw_tracepoint, tracepoint or kprobe",
	 .group = GROUP_TUNING, .conflicts = "now", .complete = COMPLETE_PROBES, .set = probe_set},
	{0, "kernel-headers", "PATH", "compile with kernel headers: a directory or kheaders.tar.xz",
	 .group = GROUP_TUNING, .value_optional = true, .complete = COMPLETE_FILES,
	 .set = kernel_headers_set},
	{0, "no-cache", .help = "compile at each start, store no object", .group = GROUP_TUNING,
	 FLAG(no_cache), .conflicts = "cache-dir"},
	{0, "cache-dir", "DIR", "directory of compiled objects (default " CACHE_DIR_DEFAULT ")",
	 .group = GROUP_TUNING, .complete = COMPLETE_FOLDERS, .set = cache_dir_set},
	{0, "max-sockets", "N",
	 "maximum number of timed sockets (default " STRING(MAX_SOCKETS_DEFAULT) ")",
	 .group = GROUP_TUNING, .conflicts = IN_TEXT, .set = max_sockets_set},
	{0, "buffer-pages", "N",
	 "perf buffer of each CPU in pages of 4 KiB (default " STRING(BUFFER_PAGES_DEFAULT) ")",
	 .group = GROUP_TUNING, .conflicts = NOT_EVENTS "now", .set = buffer_pages_set},
	{0, "max-compile", "SECONDS",
	 "abort compilation after SECONDS (default " STRING(MAX_COMPILE_S_DEFAULT) ")",
	 .group = GROUP_TUNING, .set = max_compile_set},
	{0, "keep-privileges", .help = "keep privileges after attaching (default: drop them)",
	 .group = GROUP_TUNING, FLAG(trace.keep_privileges)},
};

const char *const group_names[] = {
	[GROUP_CLASSIC] = "options", [GROUP_SELECT] = "select", [GROUP_SHOW] = "show",
	[GROUP_FORMAT] = "format",   [GROUP_MODES] = "modes",	[GROUP_STOP] = "stop",
	[GROUP_TUNING] = "tuning",
};

_Static_assert(sizeof(option_rows) / sizeof(*option_rows) <= OPTION_ROWS_MAX,
	       "more rows than room");
const size_t option_row_count = sizeof(option_rows) / sizeof(*option_rows);
