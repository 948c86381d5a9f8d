/* SPDX-License-Identifier: Apache-2.0 */
/*
 * completion SHELL < TEMPLATE: the completion for bash, zsh or fish, with what the tool's own
 * tables have. A line with the name of a list, as in `echo @FIELDS@`, becomes one for each item of
 * it.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event/event.h"
#include "event/group_key.h"
#include "event/words.h"
#include "filter/states.h"
#include "options/option_rows.h"
#include "output/fields.h"
#include "output/groups.h"
#include "program/probe.h"

struct shell {
	const char *name;
	void (*word)(const char *word, const char *help); /* help may be "" */
	void (*option)(const struct option_row *row);
};

/* What stands around the list's name. */
struct place {
	const struct shell *shell;
	const char *before;
	int before_len;
	const char *after;
};

/* The templates' functions, behind _tcpstates_. */
static const char *const functions[] = {
	[COMPLETE_STATES] = "states",	    [COMPLETE_STUCK] = "stuck",
	[COMPLETE_WHYS] = "whys",	    [COMPLETE_FIELDS] = "fields",
	[COMPLETE_PROBES] = "probes",	    [COMPLETE_WHEN] = "when",
	[COMPLETE_ADDRESSES] = "addresses", [COMPLETE_NAMESPACES] = "namespaces",
	[COMPLETE_KEYS] = "keys",	    [COMPLETE_COLUMNS] = "columns",
	[COMPLETE_FILES] = "files",	    [COMPLETE_FOLDERS] = "folders",
};

/* Text in single quotes, in which quote stands for one, and special ones need a backslash. */
static void quoted_print(const char *text, const char *quote, const char *special)
{
	for (; *text; text++) {
		if (strchr(special, *text))
			putchar('\\');
		if (*text == '\'')
			fputs(quote, stdout);
		else
			putchar(*text);
	}
}

static void bash_word(const char *word, const char *help)
{
	(void)help;
	fputs(word, stdout);
}

static void bash_option(const struct option_row *row)
{
	if (row->letter)
		printf("-%c ", row->letter);
	printf("--%s%s", row->name, row->metavar && !row->value_optional ? "=" : "");
}

#define ZSH_QUOTE "'\\''"

static void zsh_word(const char *word, const char *help)
{
	printf("'%s%s", word, *help ? ":" : "");
	quoted_print(help, ZSH_QUOTE, "\\");
	putchar('\'');
}

/* As _arguments expects it; * as it may be given again. */
static void zsh_option(const struct option_row *row)
{
	const char *equals = row->metavar ? "=" : "";

	if (row->value_optional)
		equals = "=-";
	if (row->letter)
		printf("'*'{-%c%s,--%s%s}'[", row->letter, row->metavar ? "+" : "", row->name,
		       equals);
	else
		printf("'*--%s%s[", row->name, equals);
	quoted_print(row->help, ZSH_QUOTE, "\\]");
	putchar(']');
	if (row->metavar) {
		fputs(row->value_optional ? "::" : ":", stdout);
		quoted_print(row->metavar, ZSH_QUOTE, "\\:");
		printf(":%s%s", row->complete ? "_tcpstates_" : " ",
		       row->complete ? functions[row->complete] : "");
	}
	putchar('\'');
}

#define FISH_QUOTE "\\'"

static void fish_word(const char *word, const char *help)
{
	printf("'%s%s", word, *help ? "\t" : "");
	quoted_print(help, FISH_QUOTE, "\\");
	putchar('\'');
}

static void fish_option(const struct option_row *row)
{
	if (row->letter)
		printf("-s %c ", row->letter);
	printf("-l %s -d '", row->name);
	quoted_print(row->help, FISH_QUOTE, "\\");
	putchar('\'');
	if (row->metavar && !row->value_optional)
		fputs(row->complete == COMPLETE_FILES ? " -r" : " -x", stdout);
	if (row->complete == COMPLETE_FILES)
		fputs(" -F", stdout); /* by itself, and better than by a function */
	else if (row->complete)
		printf(" -a '(__tcpstates_%s)'", functions[row->complete]);
}

static const struct shell shells[] = {
	{"bash", bash_word, bash_option},
	{"zsh", zsh_word, zsh_option},
	{"fish", fish_word, fish_option},
};

