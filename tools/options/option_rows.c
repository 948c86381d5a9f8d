/* SPDX-License-Identifier: Apache-2.0 */
#include "options/option_rows.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/parse.h"
#include "base/text.h"
#include "options/options.h"
#include "program/probe.h"

#define STRING_OF(value) #value
#define STRING(macro)	 STRING_OF(macro)
#define DURATION_MIN_NS	 1000000ULL
#define DURATION_MAX_NS	 1000000000000000000ULL /* a timerfd can hold nine times as much */

static int ports_set(const struct option_value *value, struct diag *diag)
{
	return port_filter_add(value->member, value->name, value->text, diag);
}

static int addresses_set(const struct option_value *value, struct diag *diag)
{
	return address_filter_add(value->member, value->name, value->text, diag);
}

static int states_set(const struct option_value *value, struct diag *diag)
{
	return state_filter_add(value->member, value->name, value->text, diag);
}

static int span_set(const struct option_value *value, struct diag *diag)
{
	return span_filter_set(value->member, value->name, value->text, diag);
}

static int netns_set(const struct option_value *value, struct diag *diag)
{
	struct program_spec *program = value->member;

	program->netns = true;
	return netns_filter_add(&program->filter.netns, value->text, diag);
}

static int probe_set(const struct option_value *value, struct diag *diag)
{
	_cleanup_text_ struct text known = {0};

	*(const char **)value->member = value->text;
	if (probe_is_known(value->text))
		return 0;
	for (size_t i = 0; probe_kind_name(i); i++)
		text_printf(&known, "%s%s", i ? ", " : "", probe_kind_name(i));
	return diag_set(diag, -EINVAL, "--probe: no such probe: '%s' (there are: %s)", value->text,
			known.err ? "" : known.data);
}

static int expression_set(const struct option_value *value, struct diag *diag)
{
	return filter_add_expression(value->member, value->name, value->text, diag);
}

static int values_set(const struct option_value *value, struct diag *diag)
{
	return value_filter_add(value->member, value->row->field, value->name, value->text, diag);
}

static int max_ms_set(const struct option_value *value, struct diag *diag)
{
	_cleanup_text_ struct text text = {0};
	struct span_filter checked;
	int err = span_filter_set(&checked, value->name, value->text, diag);

	if (err)
		return err;
	text_printf(&text, "ms <= %s", value->text);
	if (text.err)
		return diag_errno(diag, -ENOMEM, "%s", value->name);
	return filter_add_expression(value->member, value->name, text.data, diag);
}

static int path_set(const struct option_value *value, struct diag *diag)
{
	*(const char **)value->member = value->text;
	if (value->text && !*value->text)
		return diag_set(diag, -EINVAL, "%s: the path is empty", value->name);
	return 0;
}

static int kernel_headers_set(const struct option_value *value, struct diag *diag)
{
	struct program_spec *program = value->member;
	struct option_value path = *value;

	program->kernel_headers = true;
	path.member = &program->kernel_headers_path;
	return path_set(&path, diag);
}

static int number_set(const struct option_value *value, struct diag *diag)
{
	uint64_t max = value->row->max;

	if (parse_number(value->text, strlen(value->text), 1, max, value->member))
		return diag_set(diag, -EINVAL, "%s: not a number from 1 to %llu: '%s'", value->name,
				(unsigned long long)max, value->text);
	return 0;
}

static int pages_set(const struct option_value *value, struct diag *diag)
{
	uint64_t *pages = value->member, max = value->row->max;

	/* The kernel requires a power of 2 (perf_event_open(2), "MMAP layout"). */
	if (parse_number(value->text, strlen(value->text), 1, max, pages) || *pages & (*pages - 1))
		return diag_set(diag, -EINVAL, "%s: not a power of 2 from 1 to %llu: '%s'",
				value->name, (unsigned long long)max, value->text);
	return 0;
}

