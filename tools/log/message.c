/* SPDX-License-Identifier: Apache-2.0 */
#include "log/message.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "base/text.h"
#include "base/visible.h"

#define PROGRAM	 "tcpstates: "
#define HELD_MAX 65536

static bool is_held;
static struct text held; /* lines */

static void line_write(const char *line, size_t len)
{
	if (!is_held)
		fwrite(line, 1, len, stderr);
	else if (held.len + len <= HELD_MAX)
		text_bytes(&held, line, len);
}

void message_hold(void)
{
	is_held = true;
}

void message_release(void)
{
	is_held = false;
	if (held.len)
		line_write(held.data, held.len);
	text_free(&held);
}

const char *message_last(size_t *len)
{
	const char *before;

	*len = 0;
	if (!held.len)
		return "";
	before = memrchr(held.data, '\n', held.len - 1);
	before = before ? before + 1 : held.data;
	*len = held.data + held.len - 1 - before;
	return before;
}

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
	line_write(line, end - line);
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