static void place_begin(const struct place *place)
{
	printf("%.*s", place->before_len, place->before);
}

static void place_end(const struct place *place)
{
	fputs(place->after, stdout);
}

static void word_print(const struct place *place, const char *word, const char *help)
{
	place_begin(place);
	place->shell->word(word, help);
	place_end(place);
}

static void options_print(const struct place *place)
{
	for (size_t i = 0; i < option_row_count; i++) {
		place_begin(place);
		place->shell->option(&option_rows[i]);
		place_end(place);
	}
}

/* A regular expression of short options in one word, the last of which takes a value. */
static void short_print(const struct place *place)
{
	place_begin(place);
	for (int valued = 0; valued <= 1; valued++) {
		fputs(valued ? "([" : "[", stdout);
		for (size_t i = 0; i < option_row_count; i++)
			if (option_rows[i].letter && !option_rows[i].metavar == !valued)
				putchar(option_rows[i].letter);
		fputs(valued ? "])" : "]*", stdout);
	}
	place_end(place);
}

/* For bash: what completes a value, by its option, which has a = where the value is in its word. */
static void values_print(const struct place *place)
{
	for (size_t i = 0; i < option_row_count; i++) {
		const struct option_row *row = &option_rows[i];

		if (!row->metavar)
			continue;
		place_begin(place);
		if (row->letter)
			printf("-%c | ", row->letter);
		if (!row->value_optional)
			printf("--%s | ", row->name);
		printf("--%s=)", row->name);
		if (row->complete)
			printf(" _tcpstates_%s", functions[row->complete]);
		fputs(" ;;", stdout);
		place_end(place);
	}
}

/* In small letters, as they are typed; the tool takes any. */
static void states_print(const struct place *place)
{
	for (unsigned int i = 0; i < STATE_STUCK; i++) {
		const struct state_name *state = state_name(i);
		char name[sizeof(state->text)];

		if (!state_is_reported(i))
			continue;
		for (size_t at = 0; at < sizeof(name); at++)
			name[at] = tolower(state->text[at]);
		word_print(place, name, "");
	}
}

static void whys_print(const struct place *place)
{
	for (unsigned int i = 0; i < WHYS; i++)
		if (why_word(i))
			word_print(place, why_word(i), "");
}

static void fields_print(const struct place *place)
{
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		word_print(place, field->name, field->help);
}

static void keys_print(const struct place *place)
{
	for (size_t i = 0; group_field_name(i); i++)
		word_print(place, group_field_name(i), "");
}

static void columns_print(const struct place *place)
{
	for (int i = 0; i < GROUP_COLUMNS; i++)
		word_print(place, group_column_name(i), "");
}

static void probes_print(const struct place *place)
{
	for (size_t i = 0; probe_kind_name(i); i++)
		word_print(place, probe_kind_name(i), "");
}

static void when_print(const struct place *place)
{
	for (const char *const *word = when_words; *word; word++)
		word_print(place, *word, "");
}

static const struct {
	const char *name;
	void (*print)(const struct place *place);
} lists[] = {
	{"@OPTIONS@", options_print}, {"@SHORT@", short_print},	  {"@VALUES@", values_print},
	{"@STATES@", states_print},   {"@FIELDS@", fields_print}, {"@PROBES@", probes_print},
	{"@WHEN@", when_print},	      {"@WHYS@", whys_print},	  {"@KEYS@", keys_print},
	{"@COLUMNS@", columns_print},
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

int main(int argc, char **argv)
{
	const struct shell *shell = NULL;
	char *line = NULL;
	size_t room = 0;

	for (size_t i = 0; argc == 2 && i < COUNT(shells); i++)
		if (!strcmp(argv[1], shells[i].name))
			shell = &shells[i];
	if (!shell) {
		fputs("usage: completion bash|zsh|fish < TEMPLATE\n", stderr);
		return 2;
	}
	while (getline(&line, &room, stdin) > 0) {
		const char *at = NULL;

		for (size_t i = 0; !at && i < COUNT(lists); i++) {
			at = strstr(line, lists[i].name);
			if (at)
				lists[i].print(&(struct place){shell, line, at - line,
							       at + strlen(lists[i].name)});
		}
		if (!at)
			fputs(line, stdout);
	}
	free(line);
	return fflush(stdout) ? 1 : 0;
}
