/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <errno.h>
#include <unistd.h>

#include "diag.h"
#include "event.h"
#include "hash_map.h"
#include "loader.h"
#include "options.h"
#include "probe.h"
#include "program.h"
#include "steps.h"

bool scan_is_wanted(const struct options *options)
{
	/* A text of the user's own may keep something else of a socket. */
	if (options->bpf_text)
		return false;
	return options->summary || options->stuck.after_ns ||
	       field_list_extras(&options->fields) & 1U << EXTRA_OWNER;
}

int scan_open(struct scan *scan, const struct options *options, const struct loader *tracing,
	      struct steps *steps, struct diag *diag)
{
	_cleanup_program_ struct program program = PROGRAM_NONE;
	struct loader *loader = NULL;
	struct probe probe;
	int err;

	*scan = SCAN_NONE;
	err = probe_may_read(diag);
	if (err)
		return err;
	probe_scan(&probe);
	err = program_compile(options, &probe, NULL, steps, &program, diag);
	if (!err)
		err = program_settle(&program, diag);
	if (!err)
		err = loader_open(&loader, program.object.data, program.object.len, diag);
	if (!err && tracing)
		err = loader_share(loader, tracing, diag);
	if (!err)
		err = loader_load(loader, diag);
	if (!err)
		err = scan->iterator = loader_iterator(loader, diag);
	if (err >= 0)
		err = scan->scanned = loader_map_keep(loader, "scanned", diag);
	loader_free(loader);
	if (err < 0)
		scan_close(scan);
	return err < 0 ? err : 0;
}

void scan_close(struct scan *scan)
{
	if (scan->iterator >= 0)
		close(scan->iterator);
	if (scan->scanned >= 0)
		close(scan->scanned);
	*scan = SCAN_NONE;
}

bool scan_may_read(const struct scan *scan)
{
	return hash_map_empty(scan->scanned, sizeof(uint64_t), sizeof(uint8_t)) != -EPERM;
}

int scan_run(const struct scan *scan, const struct options *options,
	     int (*take)(void *arg, const void *record), void *arg, struct diag *diag)
{
	struct event_layout layout;
	int err;

	event_layout_init(&layout, field_list_extras(&options->fields));
	err = hash_map_empty(scan->scanned, sizeof(uint64_t), sizeof(uint8_t));
	return err ? diag_errno(diag, err, "looking for sockets again")
		   : loader_iterate(scan->iterator, layout.sent, take, arg, diag);
}
