/* SPDX-License-Identifier: Apache-2.0 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diag.h"
#include "expression.h"
#include "parse.h"
#include "probe.h"
#include "text.h"

#define STRING_OF(value) #value
#define STRING(macro)	 STRING_OF(macro)
#define LONG_ONLY	 256 /* + row: the value of an option without a letter */
#define HELP_COLUMN	 20
#define DURATION_MIN_NS	 1000000ULL
#define DURATION_MAX_NS	 1000000000000000000ULL /* timerfd takes nine times as much */

typedef int option_fn(struct options *options, const char *value, struct diag *diag);

enum group {
	GROUP_CLASSIC, /* the interface of BCC's tool */
	GROUP_MORE,
};

struct option_row {
	char letter; /* or 0 */
	const char *name;
	const char *metavar; /* or NULL: takes no value */
	const char *help;
	enum group group;
	bool value_optional;
	bool or_next; /* excludes the next row */
	const char *in_text; /* what it sets in the program text, so not in --bpf-text's */
	size_t flag; /* the bool to set ... */
	option_fn *set; /* ... or what to do with the value */
};

static int lport_set(struct options *options, const char *value, struct diag *diag)
{
	return port_filter_add(&options->lports, "-L/--localport", value, diag);
}

static int rport_set(struct options *options, const char *value, struct diag *diag)
{
	return port_filter_add(&options->rports, "-D/--remoteport", value, diag);
}

static int laddr_set(struct options *options, const char *value, struct diag *diag)
{
	return address_filter_add(&options->laddrs, "--laddr", value, diag);
}

static int raddr_set(struct options *options, const char *value, struct diag *diag)
{
	return address_filter_add(&options->raddrs, "--raddr", value, diag);
}

static int old_state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->old_states, "--old-state", value, diag);
}

static int new_state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->new_states, "--new-state", value, diag);
}

static int state_set(struct options *options, const char *value, struct diag *diag)
{
	return state_filter_add(&options->states, "--state", value, diag);
}

static int min_ms_set(struct options *options, const char *value, struct diag *diag)
{
	return span_filter_set(&options->min_span, "--min-ms", value, diag);
}

