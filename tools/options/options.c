/* SPDX-License-Identifier: Apache-2.0 */
#include "options/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/nearest.h"
#include "base/text.h"
#include "options/option_rows.h"
#include "system/privileges.h"

#define FIELDS_LISTED "uid,opid,ocomm,netns,recv_q,send_q"
#define FIELDS_NOW    "state,laddr,lport,raddr,rport," FIELDS_LISTED
#define FIELDS_SESSION                                                                             \
	"laddr,lport,raddr,rport,opened,connect_ms,established_ms,close_ms,tx_bytes,rx_bytes,"     \
	"rtt_us,retrans,why,first"
#define TOP_BY	       "ocomm,unit,container,uid"
#define GROUP_STUCK_NS (60 * NS_PER_SECOND)
#define COUNT(array)   (sizeof(array) / sizeof(*(array)))
#define LONG_ONLY      256 /* + row: the value of an option without a letter */

/*
 * Short forms of classic options that other options now begin with, too. getopt_long(3) prefers a
 * whole name to a prefix of two.
 */
static const struct {
	const char *name;
	const char *classic;
} aliases[] = {
	{"c", "csv"}, /* --cache-dir */
	{"cs", "csv"}, /* --csv-safe */
	{"l", "localport"}, /* --laddr */
	{"r", "remoteport"}, /* --raddr */
	{"j", "journal"}, /* --json */
	{"e", "ebpf"}, /* --extended */
	{"w", "wide"}, /* --why */
	{"h", "help"}, /* --histogram */
};

static int row_value(size_t row)
{
	return option_rows[row].letter ? option_rows[row].letter : LONG_ONLY + (int)row;
}

static const struct option_row *row_find(int value)
{
	for (size_t i = 0; i < option_row_count; i++)
		if (row_value(i) == value)
			return &option_rows[i];
	return NULL;
}

/* The row with the name of len bytes, which must be there. */
static const struct option_row *row_named(const char *name, size_t len)
{
	const struct option_row *row = option_rows;

	while (strncmp(row->name, name, len) || row->name[len])
		row++;
	return row;
}

static struct option getopt_long_row(const char *name, const struct option_row *row)
{
	int has_arg = row->metavar ? required_argument : no_argument;

	if (row->value_optional)
		has_arg = optional_argument;
	return (struct option){.name = name,
			       .has_arg = has_arg,
			       .val = row_value(row - option_rows)};
}

#define NAMES_ROOM 128 /* for two options, as messages name them */

/* "-s/--csv" or "--summary" */
static int row_name(const struct option_row *row, char *name, size_t room)
{
	return row->letter ? snprintf(name, room, "-%c/--%s", row->letter, row->name)
			   : snprintf(name, room, "--%s", row->name);
}

/* A word that begins with --, which is the beginning of several names, or of none. */
static int long_refuse(const char *word, struct diag *diag)
{
	const char *written = word + strspn(word, "-");
	size_t len = strcspn(written, "=");
	struct nearest nearest = nearest_begin(written, len);
	_cleanup_text_ struct text begun = {0};

	for (size_t i = 0; i < option_row_count; i++) {
		nearest_try(&nearest, option_rows[i].name);
		if (len && !strncmp(option_rows[i].name, written, len))
			text_printf(&begun, "%s--%s", begun.len ? ", " : "", option_rows[i].name);
	}
	if (begun.len)
		return diag_set(diag, -EINVAL, "ambiguous option '%s': %s", word, begun.data);
	if (nearest.word)
		return diag_set(diag, -EINVAL, "unknown option '%s': did you mean --%s?", word,
				nearest.word);
	return diag_set(diag, -EINVAL, "unknown option '%s'", word);
}

