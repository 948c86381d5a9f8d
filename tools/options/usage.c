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

/* Whether the row and the next one are alternatives, as -4 and -6. */
static bool excludes_next(const struct option_row *row)
{
	return row->conflicts && strstr(row->conflicts, row[1].name);
}

void options_help(FILE *file)
{
	const struct option_row *row = option_rows;

	fputs("usage: tcpstates", file);
	for (; row->group == GROUP_CLASSIC; row++) {
		fprintf(file, "%s-%c", row > option_rows && excludes_next(row - 1) ? " | " : " [",
			row->letter);
		if (row->metavar)
			fprintf(file, " %s", row->metavar);
		if (!excludes_next(row))
			fputc(']', file);
	}
	fputs("\n\nTrace TCP session state changes and durations\n", file);

	row = option_rows;
	for (size_t i = 0; i < option_row_count; i++, row++) {
		int used = 0;

		if (!i || row->group != row[-1].group)
			fprintf(file, "\n%s:\n", group_names[row->group]);
		if (row->letter)
			used += fprintf(file, "  -%c, --%s", row->letter, row->name);
		else
			used += fprintf(file, "  --%s", row->name);
		if (row->metavar && row->group != GROUP_CLASSIC)
			used += fprintf(file, row->value_optional ? "[=%s]" : "=%s", row->metavar);
		if (used > HELP_COLUMN - 2) {
			fputc('\n', file);
			used = 0;
		}
		fprintf(file, "%*s%s\n", HELP_COLUMN - used, "", row->help);
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

void options_manual(FILE *file)
{
	const struct option_row *row = option_rows;

	for (size_t i = 0; i < option_row_count; i++, row++) {
		const char *group = group_names[row->group];

		if (i && row->group != row[-1].group)
			fprintf(file, ".SS %c%s\n", toupper(group[0]), group + 1);
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
}