static int probe_set(struct options *options, const char *value, struct diag *diag)
{
	_cleanup_text_ struct text known = {0};

	options->probe = value;
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

/* Each is looked at by itself, for its own columns, and all together, for the bounds. */
static int filter_set(struct options *options, const char *value, struct diag *diag)
{
	const char *before = options->expression;
	char *all;
	int err = expression_check(value, diag);

	if (err)
		return err;
	if ((before ? asprintf(&all, "(%s) && (%s)", before, value) : asprintf(&all, "%s", value)) <
	    0)
		return diag_errno(diag, -ENOMEM, "--filter");
	free((char *)before);
	options->expression = all;
	return before ? expression_check(all, diag) : 0;
}

static int headers_set(struct options *options, const char *value, struct diag *diag)
{
	options->kernel_headers = true;
	options->kernel_headers_path = value;
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
	options->cache_dir = value;
	return *value ? 0 : diag_set(diag, -EINVAL, "--cache-dir: the path is empty");
}

static int count_set(struct options *options, const char *value, struct diag *diag)
{
	if (parse_number(value, strlen(value), 1, UINT64_MAX, &options->count))
		return diag_set(diag, -EINVAL,
				"-n/--count: not a number from 1 to 18446744073709551615: '%s'",
				value);
	return 0;
}

static int duration_set(struct options *options, const char *value, struct diag *diag)
{
	if (parse_decimal(value, strlen(value), 9, DURATION_MIN_NS, DURATION_MAX_NS,
			  &options->duration_ns))
		return diag_set(diag, -EINVAL,
				"-d/--duration: not seconds from 0.001 to 1000000000, with at most "
				"9 decimals: '%s'",
				value);
	return 0;
}

static int max_sockets_set(struct options *options, const char *value, struct diag *diag)
{
	/* A BPF hash table's size is 32 bits, rounded up to a power of 2. */
	if (parse_number(value, strlen(value), 1, 1U << 31, &options->max_sockets))
		return diag_set(diag, -EINVAL,
				"--max-sockets: not a number from 1 to 2147483648: '%s'", value);
	return 0;
}

static int buffer_pages_set(struct options *options, const char *value, struct diag *diag)
{
	/* The kernel wants a power of 2 (perf_event_open(2), "MMAP layout"). */
	if (parse_number(value, strlen(value), 1, 1 << 16, &options->buffer_pages) ||
	    options->buffer_pages & (options->buffer_pages - 1))
		return diag_set(diag, -EINVAL,
				"--buffer-pages: not a power of 2 from 1 to 65536: '%s'", value);
	return 0;
}

static int max_compile_set(struct options *options, const char *value, struct diag *diag)
{
	if (parse_number(value, strlen(value), 1, 3600, &options->max_compile_s))
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

static int color_set(struct options *options, const char *value, struct diag *diag)
{
	options->color = strcmp(value, "auto") ? value : NULL;
	if (!options->color || !strcmp(value, "always") || !strcmp(value, "never"))
		return 0;
	return diag_set(diag, -EINVAL, "--color: not auto, always or never: '%s'", value);
}

#define FLAG(member) .flag = offsetof(struct options, member)

static const struct option_row rows[] = {
	{'h', "help", .help = "show this help message and exit", FLAG(help)},
	{'T', "time", .help = "include time column on output (HH:MM:SS)", FLAG(time)},
	{'t', "timestamp", .help = "include timestamp on output (seconds)", FLAG(timestamp)},
	{'w', "wide", .help = "wide column output (fits IPv6 addresses)", FLAG(wide)},
	{'s', "csv", .help = "comma separated values output", FLAG(csv)},
	{'L', "localport", "LOCALPORT", "comma-separated list of local ports to trace",
	 .in_text = "filters", .set = lport_set},
	{'D', "remoteport", "REMOTEPORT", "comma-separated list of remote ports to trace",
	 .in_text = "filters", .set = rport_set},
	{'Y', "journal", .help = "log session state changes to the systemd journal", FLAG(journal)},
	{'4', "ipv4", .help = "trace IPv4 family only", FLAG(ipv4), .or_next = true,
	 .in_text = "filters"},
	{'6', "ipv6", .help = "trace IPv6 family only", FLAG(ipv6), .in_text = "filters"},
	{0, "laddr", "LIST", "trace these local addresses and prefixes, or with !LIST all others",
	 .group = GROUP_MORE, .in_text = "filters", .set = laddr_set},
	{0, "raddr", "LIST", "the same of remote ones", .group = GROUP_MORE, .in_text = "filters",
	 .set = raddr_set},
	{0, "old-state", "LIST", "trace changes from these states, or with !LIST from others",
	 .group = GROUP_MORE, .in_text = "filters", .set = old_state_set},
	{0, "new-state", "LIST", "trace changes to these states, or with !LIST to others",
	 .group = GROUP_MORE, .in_text = "filters", .set = new_state_set},
	{0, "state", "LIST", "trace changes from or to these states, or with !LIST neither",
	 .group = GROUP_MORE, .in_text = "filters", .set = state_set},
	{0, "min-ms", "N", "trace changes after at least N ms (1.5, say) in the old state",
	 .group = GROUP_MORE, .in_text = "filters", .set = min_ms_set},
	{'o', "output", "NAME,...",
	 "show these fields, or with +NAME,... these as well; help lists them", .group = GROUP_MORE,
	 .set = output_set},
	{'j', "json", .help = "print JSON, one object a line", .group = GROUP_MORE, FLAG(json)},
	{0, "otel", .help = "print JSON with OpenTelemetry's names", .group = GROUP_MORE,
	 FLAG(otel)},
	{0, "color", "WHEN", "color states: auto (on a terminal), always, never",
	 .group = GROUP_MORE, .set = color_set},
	{'n', "count", "COUNT", "stop after so many events", .group = GROUP_MORE, .set = count_set},
	{'d', "duration", "SECONDS", "stop after so long (such as 0.5)", .group = GROUP_MORE,
	 .set = duration_set},
	{'q', "quiet", .help = "print nothing: for -Y", .group = GROUP_MORE, FLAG(quiet)},
	{'H', "no-header", .help = "print no header line", .group = GROUP_MORE, FLAG(no_header)},
	{0, "ebpf", .help = "print the BPF program's text and exit", .group = GROUP_MORE,
	 FLAG(ebpf)},
	{0, "bpf-text", "FILE", "run this text, which --ebpf printed (- is stdin)",
	 .group = GROUP_MORE, .set = bpf_text_set},
	{'v', "verbose", .help = "tell on stderr what is done at start, and its time",
	 .group = GROUP_MORE, FLAG(verbose)},
	{'V', "version", .help = "print the version and exit", .group = GROUP_MORE, FLAG(version)},
	{0, "probe", "NAME", "use this probe and no other", .group = GROUP_MORE, .set = probe_set},
	{0, "filter", "EXPR", "trace only where it holds, as 'rport == 443 && span_us > 1000'",
	 .group = GROUP_MORE, .in_text = "filters", .set = filter_set},
	{0, "kernel-headers", "PATH",
	 "compile against the kernel's headers (a folder, kheaders.tar.xz)", .group = GROUP_MORE,
	 .value_optional = true, .set = headers_set},
	{0, "no-cache", .help = "compile, and keep nothing", .group = GROUP_MORE, FLAG(no_cache)},
	{0, "cache-dir", "DIR", "keep compiled objects there (default " CACHE_DIR_DEFAULT ")",
	 .group = GROUP_MORE, .set = cache_dir_set},
	{0, "max-sockets", "N",
	 "keep the times of at most N sockets (default " STRING(MAX_SOCKETS_DEFAULT) ")",
	 .group = GROUP_MORE, .in_text = "table size", .set = max_sockets_set},
	{0, "buffer-pages", "N",
	 "pages of each CPU's perf buffer (default " STRING(BUFFER_PAGES_DEFAULT) ")",
	 .group = GROUP_MORE, .set = buffer_pages_set},
	{0, "max-compile", "SECONDS",
	 "give the compiler at most so long (default " STRING(MAX_COMPILE_S_DEFAULT) ")",
	 .group = GROUP_MORE, .set = max_compile_set},
};

#define ROWS (sizeof(rows) / sizeof(*rows))

/*
 * What was short for a classic option before there were others that begin so. getopt_long(3) takes
 * a whole name before a prefix of two.
 */
static const struct {
	const char *name;
	char letter;
} aliases[] = {
	{"c", 's'}, /* --cache-dir */
	{"l", 'L'}, /* --laddr */
	{"r", 'D'}, /* --raddr */
	{"j", 'Y'}, /* --json */
};

#define ALIASES (sizeof(aliases) / sizeof(*aliases))

static const char examples[] = "examples:\n"
			       "    tcpstates           # trace all TCP state changes\n"
			       "    tcpstates -t        # include timestamp column\n"
			       "    tcpstates -T        # include time column (HH:MM:SS)\n"
			       "    tcpstates -w        # wider columns (fit IPv6)\n"
			       "    tcpstates -stT      # csv output, with times & timestamps\n"
			       "    tcpstates -Y        # log events to the systemd journal\n"
			       "    tcpstates -L 80     # only trace local port 80\n"
			       "    tcpstates -L 80,81  # only trace local ports 80 and 81\n"
			       "    tcpstates -D 80     # only trace remote port 80\n"
			       "    tcpstates -4        # trace IPv4 family only\n"
			       "    tcpstates -6        # trace IPv6 family only\n";

static void usage_print(FILE *file)
{
	fputs("usage: tcpstates", file);
	for (size_t i = 0; i < ROWS && rows[i].group == GROUP_CLASSIC; i++) {
		fprintf(file, "%s-%c", i && rows[i - 1].or_next ? " | " : " [", rows[i].letter);
		if (rows[i].metavar)
			fprintf(file, " %s", rows[i].metavar);
		if (!rows[i].or_next)
			fputc(']', file);
	}
	fputs("\n\nTrace TCP session state changes and durations\n", file);
}

static void row_print(FILE *file, const struct option_row *row)
{
	int column = 0;

	if (row->letter)
		column += fprintf(file, "  -%c, --%s", row->letter, row->name);
	else
		column += fprintf(file, "  --%s", row->name);
	if (row->metavar && row->group != GROUP_CLASSIC)
		column += fprintf(file, row->value_optional ? "[=%s]" : "=%s", row->metavar);
	if (column > HELP_COLUMN - 2) {
		fputc('\n', file);
		column = 0;
	}
	fprintf(file, "%*s%s\n", HELP_COLUMN - column, "", row->help);
}

void options_help(FILE *file)
{
	enum group group = GROUP_CLASSIC;

	usage_print(file);
	fputs("\noptions:\n", file);
	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].group != group)
			fputs("\nmore options:\n", file);
		group = rows[i].group;
		row_print(file, &rows[i]);
	}
	fprintf(file, "\n%s", examples);
}

