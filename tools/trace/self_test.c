/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/self_test.h"

#include <errno.h>
#include <stdint.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/ring.h"
#include "event/event.h"
#include "output/summary.h"
#include "program/probe.h"
#include "program/program.h"
#include "trace/buffers.h"
#include "trace/summary_read.h"

int self_test_run(const struct program_spec *spec, const struct loader *loader,
		  const struct buffers *buffers, enum self_test *result, struct diag *diag)
{
	struct summary_row row = {0};
	uint64_t counters[COUNTERS];
	int err;

	*result = SELF_TEST_NONE;
	if (spec->text) {
		/* It may not implement the test. */
		diag_set(diag, 0, "the program is from --bpf-text");
		return 0;
	}
	err = probe_test(loader, diag);
	if (err)
		return err == -EOPNOTSUPP ? 0 : err;

	/*
	 * A summary counts the test in the row of a state that no socket has. Of the perf buffers
	 * only the kernel's positions are read, not the records: they may be of others, and
	 * privileges have not been dropped yet. A record of another change is as good, since it
	 * took the same path.
	 */
	if (spec->summary) {
		err = summary_read_row(&row, loader, STATE_SELF_TEST, diag);
		if (err)
			return err;
	}
	if (row.unknown || (!spec->summary && ring_set_has_records(buffers->events))) {
		*result = SELF_TEST_PASSED;
		return 0;
	}
	if (!loader_counters(loader, "counters", counters, COUNTERS) &&
	    (counters[COUNTER_NO_BUFFER] || counters[COUNTER_LOST])) {
		diag_set(diag, 0,
			 "inconclusive: records were lost meanwhile, as a CPU came online or "
			 "a perf buffer was full");
		return 0;
	}
	diag_set(diag, -EIO, "the program runs, but its record does not arrive");
	diag_hint(diag,
		  "try another --probe, and please report this with the output of -v and --check");
	return -EIO;
}
