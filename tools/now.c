/* SPDX-License-Identifier: Apache-2.0 */
#include "now.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "event.h"
#include "format.h"
#include "journal_entry.h"
#include "losses.h"
#include "options.h"
#include "output.h"
#include "scan.h"

#define BATCH_SIZE 65536 /* bytes of lines that are written at once */

struct now {
	const struct options *options;
	struct line_format line;
	const struct format *format;
	struct event_layout layout;
	struct event *event; /* room for one */
	struct output output;
	struct losses losses;
	uint64_t shown;
};

static int batch_write(struct now *now)
{
	if (now->options->quiet)
		text_clear(&now->output.lines);
	return output_flush(&now->output);
}

static bool count_is_reached(const struct now *now)
{
	return now->options->count && now->shown >= now->options->count;
}

static int record_show(void *arg, const void *record)
{
	struct now *now = arg;

	if (count_is_reached(now))
		return 0;
	event_decode(&now->layout, CPU_UNKNOWN, record, now->layout.sent, now->event);
	now->format->event(&now->line, now->event, &now->output.lines);
	now->shown++;
	if (now->options->journal && journal_entry_send(now->event, &now->line))
		now->losses.counts[LOSS_JOURNAL]++;
	return now->output.lines.len > BATCH_SIZE ? batch_write(now) : 0;
}

static int now_show(struct now *now, struct scan *scan, struct diag *diag)
{
	int err;

	wall_clock_update(&now->line.clock);
	if (!now->options->no_header || now->line.layout >= LAYOUT_JSON)
		now->format->begin(&now->line, &now->output.lines);
	err = scan_run(scan, record_show, now, diag);
	if (!err && now->format->end)
		now->format->end(&now->line, now->shown, &now->losses, &now->output.lines);
	losses_total(&now->losses);
	if (!err)
		err = batch_write(now);
	if (err == -EPIPE) /* nobody wants more */
		return 0;
	return err && !diag->what[0] ? diag_errno(diag, err, "writing to stdout") : err;
}

int now_run(struct options *options, struct steps *steps, struct diag *diag)
{
	struct now now = {.options = options, .output.fd = STDOUT_FILENO};
	struct scan *scan = NULL;
	int err;

	options_format(options, &now.line);
	event_layout_init(&now.layout, field_list_extras(&options->fields));
	now.line.extras = &now.layout;
	now.format = format_of(now.line.layout);
	now.event = calloc(1, now.layout.size);
	if (!now.event)
		return diag_errno(diag, -ENOMEM, "starting");
	err = scan_open(&scan, options, NULL, steps, diag);
	if (!err)
		err = now_show(&now, scan, diag);
	scan_free(scan);
	free(now.event);
	output_free(&now.output);
	return err;
}