static int row_value(size_t row)
{
	return rows[row].letter ? rows[row].letter : LONG_ONLY + (int)row;
}

static const struct option_row *row_find(int value)
{
	for (size_t i = 0; i < ROWS; i++)
		if (row_value(i) == value)
			return &rows[i];
	return NULL;
}

static struct option getopt_long_row(const char *name, const struct option_row *row)
{
	return (struct option){
		.name = name,
		.has_arg = !row->metavar	 ? no_argument
			   : row->value_optional ? optional_argument
						 : required_argument,
		.val = row_value(row - rows),
	};
}

/* What getopt_long(3) wants to know, out of the tables. */
static void getopt_tables(char letters[2 * ROWS + 1], struct option longs[ROWS + ALIASES + 1])
{
	for (size_t i = 0; i < ROWS; i++) {
		longs[i] = getopt_long_row(rows[i].name, &rows[i]);
		if (rows[i].letter)
			*letters++ = rows[i].letter;
		if (rows[i].letter && rows[i].metavar)
			*letters++ = ':';
	}
	*letters = '\0';
	for (size_t i = 0; i < ALIASES; i++)
		longs[ROWS + i] = getopt_long_row(aliases[i].name, row_find(aliases[i].letter));
	longs[ROWS + ALIASES] = (struct option){0};
}

