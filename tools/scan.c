/* SPDX-License-Identifier: Apache-2.0 */
#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "btf.h"
#include "diag.h"
#include "event.h"
#include "loader.h"
#include "options.h"
#include "probe.h"
#include "program.h"
#include "steps.h"
#include "text.h"

struct scan {
	struct loader *loader;
	size_t size; /* of a record */
};

bool scan_is_wanted(const struct options *options)
{
	/* A text of the user's own may keep something else of a socket. */
	if (options->bpf_text)
		return false;
	return options->summary || options->stuck.after_ns ||
	       field_list_extras(&options->fields) & 1U << EXTRA_OWNER;
}

int scan_open(struct scan **scan, const struct options *options, const struct loader *tracing,
	      struct steps *steps, struct diag *diag)
{
	_cleanup_text_ struct text object = {0};
	struct event_layout layout;
	struct probe probe;
	int err;

	if (access(BTF_VMLINUX, R_OK))
		return diag_errno(diag, -errno, BTF_VMLINUX);
	*scan = calloc(1, sizeof(**scan));
	if (!*scan)
		return diag_errno(diag, -ENOMEM, "looking for sockets");
	event_layout_init(&layout, field_list_extras(&options->fields));
	(*scan)->size = layout.sent;
	probe_scan(&probe);
	err = program_compile(options, &probe, NULL, steps, &object, diag);
	return err ? err : loader_open(&(*scan)->loader, object.data, object.len, tracing, diag);
}

void scan_free(struct scan *scan)
{
	if (scan)
		loader_free(scan->loader);
	free(scan);
}

int scan_run(struct scan *scan, int (*take)(void *arg, const void *record), void *arg,
	     struct diag *diag)
{
	return loader_iterate(scan->loader, scan->size, take, arg, diag);
}
