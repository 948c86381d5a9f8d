/* SPDX-License-Identifier: Apache-2.0 */
#include "options/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "options/option_rows.h"
#include "system/privileges.h"

#define FIELDS_OWNER "uid,opid,ocomm,netns"
#define FIELDS_NOW   "oldstate,laddr,lport,raddr,rport," FIELDS_OWNER
#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define LONG_ONLY    256 /* + row: the value of an option without a letter */

/*
 * What was short for a classic option before there were others that begin so. getopt_long(3) takes
 * a whole name before a prefix of two.
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
};

#define ALIASES (sizeof(aliases) / sizeof(*aliases))

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
	return (struct option){
		.name = name,
		.has_arg = !row->metavar	 ? no_argument
			   : row->value_optional ? optional_argument
						 : required_argument,
		.val = row_value(row - option_rows),
	};
}

/* The arguments of getopt_long(3), from the tables. */
static void getopt_tables(char letters[2 * OPTION_ROWS_MAX + 1],
			  struct option longs[OPTION_ROWS_MAX + ALIASES + 1])
{
	for (size_t i = 0; i < option_row_count; i++) {
		longs[i] = getopt_long_row(option_rows[i].name, &option_rows[i]);
		if (option_rows[i].letter)
			*letters++ = option_rows[i].letter;
		if (option_rows[i].letter && option_rows[i].metavar)
			*letters++ = ':';
	}
	*letters = '\0';
	for (size_t i = 0; i < ALIASES; i++)
		longs[option_row_count + i] =
			getopt_long_row(aliases[i].name,
					row_named(aliases[i].classic, strlen(aliases[i].classic)));
	longs[option_row_count + ALIASES] = (struct option){0};
}

static int option_set(struct options *options, const struct option_row *row, struct diag *diag)
{
	if (row->set)
		return row->set(options, optarg, diag);
	*(bool *)((char *)options + row->flag) = true;
	return 0;
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
	return diag_set(diag, -EINVAL, "unknown or ambiguous option '%s'", word);
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

/* What --now shows without -o, or NULL: what a trace does. */
static const char *now_names(const struct options *options)
{
	const struct output_config *output = &options->trace.output;

	if (!options->now || output->extended)
		return NULL;
	return output->layout < FORMAT_JSON ? FIELDS_NOW : "+" FIELDS_OWNER;
}

/* Columns and CSV have their own fields without a list. */
static int fields_choose(struct options *options, struct diag *diag)
{
	struct output_config *output = &options->trace.output;
	const char *names = options->output, *own;
	const struct line_format format = {
		.layout = output->layout,
		.time = output->time,
		.timestamp = output->timestamp,
		.extended = output->extended,
	};
	int err;

	own = !names || names[0] == '+' ? now_names(options) : NULL;
	if (!names && !own && !output->extended && output->layout < FORMAT_JSON)
		return 0;
	err = field_list_make(&output->fields, &format, own ? own : names, diag);
	return !err && own && names ? field_list_add(&output->fields, &format, names, diag) : err;
}

/*
 * An address reveals to an attacker where the kernel's heap is. The original's formats print it,
 * all others (a list of fields, which JSON always has) only on request.
 */
static bool numbered_choose(const struct options *options)
{
	const struct field_list *list = &options->trace.output.fields;

	if (options->trace.program.summary || (list->count && !field_list_has(list, "skaddr")))
		return false;
	return options->no_skaddr || (list->count && !options->skaddr);
}

/* https://no-color.org */
static bool color_choose(enum when when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
	       !(term && !strcmp(term, "dumb"));
}

/* A file is what is opened in a spreadsheet; a pipe's reader expects the name. */
static bool csv_safe_choose(enum when when)
{
	struct stat stat;

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return !fstat(STDOUT_FILENO, &stat) && S_ISREG(stat.st_mode);
}

/* What follows from several options. */
static int trace_finish(struct options *options, struct diag *diag)
{
	struct program_spec *program = &options->trace.program;
	struct output_config *output = &options->trace.output;
	unsigned int optionals;
	int err;

	output->layout = format_choose(options);
	output->color = color_choose(options->color);
	output->csv_safe = csv_safe_choose(options->csv_safe);
	output->summary = program->summary;
	err = fields_choose(options, diag);
	if (err)
		return err;
	optionals = field_list_optionals(&output->fields);
	if (numbered_choose(options)) {
		output->numbered = program->max_sockets;
		optionals |= 1U << OPTIONAL_AGE; /* for socket_numbers_replace() */
	}
	event_layout_init(&program->layout, optionals);
	program->stuck = options->trace.stuck.after_ns;
	if (options->no_cache)
		program->cache_dir = NULL;
	return filter_finish(&program->filter, diag);
}

#define NAMES_ROOM 128 /* for two options, as messages name them */

/* "-s/--csv" or "--summary" */
static int row_name(const struct option_row *row, char *name, size_t room)
{
	return row->letter ? snprintf(name, room, "-%c/--%s", row->letter, row->name)
			   : snprintf(name, room, "--%s", row->name);
}

/* Whether all of the len bytes at names, "A" or "A+B", were given. */
static bool names_are_given(const char *names, size_t len, const bool given[OPTION_ROWS_MAX],
			    char shown[NAMES_ROOM])
{
	size_t used = 0;

	for (const char *at = names, *end = names + len; at < end;) {
		size_t name = strcspn(at, "+ ");
		const struct option_row *row = row_named(at, name);

		if (!given[row - option_rows])
			return false;
		if (at > names)
			used += snprintf(shown + used, NAMES_ROOM - used, " and ");
		used += row_name(row, shown + used, NAMES_ROOM - used);
		at += name + 1;
	}
	return true;
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
		if (row->requires) {
			const struct option_row *required =
				row_named(row->requires, strlen(row->requires));

			row_name(required, other, sizeof(other));
			if (!given[required - option_rows])
				return diag_set(diag, -EINVAL, "%s requires %s", name, other);
		}
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

	for (size_t i = 0; privileges_are_raised() && i < COUNT(choices); i++)
		if (choices[i].is)
			return diag_set(diag, -EPERM,
					"%s cannot be used with raised privileges (setuid or file "
					"capabilities)",
					choices[i].name);
	return 0;
}

int options_parse(int argc, char **argv, struct options *options, struct diag *diag)
{
	char letters[2 * OPTION_ROWS_MAX + 2] = ":";
	struct option longs[OPTION_ROWS_MAX + ALIASES + 1];
	bool given[OPTION_ROWS_MAX] = {false};
	const struct option_row *row;
	int value, err;

	*options = (struct options){
		.trace.program.cache_dir = CACHE_DIR_DEFAULT,
		.trace.program.max_sockets = MAX_SOCKETS_DEFAULT,
		.trace.program.max_compile_s = MAX_COMPILE_S_DEFAULT,
		.trace.buffer_pages = BUFFER_PAGES_DEFAULT,
	};
	getopt_tables(letters + 1, longs);
	opterr = 0;
	while ((value = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		row = value == '?' || value == ':' ? NULL : row_find(value);
		if (!row)
			return getopt_explain(value, argv, diag);
		err = option_set(options, row, diag);
		if (err)
			return err;
		given[row - option_rows] = true;
	}
	if (options->help || options->version || options->fields_help)
		return 0;
	if (optind < argc)
		return diag_set(diag, -EINVAL, "unexpected argument: '%s'", argv[optind]);
	err = combinations_check(given, diag);
	if (!err)
		err = raised_check(options, diag);
	return err ? err : trace_finish(options, diag);
}

void options_free(struct options *options)
{
	filter_free(&options->trace.program.filter);
}
