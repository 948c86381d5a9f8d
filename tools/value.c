/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include "text.h"

void address_append(struct text *text, const struct event *event, const uint8_t address[16])
{
	char *at = text_reserve(text, ADDRESS_ROOM);

	if (at)
		text_take(text, address_put(at, event, address));
}

void state_append(struct text *text, unsigned int state)
{
	char *at = text_reserve(text, STATE_ROOM);

	if (at)
		text_take(text, state_put(at, state));
}

void comm_append(struct text *text, const struct event *event)
{
	char *at = text_reserve(text, COMM_ROOM);
	size_t columns;

	if (at)
		text_take(text, comm_put(at, event, SIZE_MAX, &columns));
}
