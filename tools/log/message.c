/* SPDX-License-Identifier: Apache-2.0 */
#include "log/message.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/visible.h"

#define PROGRAM "tcpstates: "

/* In one piece, so that the lines of several processes do not mix. */
static void line_print(const char *before, const char *bytes, size_t len)
{
	char line[sizeof(PROGRAM) + VISIBLE_ROOM(MESSAGE_MAX) + sizeof("\n")], *end;
	size_t columns;

	end = visible_put(stpcpy(line, before), bytes, len, SIZE_MAX, &columns);
	*end++ = '\n';
	fwrite(line, 1, end - line, stderr);
}

void message_print(const char *fmt, ...)
{
	char text[MESSAGE_MAX + 1];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	line_print(PROGRAM, text, strlen(text));
}

/* Below that column of the hint. */
static void caret_print(const struct diag *diag)
{
	char shown[VISIBLE_ROOM(sizeof(diag->hint))];
	size_t columns;

	visible_put(shown, diag->hint, diag->place - 1, SIZE_MAX, &columns);
	fprintf(stderr, "%*s^\n", (int)(strlen(PROGRAM) + columns), "");
}

/* The words of a compiler or verifier have lines and tabs of their own. */
static void detail_print(const char *detail)
{
	char shown[VISIBLE_ROOM(sizeof(((struct diag *)0)->detail))], *end = shown;
	size_t columns;

	while (*detail) {
		size_t len = strcspn(detail, "\t\n");

		end = visible_put(end, detail, len, SIZE_MAX, &columns);
		detail += len;
		if (*detail)
			*end++ = *detail++;
	}
	if (end > shown && end[-1] != '\n')
		*end++ = '\n';
	fwrite(shown, 1, end - shown, stderr);
}

void message_diag(const struct diag *diag, bool verbose)
{
	message_print("%s", diag->what);
	if (diag->hint[0])
		message_print("%s", diag->hint);
	if (diag->hint[0] && diag->place)
		caret_print(diag);
	if (verbose)
		detail_print(diag->detail);
}
