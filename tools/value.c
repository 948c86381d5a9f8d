/* SPDX-License-Identifier: Apache-2.0 */
#include "value.h"

#include "ending.h"
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
		text_take(text, comm_put(at, event->comm, SIZE_MAX, &columns));
}

static const char *owner_from(const struct owner *owner)
{
	static const char *const words[] = {
		[OWNER_SCAN] = "scan",
		[OWNER_SELF] = "self",
		[OWNER_LISTENER] = "listener",
	};

	return owner->from < sizeof(words) / sizeof(*words) ? words[owner->from] : NULL;
}

const char *value_word(const struct field *field, const struct line_format *format,
		       const struct event *event)
{
	switch (field->kind) {
	case KIND_OWNER_FROM:
		return owner_from(event_owner(format->extras, event));
	case KIND_WHY:
		return ending_why(event_ending(format->extras, event), event->oldstate,
				  event->newstate);
	case KIND_FIRST:
		return ending_first(event_ending(format->extras, event), event->oldstate,
				    event->newstate);
	}
	return NULL;
}
