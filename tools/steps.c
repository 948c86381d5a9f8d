/* SPDX-License-Identifier: Apache-2.0 */
#include "steps.h"

#include <stdarg.h>
#include <stdio.h>

#include "clock.h"

void steps_begin(struct steps *steps, bool shown)
{
	steps->shown = shown;
	steps->last_ns = clock_now_ns();
}

void step_notice(const char *what)
{
	fprintf(stderr, "tcpstates: %s\n", what);
}

void step_done(struct steps *steps, const char *fmt, ...)
{
	uint64_t now;
	va_list args;

	if (!steps->shown)
		return;
	now = clock_now_ns();
	fputs("tcpstates: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, " (%.1f ms)\n", (now - steps->last_ns) / 1e6);
	steps->last_ns = now;
}
