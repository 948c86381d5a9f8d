/* SPDX-License-Identifier: Apache-2.0 */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "visible.h"

/* It may have the words of others in it, and must stay one line of whole characters. */
static void what_finish(struct diag *diag)
{
	char shown[VISIBLE_ROOM(sizeof(diag->what)) + 1];
	size_t columns, len = strlen(diag->what);

	diag->hint[0] = diag->detail[0] = '\0';
	if (visible_plain(diag->what, len) == len)
		return;
	len = visible_put(shown, diag->what, len, SIZE_MAX, &columns) - shown;
	shown[len] = '\0';
	if (len >= sizeof(diag->what))
		len = sizeof(diag->what) - 1;
	while ((shown[len] & 0xc0) == 0x80)
		len--;
	memcpy(diag->what, shown, len);
	diag->what[len] = '\0';
}

int diag_set(struct diag *diag, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(diag->what, sizeof(diag->what), fmt, args);
	va_end(args);
	what_finish(diag);
	return err;
}

int diag_errno(struct diag *diag, int err, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	vsnprintf(diag->what, sizeof(diag->what), fmt, args);
	va_end(args);
	len = strlen(diag->what);
	snprintf(diag->what + len, sizeof(diag->what) - len, ": %s", strerror(-err));
	what_finish(diag);
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
		/* The byte before may be the end of a line, then all of it is kept. */
		line = strchr(text - 1, '\n');
		if (line && line[1])
			text = line + 1;
	}
	snprintf(diag->detail, sizeof(diag->detail), "%s", text);
}
