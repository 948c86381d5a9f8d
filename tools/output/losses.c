/* SPDX-License-Identifier: Apache-2.0 */
#include "output/losses.h"

#include "log/message.h"

static const struct {
	const char *name, *words;
} causes[LOSSES] = {
	[LOSS_BUFFER_FULL] = {"buffer_full", "events lost: the perf buffer was full"},
	[LOSS_NO_BUFFER] = {"no_buffer", "events lost: on a CPU that came online since the start"},
	[LOSS_MISSED] = {"missed", "events missed: the program was busy"},
	[LOSS_NO_ROOM] = {"no_room", "sockets not timed: the table was full (--max-sockets)"},
	[LOSS_TABLE_ERROR] = {"table_error",
			      "sockets not timed: the kernel had no memory for the table"},
	[LOSS_UNFOLLOWED] = {"unfollowed",
			     "processes or cgroups that the filter misses: its table was full"},
	[LOSS_NO_MEMORY] = {"no_memory", "events lost: no memory"},
	[LOSS_BAD_RECORD] = {"bad_record", "events lost: the record is not an event"},
	[LOSS_LATE] = {"late", "events out of order: they came late"},
	[LOSS_JOURNAL] = {"journal", "events not logged: journald did not accept them"},
	[LOSS_SUPPRESSED] = {"suppressed", "events not in the journal: journald's rate limit"},
	[LOSS_OUTPUT] = {"output", "events not printed: output was blocked at exit"},
};

const char *loss_name(enum loss cause)
{
	return causes[cause].name;
}

const char *loss_words(enum loss cause)
{
	return causes[cause].words;
}

void losses_report(struct losses *losses, loss_fn *fn, void *arg)
{
	for (int i = 0; i < LOSSES; i++) {
		uint64_t new = losses->counts[i] - losses->reported[i];

		if (!new)
			continue;
		if (!fn(arg, i, new))
			message_print("%llu %s", (unsigned long long)new, causes[i].words);
		losses->reported[i] = losses->counts[i];
	}
}

void losses_report_total(const struct losses *losses)
{
	for (int i = 0; i < LOSSES; i++)
		if (losses->counts[i])
			message_print("in all: %llu %s", (unsigned long long)losses->counts[i],
				      causes[i].words);
}
