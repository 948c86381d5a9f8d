/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/accept.h"

#include <errno.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/perf_event.h"
#include "program/source.h"
#include "trace/companion.h"

/* Of the record only what the map depends on. */
static struct program_spec spec_reduce(const struct program_spec *spec)
{
	struct program_spec plain = companion_spec(spec);
	unsigned int wanted = 1U << OPTIONAL_AGE | 1U << OPTIONAL_OWNER | 1U << OPTIONAL_PID_NS |
			      1U << OPTIONAL_EXE | 1U << OPTIONAL_SESSION;

	if (!spec->stuck)
		event_layout_init(&plain.layout, spec->layout.wanted & wanted);
	return plain;
}

int accept_watch(struct loader **watching, const struct program_spec *spec,
		 const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	const struct program_spec plain = spec_reduce(spec);
	struct diag fexit, kretprobe;

	*watching = NULL;
	if (!companion_attach(watching, &plain, &source_accept_fexit, tracing, log, &fexit))
		return 0;
	if (access(KPROBE_PMU, F_OK))
		diag_set(&kretprobe, -ENOENT, "this kernel has no kprobes");
	else if (!companion_attach(watching, &plain, &source_accept_kretprobe, tracing, log,
				   &kretprobe))
		return 0;
	return diag_set(diag, -ENOTSUP, "fexit: %s; kretprobe: %s", fexit.what, kretprobe.what);
}