/* The len bytes at text; name is the option's. */
static int seconds_read(const char *name, const char *text, size_t len, uint64_t *ns,
			struct diag *diag)
{
	if (parse_duration(text, len, DURATION_MIN_NS, DURATION_MAX_NS, ns))
		return diag_set(diag, -EINVAL,
				"%s: not a time from 1ms to 1000000000 seconds, such as 60, .5, "
				"250ms or 5m: '%.*s'",
				name, (int)len, text);
	return 0;
}

static int duration_set(const struct option_value *value, struct diag *diag)
{
	return seconds_read(value->name, value->text, strlen(value->text), value->member, diag);
}

static int summary_set(const struct option_value *value, struct diag *diag)
{
	struct trace_config *trace = value->member;

	trace->program.summary = true;
	if (!value->text)
		return 0;
	return seconds_read(value->name, value->text, strlen(value->text), &trace->summary_ns,
			    diag);
}

static int top_set(const struct option_value *value, struct diag *diag)
{
	struct trace_config *trace = value->member;

	trace->program.summary = trace->top = true;
	trace->summary_ns = NS_PER_SECOND;
	if (!value->text)
		return 0;
	return seconds_read(value->name, value->text, strlen(value->text), &trace->summary_ns,
			    diag);
}

static int by_set(const struct option_value *value, struct diag *diag)
{
	return group_by_add(value->member, value->name, value->text, diag);
}

static int sort_set(const struct option_value *value, struct diag *diag)
{
	return group_column_find(value->name, value->text, value->member, diag);
}

/* SECONDS[:STATES] */
static int stuck_set(const struct option_value *value, struct diag *diag)
{
	struct stuck_limit *limit = value->member;
	size_t len = strcspn(value->text, ":");
	struct state_filter states = {0};
	int err = seconds_read(value->name, value->text, len, &limit->after_ns, diag);

	if (err)
		return err;
	limit->states = STUCK_STATES_DEFAULT;
	if (!value->text[len])
		return 0;
	err = state_filter_add(&states, value->name, value->text + len + 1, diag);
	limit->states = state_filter_mask(&states);
	return err ? err : state_mask_check(limit->states, value->name, diag);
}

static int output_set(const struct option_value *value, struct diag *diag)
{
	struct options *options = value->member;

	if (options->output)
		return diag_set(diag, -EINVAL, "%s: given twice: '%s'", value->name, value->text);
	options->output = value->text;
	options->fields_help = !strcmp(value->text, "help");
	return 0;
}

const char *const when_words[] = {"auto", "always", "never", NULL};

static int when_set(const struct option_value *value, struct diag *diag)
{
	const char *text = value->text ? value->text : "always";

	for (int i = 0; when_words[i]; i++) {
		if (strcmp(text, when_words[i]))
			continue;
		*(enum when *)value->member = i;
		return 0;
	}
	return diag_set(diag, -EINVAL, "%s: not auto, always or never: '%s'", value->name, text);
}

#define AT(place)      .member = offsetof(struct options, place)
#define PROGRAM(place) AT(trace.program.place)
#define FILTER(place)  PROGRAM(filter.place)
#define OUTPUT(place)  AT(trace.output.place)

#define NOT_EVENTS "summary top " /* what a summary has no lines for */
#define IN_TEXT	   "bpf-text " /* what the text of --bpf-text has already */

/*
 * Each pair that cannot be combined is in the row of one of the two. -w and -s can be combined, as
 * in the original, which then ignores -w.
 */
