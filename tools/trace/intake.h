/* SPDX-License-Identifier: Apache-2.0 */
/* Moves records from the perf buffers into time order. */
#ifndef INTAKE_H
#define INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "event/event.h"
#include "trace/resets.h"

struct buffers;
struct diag;
struct losses;
struct order;

struct intake { /* zeroed: none */
	const struct event_layout *layout;
	struct buffers *buffers;
	struct losses *losses; /* counts the records that cannot be kept */
	struct order *order;
	struct resets resets;
	uint64_t newest_ns; /* time of the latest event */
};

/* The layout, the buffers and the losses must outlive the intake. -errno with diag filled. */
int intake_open(struct intake *intake, const struct event_layout *layout, struct buffers *buffers,
		struct losses *losses, struct diag *diag);
void intake_close(struct intake *intake);

/*
 * Adds one record to the order; a ring_record_fn, arg is the struct intake. Records of the self
 * test (SELF_TEST_SK) are dropped.
 */
void intake_add(void *arg, int cpu, const void *data, size_t size);

/* Reads all buffers once. -errno with diag filled. */
int intake_drain(struct intake *intake, struct diag *diag);

#endif
