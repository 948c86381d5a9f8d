/* SPDX-License-Identifier: Apache-2.0 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "options/option_rows.h"
#include "options/options.h"

#define HELP_COLUMN 20

static const char examples[] =
	"examples:\n"
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
	"    tcpstates -6        # trace IPv6 family only\n"
	"    tcpstates -Tx       # whose sessions they are and why they end\n"
	"    tcpstates --now     # open sockets and their owners\n"
	"    tcpstates --stuck 60:close_wait   # sockets that nobody closes\n"
	"    tcpstates --summary=10 -L 443     # times per state, every 10 s\n"
	"    tcpstates -x --old-state syn_sent --new-state close\n"
	"                        # connections that failed\n";

/* As -4 does -6. */
static bool excludes_next(const struct option_row *row)
{
	return row->conflicts && strstr(row->conflicts, row[1].name);
}

static void usage_print(FILE *file)
{
	fputs("usage: tcpstates", file);
	for (size_t i = 0; i < option_row_count && option_rows[i].group == GROUP_CLASSIC; i++) {
		fprintf(file, "%s-%c", i && excludes_next(&option_rows[i - 1]) ? " | " : " [",
			option_rows[i].letter);
		if (option_rows[i].metavar)
			fprintf(file, " %s", option_rows[i].metavar);
		if (!excludes_next(&option_rows[i]))
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
	const struct option_row *row = option_rows;

	usage_print(file);
	for (size_t i = 0; i < option_row_count; i++, row++) {
		if (!i || row->group != row[-1].group)
			fprintf(file, "\n%s:\n", group_names[row->group]);
		row_print(file, row);
	}
	fprintf(file, "\n%s", examples);
}

/* In roff, a hyphen that is to be one has a backslash, and so has a backslash. */
static void roff_put(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '-' || *text == '\\')
			fputc('\\', file);
		if (*text == '\\')
			fputc('e', file);
		else
			fputc(*text, file);
	}
}

static void row_manual(FILE *file, const struct option_row *row)
{
	fputs(".TP\n", file);
	if (row->letter)
		fprintf(file, ".BR \\-%c \", \" \\-\\-", row->letter);
	else
		fputs(".BR \\-\\-", file);
	roff_put(file, row->name);
	if (row->metavar)
		fprintf(file, row->value_optional ? " [= \\fI%s\\fP ]" : " = \\fI%s\\fP",
			row->metavar);
	fputc('\n', file);
	roff_put(file, row->help);
	fputc('\n', file);
}

void options_manual(FILE *file)
{
	for (size_t i = 0; i < option_row_count; i++) {
		if (i && option_rows[i].group != option_rows[i - 1].group)
			fprintf(file, ".SS %c%s\n", toupper(group_names[option_rows[i].group][0]),
				group_names[option_rows[i].group] + 1);
		row_manual(file, &option_rows[i]);
	}
}
