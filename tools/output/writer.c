/* SPDX-License-Identifier: Apache-2.0 */
#include "output/writer.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/diag.h"
#include "log/message.h"
#include "output/journal_entry.h"
#include "system/cgroup.h"
#include "system/journal.h"
#include "system/journal_kept.h"
#include "system/journal_limit.h"

#define BATCH_SIZE 65536 /* bytes of lines to write at once */
#define UNCOUNTED  "what journald drops is not counted"

void writer_open(struct writer *writer, const struct output_config *config,
		 const struct event_layout *layout)
{
	struct diag why = {0};

	*writer = (struct writer){
		.config = config,
		.fields = config->fields,
		.layout = layout,
		.output.fd = STDOUT_FILENO,
		.end = -1,
	};
	writer->line = (struct line_format){
		.kind = config->format,
		.time = config->time,
		.timestamp = config->timestamp,
		.color = config->color,
		.csv_safe = config->csv_safe,
		.extended = config->extended,
		.no_object_pid = config->no_object_pid,
		.histogram = config->histogram,
		.limit = config->limit,
		.sessions = config->sessions,
		.list = config->fields.count ? &writer->fields : NULL,
		.event_layout = layout,
	};
	writer->format =
		config->summary ? format_of_summary(config->format) : format_of(config->format);
	socket_numbers_init(&writer->numbers, config->numbered);
	/* If this fails, the fields are unknown; the trace works. */
	if (layout->wanted & 1U << OPTIONAL_cgroup && cgroups_open(&writer->line.cgroups, &why))
		message_about(CGROUP_FIELDS, &why);
}

void writer_end_with(struct writer *writer, int end)
{
	writer->end = end;
	output_end_with(&writer->output, end);
}

void writer_watch_journal(struct writer *writer)
{
	struct journal_limit limit;
	struct diag diag = {0};

	if (!writer->config->journal || !journal_limit_find(&limit, &diag))
		return;
	message_diag(&diag, false);
	if (!journal_kept_begin(&writer->kept, limit.namespace, &diag))
		return;
	message_about(UNCOUNTED, &diag);
	journal_kept_free(writer->kept);
	writer->kept = NULL;
}

void writer_close(struct writer *writer)
{
	journal_kept_free(writer->kept);
	cgroups_free(writer->line.cgroups);
	socket_numbers_free(&writer->numbers);
	output_free(&writer->output);
}

void writer_begin(struct writer *writer)
{
	wall_clock_update(&writer->line.clock);
	if (!writer->config->no_header || writer->line.kind >= FORMAT_JSON)
		writer->format->begin(&writer->line, &writer->output.lines);
	writer_flush(writer);
}

void writer_flush(struct writer *writer)
{
	int err;

	if (writer->config->quiet)
		text_clear(&writer->output.lines);
	err = output_flush(&writer->output);
	if (err && !writer->err)
		writer->err = err;
	writer->losses.counts[LOSS_OUTPUT] = writer->output.dropped;
}

static bool count_is_reached(const struct writer *writer)
{
	return writer->config->count && writer->shown >= writer->config->count;
}

bool writer_is_done(const struct writer *writer)
{
	return writer->err || count_is_reached(writer);
}

void writer_event(struct writer *writer, struct event *event)
{
	if (count_is_reached(writer))
		return;
	if (writer->config->numbered)
		socket_numbers_replace(&writer->numbers, writer->layout, event);
	writer->format->event(&writer->line, event, &writer->output.lines);
	writer->shown++;
	if (writer->output.lines.len > BATCH_SIZE)
		writer_flush(writer);
	if (writer->config->journal && journal_entry_send(event, &writer->line, writer->end))
		writer->losses.counts[LOSS_JOURNAL]++;
}

static bool loss_show(void *arg, enum loss cause, uint64_t count)
{
	struct writer *writer = arg;

	if (writer->format->lost)
		writer->format->lost(&writer->line, cause, count, &writer->output.lines);
	return writer->config->journal && !journal_entry_lost(cause, count, writer->end) &&
	       journal_has_stderr();
}

void writer_report_losses(struct writer *writer)
{
	losses_report(&writer->losses, loss_show, writer);
	writer_flush(writer);
}

/* Counts the entries that journald has dropped. */
static void suppressed_count(struct writer *writer)
{
	struct diag diag = {0};
	uint64_t kept;

	if (!writer->kept || !journal_sent())
		return;
	if (journal_kept_count(writer->kept, &kept, &diag))
		message_about(UNCOUNTED, &diag);
	else if (kept < journal_sent())
		writer->losses.counts[LOSS_SUPPRESSED] = journal_sent() - kept;
}

void writer_end(struct writer *writer)
{
	writer_report_losses(writer);
	suppressed_count(writer);
	writer_report_losses(writer);
	losses_report_total(&writer->losses);
	if (writer->format->end)
		writer->format->end(&writer->line, writer->shown, &writer->losses,
				    &writer->output.lines);
	writer_flush(writer);
}

int writer_check(const struct writer *writer, struct diag *diag)
{
	if (!writer->err || writer->err == -EPIPE || writer->err == -ECANCELED)
		return 0;
	return diag_errno(diag, writer->err, "writing to stdout");
}
