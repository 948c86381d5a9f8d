/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/scan.h"

#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/seen.h"
#include "bpf/iterator.h"
#include "bpf/loader.h"
#include "log/startup_log.h"
#include "program/custom_text.h"
#include "program/program.h"
#include "program/source.h"

/* A changed source may keep something else in the map. */
static bool text_is_changed(const struct program_spec *spec)
{
	return spec->text && !custom_text_is_own(spec->text);
}

bool scan_is_wanted(const struct program_spec *spec)
{
	if (text_is_changed(spec))
		return false;
	return spec->summary || spec->stuck || spec->layout.wanted & 1U << OPTIONAL_OWNER;
}

int scan_open(struct scan *scan, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag)
{
	_cleanup_program_ struct program program = PROGRAM_NONE;
	struct program_spec scanning = *spec;
	struct custom_text made = {0};
	struct loader *loader = NULL;
	int err;

	*scan = SCAN_NONE;
	err = offsets_available(diag);
	if (err)
		return err;
	/* Our own source of the scan, or one made from the user's, with its filters. */
	scanning.text = NULL;
	if (spec->text && !text_is_changed(spec)) {
		err = custom_text_scan(spec->text, &scanning, &made, diag);
		scanning.text = &made;
	}
	if (!err)
		err = program_compile(&scanning, &source_scan, log, &program, diag);
	custom_text_free(&made);
	if (!err)
		err = program_finish(&program, diag);
	if (err)
		return err;
	program_report_missing(&program);

	err = loader_open(&loader, program.object.data, program.object.len, diag);
	if (!err && tracing && !text_is_changed(spec))
		err = loader_share(loader, tracing, diag);
	if (!err)
		err = loader_load(loader, diag);
	if (!err)
		err = scan->iterator = loader_iterator(loader, diag);
	loader_free(loader);
	if (err < 0)
		scan_close(scan);
	return err < 0 ? err : 0;
}

void scan_close(struct scan *scan)
{
	if (scan->iterator >= 0)
		close(scan->iterator);
	*scan = SCAN_NONE;
}

bool scan_may_read(const struct scan *scan)
{
	return iterator_may_run(scan->iterator);
}

struct found {
	struct seen seen;
	int (*on_record)(void *arg, const void *record);
	void *arg;
};

/* Every descriptor of a socket has a record. Without memory, a duplicate is better than none. */
static int found_on_record(void *arg, const void *record)
{
	struct found *found = arg;
	struct event event;

	if (!record)
		return found->on_record(found->arg, NULL);
	memcpy(&event, record, EVENT_SIZE);
	if (event.newstate == STATE_TICK || !seen_add(&found->seen, event.skaddr))
		return 0;
	return found->on_record(found->arg, record);
}

int scan_run(const struct scan *scan, const struct event_layout *layout,
	     int (*on_record)(void *arg, const void *record), void *arg, struct diag *diag)
{
	struct found found = {.on_record = on_record, .arg = arg};
	int err = iterator_run(scan->iterator, layout->sent, found_on_record, &found, diag);

	seen_free(&found.seen);
	return err;
}
