/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/now.h"

#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"
#include "trace/rights.h"
#include "trace/scan.h"
#include "trace/trace_config.h"

struct now {
	const struct trace_config *config;
	struct writer writer;
	struct event *event; /* room for one */
};

/* -EPIPE ends the scan: the count is reached, or the reader is gone. */
static int record_show(void *arg, const void *record)
{
	struct now *now = arg;
	const struct event_layout *layout = now->writer.layout;

	if (!record)
		return 0;
	event_decode(layout, CPU_UNKNOWN, record, layout->sent, now->event);
	writer_event(&now->writer, now->event);
	return writer_is_done(&now->writer) ? -EPIPE : 0;
}

static bool may_read(void *arg)
{
	return scan_may_read(arg);
}

static int now_show(struct now *now, struct scan *scan, struct startup_log *log, struct diag *diag)
{
	int err = rights_drop(now->config->keep_privileges, now->writer.line.cgroups, may_read,
			      scan, log, diag);

	if (err)
		return err;
	writer_begin(&now->writer);
	err = scan_run(scan, now->writer.layout, record_show, now, diag);
	if (err && err != -EPIPE)
		return err;
	writer_end(&now->writer);
	return writer_check(&now->writer, diag);
}

int now_run(const struct trace_config *config, struct startup_log *log, struct diag *diag)
{
	struct scan scan = SCAN_NONE;
	struct now now = {.config = config};
	int err;

	writer_open(&now.writer, &config->output, &config->program.layout);
	now.event = calloc(1, now.writer.layout->size);
	err = now.event ? scan_open(&scan, &config->program, NULL, log, diag)
			: diag_errno(diag, -ENOMEM, "starting");
	if (!err)
		err = now_show(&now, &scan, log, diag);
	scan_close(&scan);
	free(now.event);
	writer_close(&now.writer);
	return err;
}