const struct option_row option_rows[] = {
	{'h', "help", .help = "show this help message and exit", AT(help)},
	{'T', "time", .help = "include time column on output (HH:MM:SS)", OUTPUT(time),
	 .conflicts = "summary+json top"},
	{'t', "timestamp", .help = "include timestamp on output (seconds)", OUTPUT(timestamp),
	 .conflicts = NOT_EVENTS},
	{'w', "wide", .help = "wide column output (fits IPv6 addresses)", AT(wide),
	 .conflicts = NOT_EVENTS "json otel"},
	{'s', "csv", .help = "comma separated values output", AT(csv),
	 .conflicts = NOT_EVENTS "json otel"},
	{'L', "localport", "LOCALPORT", "comma-separated list of local ports to trace",
	 .conflicts = IN_TEXT, FILTER(lports), .set = ports_set},
	{'D', "remoteport", "REMOTEPORT", "comma-separated list of remote ports to trace",
	 .conflicts = IN_TEXT, FILTER(rports), .set = ports_set},
	{'Y', "journal", .help = "log session state changes to the systemd journal",
	 OUTPUT(journal), .conflicts = NOT_EVENTS},
	{'4', "ipv4", .help = "trace IPv4 family only", FILTER(ipv4), .conflicts = IN_TEXT "ipv6"},
	{'6', "ipv6", .help = "trace IPv6 family only", FILTER(ipv6), .conflicts = IN_TEXT},
	{'p', "pid", "LIST", "processes that own the socket; PID+: with descendants",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .field = "opid", FILTER(opids),
	 .set = values_set},
	{0, "comm", "LIST", "names of the processes that own the socket: nginx, 'python*'",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .field = "ocomm", FILTER(ocomms),
	 .set = values_set},
	{0, "uid", "LIST", "users, by name or number, who own the socket", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, .field = "uid", FILTER(uids), .set = values_set},
	{0, "unit", "LIST", "systemd units of the socket: nginx, 'user@*', or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .field = "unit", FILTER(units),
	 .set = values_set},
	{0, "container", "LIST", "containers of the socket, by id or name", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, .field = "container", FILTER(containers), .set = values_set},
	{0, "pod", "LIST", "pods of Kubernetes, by UID", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, .field = "pod", FILTER(pods), .set = values_set},
	{0, "cgroup", "LIST", "cgroups of the socket, by path, and all below them",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .field = "cgroup", FILTER(cgroups),
	 .set = values_set},
	{0, "port", "LIST", "ports of either end to trace, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, FILTER(ports), .set = ports_set},
	{0, "laddr", "LIST", "local addresses and prefixes to trace, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_ADDRESSES,
	 FILTER(laddrs), .set = addresses_set},
	{0, "raddr", "LIST", "like --laddr, for remote addresses", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, FILTER(raddrs), .set = addresses_set},
	{0, "netns", "LIST", "network namespaces to trace: names, paths, inode numbers, or 'self'",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_NAMESPACES,
	 AT(trace.program), .set = netns_set},
	{0, "mptcp", .help = "trace subflows of MPTCP only", .group = GROUP_SELECT,
	 .conflicts = IN_TEXT, FILTER(mptcp)},
	{0, "old-state", "LIST", "trace changes from these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_STATES,
	 FILTER(old_states), .set = states_set},
	{0, "new-state", "LIST", "trace changes to these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", .complete = COMPLETE_STATES,
	 FILTER(new_states), .set = states_set},
	{0, "state", "LIST", "trace changes from or to these states, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, .complete = COMPLETE_STATES, FILTER(states),
	 .set = states_set},
	{0, "min-ms", "N", "trace changes after at least N milliseconds in the old state",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", FILTER(min_span), .set = span_set},
	{0, "max-ms", "N", "trace changes after at most N milliseconds in the old state",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", PROGRAM(filter), .set = max_ms_set},
	{0, "why", "LIST", "trace changes to CLOSE for these reasons, or '!LIST' to exclude",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT "now", .complete = COMPLETE_WHYS,
	 .field = "why", FILTER(whys), .set = values_set},
	{0, "filter", "EXPR", "trace only if EXPR is true: 'raddr == 10.0.0.0/8 && ms > 1.5'",
	 .group = GROUP_SELECT, .conflicts = IN_TEXT, PROGRAM(filter), .set = expression_set},
	{'o', "output", "NAME,...",
	 "print these fields, or add them with +NAME,...; 'help' lists all", .group = GROUP_SHOW,
	 .conflicts = NOT_EVENTS, .complete = COMPLETE_FIELDS, .set = output_set},
	{'x', "extended", .help = "print owner and close reason; unknown times are -",
	 .group = GROUP_SHOW, OUTPUT(extended), .conflicts = NOT_EVENTS},
	{0, "skaddr", .help = "print kernel addresses of sockets in every format",
	 .group = GROUP_SHOW, AT(skaddr), .conflicts = NOT_EVENTS "no-skaddr"},
	{0, "no-skaddr",
	 .help = "print socket numbers in place of kernel addresses in every format",
	 .group = GROUP_SHOW, AT(no_skaddr), .conflicts = NOT_EVENTS},
	{0, "no-object-pid", .help = "log no OBJECT_PID, so that journald adds no command line",
	 .group = GROUP_SHOW, OUTPUT(no_object_pid), .requires = "journal"},
	{'j', "json", .help = "print JSON, one object per line", .group = GROUP_FORMAT, AT(json),
	 .conflicts = "top"},
	{0, "otel", .help = "print JSON with the attribute names of OpenTelemetry",
	 .group = GROUP_FORMAT, AT(otel), .conflicts = NOT_EVENTS},
	{0, "color", "WHEN", "color the states: auto (on a terminal), always, never",
	 .group = GROUP_FORMAT, .conflicts = NOT_EVENTS "csv json otel", .complete = COMPLETE_WHEN,
	 AT(color), .set = when_set},
	{0, "csv-safe", "WHEN",
	 "defuse spreadsheet formulas in CSV: auto (in files), always, never",
	 .group = GROUP_FORMAT, .value_optional = true, .requires = "csv",
	 .complete = COMPLETE_WHEN, AT(csv_safe), .set = when_set},
	{'H', "no-header", .help = "print no header line", .group = GROUP_FORMAT, OUTPUT(no_header),
	 .conflicts = "json otel top"},
	{'q', "quiet", .help = "print no lines; requires -Y", .group = GROUP_FORMAT, OUTPUT(quiet),
	 .requires = "journal"},
	{0, "summary", "SECONDS",
	 "count changes and times per state; print at exit, or every SECONDS", .group = GROUP_MODES,
	 .value_optional = true, .conflicts = "now", AT(trace), .set = summary_set},
	{0, "histogram", .help = "print the times of each state as a histogram, too",
	 .group = GROUP_MODES, OUTPUT(histogram), .requires = "summary", .conflicts = "json"},
	{0, "top", "SECONDS", "live view of sessions by key, drawn every SECONDS (default 1)",
	 .group = GROUP_MODES, .value_optional = true,
	 .conflicts = "summary sessions now limit old-state new-state state min-ms max-ms",
	 AT(trace), .set = top_set},
	{0, "by", "FIELD,...", "count sessions by these fields, for example ocomm,lport",
	 .group = GROUP_MODES, .requires = "summary|top", .complete = COMPLETE_KEYS,
	 .conflicts = "histogram old-state new-state state min-ms max-ms", PROGRAM(by),
	 .set = by_set},
	{0, "sort", "COLUMN", "sort the keys by this column, for example stuck (default failed)",
	 .group = GROUP_MODES, .requires = "by|top", .complete = COMPLETE_COLUMNS, AT(trace.sort),
	 .set = sort_set},
	{0, "limit", "N", "print at most N keys (default " STRING(LIMIT_DEFAULT) ")",
	 .group = GROUP_MODES, .requires = "by", .conflicts = "json", OUTPUT(limit),
	 .set = number_set, .max = UINT64_MAX},
	{0, "sessions", .help = "print one line a session, at its end", .group = GROUP_MODES,
	 .conflicts = "summary stuck now extended old-state new-state state min-ms max-ms",
	 PROGRAM(sessions)},
	{0, "stuck", "SECONDS[:STATES]", "also report sessions that stay in a state for SECONDS",
	 .group = GROUP_MODES, .conflicts = "summary!by now", .complete = COMPLETE_STUCK,
	 AT(trace.stuck), .set = stuck_set},
	{0, "now", .help = "list open sockets and exit", .group = GROUP_MODES, AT(now),
	 .conflicts = "bpf-text"},
	{0, "check", .help = "check whether tracing works on this host and exit",
	 .group = GROUP_MODES, AT(check), .conflicts = "ebpf now"},
	{0, "ebpf", .help = "print the source of the BPF program and exit", .group = GROUP_MODES,
	 AT(ebpf)},
	{0, "bpf-text", "FILE", "run a program that --ebpf printed and you edited (-: stdin)",
	 .group = GROUP_MODES, .complete = COMPLETE_FILES, AT(bpf_text), .set = path_set},
	{'V', "version", .help = "print the version and exit", .group = GROUP_MODES, AT(version)},
	{'n', "count", "COUNT", "exit after COUNT events", .group = GROUP_STOP,
	 .conflicts = NOT_EVENTS, OUTPUT(count), .set = number_set, .max = UINT64_MAX},
	{'d', "duration", "SECONDS", "exit after SECONDS, for example 0.5", .group = GROUP_STOP,
	 .conflicts = "now", AT(trace.duration_ns), .set = duration_set},
	{'v', "verbose", .help = "report the steps of the start on stderr, with times",
	 .group = GROUP_TUNING, AT(verbose)},
	{0, "probe", "NAME", "use only this probe: raw_tracepoint, tracepoint or kprobe",
	 .group = GROUP_TUNING, .conflicts = "now", .complete = COMPLETE_PROBES, PROGRAM(probe),
	 .set = probe_set},
	{0, "kernel-headers", "PATH", "compile with kernel headers: a directory or kheaders.tar.xz",
	 .group = GROUP_TUNING, .value_optional = true, .complete = COMPLETE_FILES,
	 AT(trace.program), .set = kernel_headers_set},
	{0, "no-cache", .help = "compile at each start, store no object", .group = GROUP_TUNING,
	 AT(no_cache), .conflicts = "cache-dir"},
	{0, "cache-dir", "DIR", "directory of compiled objects (default " CACHE_DIR_DEFAULT ")",
	 .group = GROUP_TUNING, .complete = COMPLETE_FOLDERS, PROGRAM(cache_dir), .set = path_set},
	{0, "max-sockets", "N",
	 "maximum number of timed sockets (default " STRING(MAX_SOCKETS_DEFAULT) ")",
	 .group = GROUP_TUNING, .conflicts = IN_TEXT, PROGRAM(max_sockets), .set = number_set,
	 /* a BPF hash table has a size of 32 bits, rounded up to a power of 2 */
	 .max = 1U << 31},
	{0, "max-keys", "N",
	 "maximum number of keys of --by (default " STRING(MAX_GROUPS_DEFAULT) ")",
	 .group = GROUP_TUNING, .requires = "by|top", PROGRAM(by.max_groups), .set = number_set,
	 .max = 1U << 20},
	{0, "buffer-pages", "N",
	 "perf buffer of each CPU in pages of 4 KiB (default " STRING(BUFFER_PAGES_DEFAULT) ")",
	 .group = GROUP_TUNING, .conflicts = NOT_EVENTS "now", AT(trace.buffer_pages),
	 .set = pages_set, .max = 1 << 16},
	{0, "max-compile", "SECONDS",
	 "abort compilation after SECONDS (default " STRING(MAX_COMPILE_S_DEFAULT) ")",
	 .group = GROUP_TUNING, PROGRAM(max_compile_s), .set = number_set, .max = 3600},
	{0, "keep-privileges", .help = "keep privileges after attaching (default: drop them)",
	 .group = GROUP_TUNING, AT(trace.keep_privileges)},
};

const char *const group_names[] = {
	[GROUP_CLASSIC] = "options", [GROUP_SELECT] = "select", [GROUP_SHOW] = "show",
	[GROUP_FORMAT] = "format",   [GROUP_MODES] = "modes",	[GROUP_STOP] = "stop",
	[GROUP_TUNING] = "tuning",
};

_Static_assert(sizeof(option_rows) / sizeof(*option_rows) <= OPTION_ROWS_MAX,
	       "more rows than room");
const size_t option_row_count = sizeof(option_rows) / sizeof(*option_rows);
