/* SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Clears the rest last: the arguments may be in it. */
static void what_set(struct diag *diag, const char *fmt, va_list args)
{
	vsnprintf(diag->what, sizeof(diag->what), fmt, args);
	diag->hint[0] = diag->detail[0] = '\0';
	diag->place = 0;
}

int diag_set(struct diag *diag, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	what_set(diag, fmt, args);
	va_end(args);
	return err;
}

int diag_errno(struct diag *diag, int err, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	what_set(diag, fmt, args);
	va_end(args);
	len = strlen(diag->what);
	snprintf(diag->what + len, sizeof(diag->what) - len, ": %s", strerror(-err));
	return err;
}

void diag_hint(struct diag *diag, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(diag->hint, sizeof(diag->hint), fmt, args);
	va_end(args);
}

void diag_detail(struct diag *diag, const char *text)
{
	size_t len = strlen(text);

	if (len >= sizeof(diag->detail)) {
		const char *line;

		text += len - (sizeof(diag->detail) - 1);
		/* If the byte before ends a line, all of the rest is kept. */
		line = strchr(text - 1, '\n');
		if (line && line[1])
			text = line + 1;
	}
	snprintf(diag->detail, sizeof(diag->detail), "%s", text);
}