/* getopt_long(3) would print a message; ours goes through main(), as all do. */
static int getopt_explain(int value, char **argv, struct diag *diag)
{
	const char *word = argv[optind - 1];

	/* In the middle of a cluster, getopt(3) has not gone on to the next word yet. */
	if (value == '?' && optopt && !row_find(optopt))
		return diag_set(diag, -EINVAL, "unknown option '-%c'", optopt);
	if (value == ':' && optopt < LONG_ONLY && word[1] != '-')
		return diag_set(diag, -EINVAL, "option '-%c' requires a value", optopt);
	if (value == ':')
		return diag_set(diag, -EINVAL, "option '%s' requires a value", word);
	if (optopt)
		return diag_set(diag, -EINVAL, "option '%.*s' does not take a value",
				(int)strcspn(word, "="), word);
	return long_refuse(word, diag);
}

/*
 * An argument that no option takes. before is the option that it follows, if that has an optional
 * value, or NULL.
 */
static int argument_refuse(const char *argument, const struct option_row *before, struct diag *diag)
{
	diag_set(diag, -EINVAL, "unexpected argument: '%s'", argument);
	if (before)
		diag_hint(diag, "did you mean --%s=%s?", before->name, argument);
	return -EINVAL;
}

static enum output_format format_choose(const struct options *options)
{
	if (options->otel)
		return FORMAT_OTEL;
	if (options->json)
		return FORMAT_JSON;
	if (options->csv)
		return FORMAT_CSV;
	return options->wide ? FORMAT_WIDE : FORMAT_COLUMNS;
}

/* Fills the list of fields, which columns and CSV need only if they are not the original's. */
static int fields_choose(struct options *options, struct diag *diag)
{
	struct output_config *output = &options->trace.output;
	const char *names = options->output, *own = NULL;
	const struct line_format format = {
		.kind = output->format,
		.time = output->time,
		.timestamp = output->timestamp,
		.extended = output->extended,
	};
	bool is_classic = output->format < FORMAT_JSON;
	int err = 0;

	for (size_t i = 0; !err && i < options->trace.program.by.count; i++)
		err = field_list_add(&output->fields, &format,
				     group_by_name(&options->trace.program.by, i), diag);
	if (err || output->fields.count)
		return err;
	if (names && names[0] != '+')
		own = NULL;
	else if (options->now && !output->extended)
		own = is_classic ? FIELDS_NOW : "+" FIELDS_LISTED;
	else if (options->trace.program.sessions && output->format < FORMAT_CSV && !output->quiet)
		own = "start_time,opid,ocomm," FIELDS_SESSION;
	else if (options->trace.program.sessions)
		own = "isotime,start,opid,ocomm,ofrom,ip," FIELDS_SESSION;
	if (!names && !own && !output->extended && is_classic)
		return 0;
	err = field_list_make(&output->fields, &format, own ? own : names, diag);
	return !err && own && names ? field_list_add(&output->fields, &format, names, diag) : err;
}

/* The stack of the program has no room for more. */
static int room_check(const struct program_spec *program, struct diag *diag)
{
	size_t record = program->layout.sent, key = group_key_size(&program->by);

	if (program->by.count && record + key > EVENT_AND_KEY_MAX)
		return diag_set(diag, -EINVAL,
				"--by: the record and the key of these fields have %zu bytes, at "
				"most %d fit: request fewer",
				record + key, EVENT_AND_KEY_MAX);
	if (record > EVENT_SIZE_MAX)
		return diag_set(diag, -EINVAL,
				"-o/--output: the record of these fields has %zu bytes, at most %d "
				"fit: request fewer",
				record, EVENT_SIZE_MAX);
	return 0;
}

/* With --by, no line reports a stuck session: they are counted. */
static void groups_finish(struct options *options)
{
	struct trace_config *trace = &options->trace;

	if (!trace->program.by.count)
		return;
	trace->group_stuck = trace->stuck;
	trace->stuck = (struct stuck_limit){0};
	if (!trace->group_stuck.after_ns)
		trace->group_stuck = (struct stuck_limit){GROUP_STUCK_NS, STUCK_STATES_DEFAULT};
}

static int filter_complete(struct options *options, struct diag *diag)
{
	struct filter *filter = &options->trace.program.filter;
	int err = filter_finish(filter, diag);

	options->trace.program.mptcp = filter_reads_mptcp(filter);
	if (!err && options->ebpf && filter->marks.count)
		err = diag_set(diag, -EINVAL,
			       "--ebpf cannot print filters by PID+ or by names of cgroups: the "
			       "tracer answers them");
	return err;
}

