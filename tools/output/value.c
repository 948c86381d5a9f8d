/* SPDX-License-Identifier: Apache-2.0 */
#include "output/value.h"

#include "base/text.h"
#include "event/words.h"
#include "system/cgroup.h"

void address_append(struct text *text, const struct event *event, const uint8_t address[16])
{
	char *at = text_reserve(text, ADDRESS_ROOM);

	if (at)
		text_commit(text, address_put(at, event, address));
}

void state_append(struct text *text, unsigned int state)
{
	char *at = text_reserve(text, STATE_ROOM);

	if (at)
		text_commit(text, state_put(at, state));
}

void comm_append(struct text *text, const char comm[EVENT_COMM_LEN])
{
	char *at = text_reserve(text, COMM_ROOM);
	size_t columns;

	if (at)
		text_commit(text, comm_put(at, comm, SIZE_MAX, &columns));
}

char *quote_put(char *begin, char *end, char mark)
{
	size_t more = 2;
	char *to;

	for (const char *c = begin; c < end; c++)
		more += *c == '"' || *c == mark;
	to = end += more;
	*--to = '"';
	for (char *from = end - more; from > begin;) {
		*--to = *--from;
		if (*to == '"' || *to == mark)
			*--to = mark;
	}
	*begin = '"';
	return end;
}

size_t value_parts_find(struct line_format *format, const struct event *event)
{
	const char *path = NULL;
	uint64_t id;

	if (!(format->event_layout->wanted & 1U << OPTIONAL_cgroup))
		return 0;
	id = event_socket_field(format->event_layout, OPTIONAL_cgroup, event);
	if (format->cgroups && id != FIELD_UNKNOWN)
		path = cgroups_path(format->cgroups, id);
	cgroup_names_read(&format->cgroup, path);
	return CGROUP_NAMES * NAME_ROOM(format->cgroup.path.len);
}

const char *value_word(const struct field *field, const struct line_format *format,
		       const struct event *event)
{
	switch (field->kind) {
	case KIND_OWNER_FROM:
		return owner_from_word(event_owner(format->event_layout, event)->from);
	case KIND_WHY:
		return why_word(event_why(format->event_layout, event));
	case KIND_OPENED:
		return opened_word(event_session(format->event_layout, event)->opened);
	case KIND_RESET:
		return reset_reason_word(event_reset(format->event_layout, event));
	case KIND_FIRST:
		return first_word(first_of(event_why(format->event_layout, event), event->oldstate,
					   event->newstate));
	}
	return NULL;
}
