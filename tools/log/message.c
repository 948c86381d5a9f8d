/* SPDX-License-Identifier: Apache-2.0 */
#include "log/message.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/visible.h"

#define PROGRAM "tcpstates: "

void message_print(const char *fmt, ...)
{
	char line[sizeof(PROGRAM) + VISIBLE_ROOM(MESSAGE_MAX) + sizeof("\n")], *end;
	char text[MESSAGE_MAX + 1];
	size_t columns;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	end = visible_put(stpcpy(line, PROGRAM), text, strlen(text), SIZE_MAX, &columns);
	*end++ = '\n';
	/* In one piece, so that the lines of several processes do not mix. */
	fwrite(line, 1, end - line, stderr);
}

void message_about(const char *subject, const struct diag *diag)
{
	message_print("%s: %s", subject, diag->what);
	if (diag->hint[0])
		message_print("%s", diag->hint);
}

void message_diag(const struct diag *diag, bool verbose)
{
	char shown[VISIBLE_ROOM(sizeof(diag->detail))], *end = shown;
	size_t columns;

	message_print("%s", diag->what);
	if (diag->hint[0])
		message_print("%s", diag->hint);
	if (diag->hint[0] && diag->place) {
		visible_put(shown, diag->hint, diag->place - 1, SIZE_MAX, &columns);
		fprintf(stderr, "%*s^\n", (int)(strlen(PROGRAM) + columns), "");
	}
	if (!verbose)
		return;
	/* The words of a compiler or verifier have lines and tabs of their own. */
	for (const char *at = diag->detail; *at;) {
		size_t len = strcspn(at, "\t\n");

		end = visible_put(end, at, len, SIZE_MAX, &columns);
		at += len;
		if (*at)
			*end++ = *at++;
	}
	if (end > shown && end[-1] != '\n')
		*end++ = '\n';
	fwrite(shown, 1, end - shown, stderr);
}