static int option_set(struct options *options, const struct option_row *row, struct diag *diag)
{
	if (row->set)
		return row->set(options, optarg, diag);
	*(bool *)((char *)options + row->flag) = true;
	return 0;
}

/* getopt_long(3) would print its message; a message of ours says the same in our one place. */
static int getopt_explain(int value, char **argv, struct diag *diag)
{
	const char *word = argv[optind - 1];

	/* In the middle of a cluster, getopt(3) has not gone on to the next word yet. */
	if (value == '?' && optopt && !row_find(optopt))
		return diag_set(diag, -EINVAL, "unknown option: '-%c'", optopt);
	if (value == ':' && optopt < LONG_ONLY && word[1] != '-')
		return diag_set(diag, -EINVAL, "a value is missing: '-%c'", optopt);
	return diag_set(diag, -EINVAL, "%s: '%s'",
			value == ':' ? "a value is missing"
			: optopt     ? "no value is wanted"
				     : "unknown or ambiguous option",
			word);
}

static enum layout layout_choose(const struct options *options)
{
	return options->otel   ? LAYOUT_OTEL
	       : options->json ? LAYOUT_JSON
	       : options->csv  ? LAYOUT_CSV
	       : options->wide ? LAYOUT_WIDE
			       : LAYOUT_COLUMNS;
}

/* Columns and CSV have their own fields without a list. */
static int fields_choose(struct options *options, struct diag *diag)
{
	struct line_format format;

	options_format(options, &format);
	if (!options->output && format.layout < LAYOUT_JSON)
		return 0;
	return field_list_make(&options->fields, &format, options->output, diag);
}

/* https://no-color.org */
static bool color_choose(const struct options *options)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (options->color)
		return !strcmp(options->color, "always");
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

void options_format(struct options *options, struct line_format *format)
{
	*format = (struct line_format){
		.layout = layout_choose(options),
		.time = options->time,
		.timestamp = options->timestamp,
		.color = color_choose(options),
		.list = options->fields.count ? &options->fields : NULL,
	};
}

/* What each option could not see of the others. in_text is one that was given, or NULL. */
static int options_check(const struct options *options, const struct option_row *in_text,
			 struct diag *diag)
{
	char letter[] = {'-', in_text ? in_text->letter : 0, '\0'};

	if (options->ipv4 && options->ipv6)
		return diag_set(diag, -EINVAL, "-4/--ipv4 and -6/--ipv6 exclude each other");
	if (options->csv && (options->json || options->otel))
		return diag_set(diag, -EINVAL, "-s/--csv and -j/--json exclude each other");
	if (options->quiet && !options->journal)
		return diag_set(diag, -EINVAL, "-q/--quiet prints nothing: it needs -Y/--journal");
	if (options->bpf_text && in_text)
		return diag_set(diag, -EINVAL,
				"--bpf-text: %s has its own %s: %s%s goes without it",
				options->bpf_text, in_text->in_text, letter[1] ? letter : "--",
				letter[1] ? "" : in_text->name);
	return 0;
}

int options_parse(int argc, char **argv, struct options *options, struct diag *diag)
{
	char letters[2 * ROWS + 2] = ":";
	struct option longs[ROWS + ALIASES + 1];
	const struct option_row *row, *in_text = NULL;
	int value, err;

	*options = (struct options){
		.cache_dir = CACHE_DIR_DEFAULT,
		.max_sockets = MAX_SOCKETS_DEFAULT,
		.buffer_pages = BUFFER_PAGES_DEFAULT,
		.max_compile_s = MAX_COMPILE_S_DEFAULT,
	};
	getopt_tables(letters + 1, longs);
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		row = value == '?' || value == ':' ? NULL : row_find(value);
		err = row ? option_set(options, row, diag) : getopt_explain(value, argv, diag);
		if (err)
			return err;
		if (row->in_text)
			in_text = row;
	}
	if (options->help || options->version || options->fields_help)
		return 0;
	if (optind < argc)
		return diag_set(diag, -EINVAL, "unexpected argument: '%s'", argv[optind]);
	err = options_check(options, in_text, diag);
	if (!err)
		err = fields_choose(options, diag);
	return err ? err : filter_finish(options, diag);
}

void options_free(struct options *options)
{
	port_filter_free(&options->lports);
	port_filter_free(&options->rports);
	address_filter_free(&options->laddrs);
	address_filter_free(&options->raddrs);
	free((char *)options->expression);
}
