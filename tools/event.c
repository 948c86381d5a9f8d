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

const char *state_name(unsigned int state)
{
	static const char *const names[] = {
		[1] = "ESTABLISHED", [2] = "SYN_SENT",	[3] = "SYN_RECV", [4] = "FIN_WAIT1",
		[5] = "FIN_WAIT2",   [6] = "TIME_WAIT", [7] = "CLOSE",	  [8] = "CLOSE_WAIT",
		[9] = "LAST_ACK",    [10] = "LISTEN",	[11] = "CLOSING", [12] = "NEW_SYN_RECV",
	};

	return state < sizeof(names) / sizeof(*names) ? names[state] : NULL;
}
