/* SPDX-License-Identifier: Apache-2.0 */
#include "event.h"

#include <string.h>

bool event_decode(const void *data, size_t size, struct event *event)
{
	if (size < EVENT_SIZE)
		return false;
	memcpy(event, data, EVENT_SIZE);
	return true;
}

uint64_t event_span_us(const struct event *event)
{
	return event->span_ns == SPAN_UNKNOWN ? 0 : event->span_ns / 1000;
}

size_t event_comm_len(const struct event *event)
{
	return strnlen(event->comm, sizeof(event->comm));
}

#define NAME(name)                                                                                 \
	{                                                                                          \
		name, sizeof(name) - 1                                                             \
	}

const struct state_name *state_name(unsigned int state)
{
	static const struct state_name names[] = {
		[1] = NAME("ESTABLISHED"), [2] = NAME("SYN_SENT"),   [3] = NAME("SYN_RECV"),
		[4] = NAME("FIN_WAIT1"),   [5] = NAME("FIN_WAIT2"),  [6] = NAME("TIME_WAIT"),
		[7] = NAME("CLOSE"),	   [8] = NAME("CLOSE_WAIT"), [9] = NAME("LAST_ACK"),
		[10] = NAME("LISTEN"),	   [11] = NAME("CLOSING"),   [12] = NAME("NEW_SYN_RECV"),
	};

	if (state >= sizeof(names) / sizeof(*names) || !names[state].len)
		return NULL;
	return &names[state];
}
