/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/now.h"

#include <errno.h>
#include <stdlib.h>

#include "base/diag.h"
#include "log/message.h"
#include "trace/rights.h"
#include "trace/scan.h"
#include "trace/trace_config.h"

struct now {
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

static bool iterator_may_read(void *arg)
{
	return scan_may_read(arg);
}

int now_run(const struct trace_config *config, struct startup_log *log, struct diag *diag)
{
	struct scan scan = SCAN_NONE;
	struct now now = {0};
	struct writer *writer = &now.writer;
	struct diag unseen = {0};
	int err;

	writer_open(writer, &config->output, &config->program.layout);
	now.event = calloc(1, writer->layout->size);
	err = now.event ? scan_open_all(&scan, &config->program, log, diag)
			: diag_errno(diag, -ENOMEM, "starting");
	if (!err && !scan_sees_host(&unseen))
		message_diag(&unseen, false);
	if (!err)
		err = rights_drop(config->keep_privileges,
				  writer->line.cgroups ? KEPT_CGROUPS : KEPT_NOTHING,
				  iterator_may_read, &scan, log, diag);
	if (!err) {
		writer_begin(writer);
		err = scan_run(&scan, writer->layout, record_show, &now, diag);
		if (!err || err == -EPIPE) {
			writer_end(writer);
			err = writer_check(writer, diag);
		}
	}
	scan_close(&scan);
	free(now.event);
	writer_close(writer);
	return err;
}
