/* SPDX-License-Identifier: Apache-2.0 */
#include "log/startup_log.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "log/message.h"

void startup_log_begin(struct startup_log *log, bool shown)
{
	log->shown = shown;
	log->last_ns = clock_now_ns();
}

void startup_log_step(struct startup_log *log, const char *fmt, ...)
{
	char what[MESSAGE_MAX];
	uint64_t now;
	va_list args;

	if (!log->shown)
		return;
	now = clock_now_ns();
	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	message_print("%s (%.1f ms)", what, (now - log->last_ns) / 1e6);
	log->last_ns = now;
}