/* Derives the members of trace that follow from several options. */
static int trace_finish(struct options *options, struct diag *diag)
{
	struct program_spec *program = &options->trace.program;
	struct output_config *output = &options->trace.output;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	unsigned int optionals;
	struct diag none;
	bool shows_skaddr;
	struct stat st;
	int err;

	output->format = format_choose(options);
	if (options->trace.top && !program->by.count) {
		group_by_add(&program->by, "--top", TOP_BY, diag);
		options->trace.top_key = 1;
	}
	/* https://no-color.org */
	output->color = options->color == WHEN_ALWAYS ||
			(options->color == WHEN_AUTO && isatty(STDOUT_FILENO) &&
			 !(no_color && *no_color) && !(term && !strcmp(term, "dumb")));
	/* A file is opened in a spreadsheet; the reader of a pipe expects the name unchanged. */
	output->csv_safe = options->csv_safe == WHEN_ALWAYS ||
			   (options->csv_safe == WHEN_AUTO && !fstat(STDOUT_FILENO, &st) &&
			    S_ISREG(st.st_mode));
	output->summary = program->summary;
	output->sessions = program->sessions;
	err = fields_choose(options, diag);
	if (!err)
		err = filter_complete(options, diag);
	if (err)
		return err;

	/*
	 * An address shows an attacker where the kernel's heap is. The original's formats print it,
	 * all others (a list of fields, which JSON always has) only on request.
	 */
	shows_skaddr = !output->fields.count || field_list_has(&output->fields, "skaddr");
	optionals = field_list_optionals(&output->fields) | filter_optionals(&program->filter) |
		    group_by_optionals(&program->by);
	if (shows_skaddr && !program->summary &&
	    (options->no_skaddr || (output->fields.count && !options->skaddr))) {
		output->numbered = program->max_sockets;
		optionals |= 1U << OPTIONAL_AGE; /* for socket_numbers_replace() */
	}
	/* An entry belongs to the owner of the socket, where this kernel shows it. */
	if (output->journal && !program->summary && !offsets_available(&none))
		optionals |= 1U << OPTIONAL_OWNER;
	event_layout_init(&program->layout, optionals);
	err = options->now ? 0 : room_check(program, diag);
	if (err)
		return err;
	groups_finish(options);
	program->stuck = options->trace.stuck.after_ns;
	if (options->no_cache)
		program->cache_dir = NULL;
	return 0;
}

/* Whether all of the len bytes at names, "A" or "A+B", were given; of "A!B", A without B. */
static bool names_are_given(const char *names, size_t len, const bool given[OPTION_ROWS_MAX],
			    char shown[NAMES_ROOM])
{
	size_t used = 0;

	for (const char *at = names, *end = names + len; at < end;) {
		size_t name = strcspn(at, "+! ");
		const struct option_row *row = row_named(at, name);
		bool is_without = at > names && at[-1] == '!';

		if (given[row - option_rows] == is_without)
			return false;
		if (is_without)
			break;
		if (at > names)
			used += snprintf(shown + used, NAMES_ROOM - used, " and ");
		used += row_name(row, shown + used, NAMES_ROOM - used);
		at += name + 1;
	}
	return true;
}

/* Whether one of names, "A" or "A|B", was given. */
static bool one_is_given(const char *names, const bool given[OPTION_ROWS_MAX],
			 char shown[NAMES_ROOM])
{
	size_t used = 0;

	for (const char *at = names;; at++) {
		size_t name = strcspn(at, "|");
		const struct option_row *row = row_named(at, name);

		if (given[row - option_rows])
			return true;
		if (at > names)
			used += snprintf(shown + used, NAMES_ROOM - used, " or ");
		used += row_name(row, shown + used, NAMES_ROOM - used);
		at += name;
		if (!*at)
			return false;
	}
}

