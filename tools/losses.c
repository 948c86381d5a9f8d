/* SPDX-License-Identifier: Apache-2.0 */
#include "losses.h"

#include <stdio.h>

static const char *const causes[LOSSES] = {
	[LOSS_BUFFER_FULL] = "events lost: the perf buffer was full",
	[LOSS_MISSED] = "events missed: the program was busy",
	[LOSS_NO_ROOM] = "sockets not timed: the table was full (--max-sockets)",
	[LOSS_NO_MEMORY] = "events lost: no memory",
	[LOSS_BAD_RECORD] = "events lost: not a record of ours",
	[LOSS_LATE] = "events out of order: they came late",
	[LOSS_JOURNAL] = "events not logged: the journal did not take them",
};

void losses_tell(struct losses *losses)
{
	for (int i = 0; i < LOSSES; i++) {
		uint64_t new = losses->counts[i] - losses->told[i];

		if (!new)
			continue;
		fprintf(stderr, "tcpstates: %llu %s\n", (unsigned long long)new, causes[i]);
		losses->told[i] = losses->counts[i];
	}
}

void losses_total(const struct losses *losses)
{
	for (int i = 0; i < LOSSES; i++)
		if (losses->counts[i])
			fprintf(stderr, "tcpstates: in all: %llu %s\n",
				(unsigned long long)losses->counts[i], causes[i]);
}
