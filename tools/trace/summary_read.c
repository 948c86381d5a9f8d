/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/summary_read.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/loader.h"
#include "output/summary.h"

int summary_read_row(struct summary_row *row, const struct loader *loader, uint32_t state,
		     struct diag *diag)
{
	int cpus = loader_cpus(diag), err;
	struct summary_state *states;

	if (cpus < 0)
		return cpus;
	states = calloc(cpus, sizeof(*states));
	err = states ? loader_values(loader, "summary", state, states, sizeof(*states)) : -ENOMEM;
	if (!err)
		summary_row_sum(row, states, cpus);
	free(states);
	return err ? diag_errno(diag, err, "reading the summary") : 0;
}

int summary_read(struct summary *summary, const struct loader *loader, struct diag *diag)
{
	int err = 0;

	summary->now_ns = clock_now_ns();
	/* Without STATE_SELF_TEST. */
	for (uint32_t state = 1; !err && state < SUMMARY_STATES; state++)
		err = summary_read_row(&summary->rows[state], loader, state, diag);
	if (err)
		return err;
	err = loader_counters(loader, "whys", summary->whys, WHYS);
	return err ? diag_errno(diag, err, "reading the summary") : 0;
}