/* Which options can be combined is in their rows. */
static int combinations_check(const bool given[OPTION_ROWS_MAX], struct diag *diag)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];
		const char *at = row->conflicts ? row->conflicts : "";
		char name[NAMES_ROOM], other[NAMES_ROOM];

		if (!given[i])
			continue;
		row_name(row, name, sizeof(name));
		if (row->requires && !one_is_given(row->requires, given, other))
			return diag_set(diag, -EINVAL, "%s requires %s", name, other);
		for (; *at; at += strcspn(at, " "), at += *at == ' ')
			if (names_are_given(at, strcspn(at, " "), given, other))
				return diag_set(diag, -EINVAL, "%s cannot be combined with %s",
						name, other);
	}
	return 0;
}

/* A user who runs it with raised privileges must not choose what it loads. */
static int raised_check(const struct options *options, struct diag *diag)
{
	const struct program_spec *program = &options->trace.program;
	const struct {
		bool is;
		const char *name;
	} choices[] = {
		{options->bpf_text, "--bpf-text"},
		{program->kernel_headers_path, "--kernel-headers=PATH"},
		{strcmp(program->cache_dir, CACHE_DIR_DEFAULT), "--cache-dir"},
		{program->filter.netns.by_path, "--netns=PATH"},
	};

	if (!privileges_are_raised())
		return 0;
	for (size_t i = 0; i < COUNT(choices); i++)
		if (choices[i].is)
			return diag_set(diag, -EPERM,
					"%s cannot be used with raised privileges (setuid or file "
					"capabilities)",
					choices[i].name);
	return 0;
}

static const struct options defaults = {
	.trace.program.cache_dir = CACHE_DIR_DEFAULT,
	.trace.program.max_sockets = MAX_SOCKETS_DEFAULT,
	.trace.program.max_compile_s = MAX_COMPILE_S_DEFAULT,
	.trace.program.by.max_groups = MAX_GROUPS_DEFAULT,
	.trace.output.limit = LIMIT_DEFAULT,
	.trace.sort = GROUP_FAILED,
	.trace.buffer_pages = BUFFER_PAGES_DEFAULT,
};

int options_parse(int argc, char **argv, struct options *options, struct diag *diag)
{
	char letters[2 * OPTION_ROWS_MAX + 2] = ":", *letter = letters + 1;
	struct option longs[OPTION_ROWS_MAX + COUNT(aliases) + 1] = {0};
	bool given[OPTION_ROWS_MAX] = {false};
	const struct option_row *row, *valueless = NULL;
	const char *behind =
		NULL; /* the word behind an option that has an optional value, and none */
	struct option_value set;
	char name[NAMES_ROOM];
	int value, err;

	*options = defaults;
	for (size_t i = 0; i < option_row_count; i++) {
		row = &option_rows[i];
		longs[i] = getopt_long_row(row->name, row);
		if (row->letter)
			*letter++ = row->letter;
		if (row->letter && row->metavar)
			*letter++ = ':';
	}
	for (size_t i = 0; i < COUNT(aliases); i++) {
		row = row_named(aliases[i].classic, strlen(aliases[i].classic));
		longs[option_row_count + i] = getopt_long_row(aliases[i].name, row);
	}
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		row = value == '?' || value == ':' ? NULL : row_find(value);
		if (!row)
			return getopt_explain(value, argv, diag);
		row_name(row, name, sizeof(name));
		set = (struct option_value){row, name, (char *)options + row->member, optarg};
		err = 0;
		if (row->set)
			err = row->set(&set, diag);
		else
			*(bool *)set.member = true;
		if (err)
			return err;
		given[row - option_rows] = true;
		if (row->value_optional && !optarg) {
			valueless = row;
			behind = argv[optind];
		}
	}
	if (options->help || options->version || options->fields_help)
		return 0;
	if (optind < argc)
		return argument_refuse(argv[optind], argv[optind] == behind ? valueless : NULL,
				       diag);
	err = combinations_check(given, diag);
	if (!err)
		err = raised_check(options, diag);
	return err ? err : trace_finish(options, diag);
}

void options_free(struct options *options)
{
	filter_free(&options->trace.program.filter);
}
