/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <string.h>
#include <unistd.h>

#include "custom_text.h"
#include "diag.h"
#include "event.h"
#include "loader.h"
#include "options.h"
#include "probe.h"
#include "program.h"
#include "seen.h"
#include "steps.h"

/* A changed text may keep something else of a socket. */
static bool text_is_changed(const struct custom_text *custom)
{
	return custom && !custom_text_is_own(custom);
}

bool scan_is_wanted(const struct options *options, const struct custom_text *custom)
{
	if (text_is_changed(custom))
		return false;
	return options->summary || options->stuck.after_ns ||
	       field_list_extras(&options->fields) & 1U << OPTIONAL_OWNER;
}

/* The program's own text, or one that is made of the user's, whose filters it has. */
static int program_make(const struct options *options, const struct custom_text *custom,
			struct steps *steps, struct program *program, struct diag *diag)
{
	struct custom_text made = {0};
	struct probe probe;
	int err = 0;

	probe_scan(&probe);
	if (custom)
		err = custom_text_scan(custom, options, &probe, &made, diag);
	if (!err)
		err = program_compile(options, &probe, custom ? &made : NULL, steps, program, diag);
	custom_text_free(&made);
	return err;
}

int scan_open(struct scan *scan, const struct options *options, const struct custom_text *custom,
	      const struct loader *tracing, struct steps *steps, struct diag *diag)
{
	_cleanup_program_ struct program program = PROGRAM_NONE;
	bool changed = text_is_changed(custom);
	struct loader *loader = NULL;
	int err;

	*scan = SCAN_NONE;
	err = probe_may_read(diag);
	if (err)
		return err;
	err = program_make(options, changed ? NULL : custom, steps, &program, diag);
	if (!err)
		err = program_settle(&program, diag);
	if (!err)
		program_tell_lacks(&program);
	if (!err)
		err = loader_open(&loader, program.object.data, program.object.len, diag);
	if (!err && tracing && !changed)
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
	return loader_may_iterate(scan->iterator);
}

struct found {
	struct seen seen;
	int (*take)(void *arg, const void *record);
	void *arg;
};

/* Each descriptor of a socket brings a record. Without memory a second one is better than none. */
static int found_take(void *arg, const void *record)
{
	struct found *found = arg;
	struct event event;

	if (!record)
		return found->take(found->arg, NULL);
	memcpy(&event, record, EVENT_SIZE);
	if (event.newstate == STATE_TICK || !seen_add(&found->seen, event.skaddr))
		return 0;
	return found->take(found->arg, record);
}

int scan_run(const struct scan *scan, const struct options *options,
	     int (*take)(void *arg, const void *record), void *arg, struct diag *diag)
{
	struct found found = {.take = take, .arg = arg};
	struct event_layout layout;
	int err;

	event_layout_init(&layout, field_list_extras(&options->fields));
	err = loader_iterate(scan->iterator, layout.sent, found_take, &found, diag);
	seen_free(&found.seen);
	return err;
}
