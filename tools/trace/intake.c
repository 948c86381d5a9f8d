/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/intake.h"

#include <errno.h>

#include "base/diag.h"
#include "bpf/order.h"
#include "bpf/ring.h"
#include "output/losses.h"
#include "trace/buffers.h"

int intake_open(struct intake *intake, const struct event_layout *layout, struct buffers *buffers,
		struct losses *losses, struct diag *diag)
{
	*intake = (struct intake){.layout = layout, .buffers = buffers, .losses = losses};
	intake->order = order_new(layout->size);
	return intake->order ? 0 : diag_errno(diag, -ENOMEM, "starting");
}

void intake_close(struct intake *intake)
{
	order_free(intake->order);
	intake->order = NULL;
}

void intake_add(void *arg, int cpu, const void *data, size_t size)
{
	struct intake *intake = arg;
	struct event *event = order_slot(intake->order);

	if (!event) {
		intake->losses->counts[LOSS_NO_MEMORY]++;
		return;
	}
	if (!event_decode(intake->layout, cpu, data, size, event)) {
		intake->losses->counts[LOSS_BAD_RECORD]++;
		return;
	}
	if (intake->layout->wanted & 1U << OPTIONAL_RESET) {
		if (resets_take(&intake->resets, intake->layout, event, intake->order))
			return;
		resets_give(&intake->resets, intake->layout, event);
	}
	if (event->ts_ns > intake->newest_ns)
		intake->newest_ns = event->ts_ns;
	/* The program does not wake the reader right after the self test either. */
	if (event->skaddr != SELF_TEST_SK)
		order_add(intake->order);
}

static void wakeup_ignore(void *arg, int cpu, const void *data, size_t size)
{
	(void)arg; /* a wakeup carries no data */
	(void)cpu;
	(void)data;
	(void)size;
}

int intake_drain(struct intake *intake, struct diag *diag)
{
	if (ring_set_drain(intake->buffers->wakeups, wakeup_ignore, NULL) < 0 ||
	    ring_set_drain(intake->buffers->events, intake_add, intake) < 0)
		return diag_set(diag, -EPROTO, "corrupt perf buffer");
	return 0;
}
