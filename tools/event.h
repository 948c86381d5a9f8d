/* SPDX-License-Identifier: Apache-2.0 */
/* One state change, as the BPF program sent it (bpf_text/wire.h). */
#ifndef EVENT_H
#define EVENT_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire.h"

/* Copies a record's data into event; false if it is too short to be one. */
bool event_decode(const void *data, size_t size, struct event *event);

/* Time in the old state; 0 where it is unknown, as the original shows it. */
uint64_t event_span_us(const struct event *event);

/* Bytes of the task's name up to its NUL, which need not be there. */
size_t event_comm_len(const struct event *event);

/* A state's name, and its length, so that it can be copied whole. */
struct state_name {
	char text[15];
	uint8_t len;
};

/* The kernel's name of a state without TCP_ (include/net/tcp_states.h), or NULL. */
const struct state_name *state_name(unsigned int state);

#endif
