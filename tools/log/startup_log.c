/* SPDX-License-Identifier: Apache-2.0 */
#include "log/startup_log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "log/message.h"

void steps_begin(struct steps *steps, bool shown)
{
	steps->shown = shown;
	steps->last_ns = clock_now_ns();
}

void step_done(struct steps *steps, const char *fmt, ...)
{
	char what[MESSAGE_MAX];
	uint64_t now;
	va_list args;

	if (!steps->shown)
		return;
	now = clock_now_ns();
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	message_print("%s (%.1f ms)", what, (now - steps->last_ns) / 1e6);
	steps->last_ns = now;
}
