/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The values of fields as text, written at a cursor: each function writes at at, which has
 * VALUE_ROOM, and returns where the text ends. What follows there up to the room may be
 * overwritten.
 */
#ifndef VALUE_H
#define VALUE_H

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>

#include "base/address.h"
#include "base/digits.h"
#include "base/visible.h"
#include "event/event.h"
#include "output/fields.h"
#include "output/format.h"

#define STATE_ROOM     DIGITS_DEC_ROOM
#define NAME_ROOM(len) (2 * VISIBLE_ROOM(len) + 2) /* its quotes doubled, and quoted */
#define COMM_ROOM      NAME_ROOM(EVENT_COMM_LEN)
#define VALUE_ROOM     NAME_ROOM(OWNER_EXE_LEN)

#define VALUE_ROOM_ASSERT(room)                                                                    \
	_Static_assert((room) <= VALUE_ROOM, "value: one may be longer than its room")
VALUE_ROOM_ASSERT(ADDRESS_ROOM);
VALUE_ROOM_ASSERT(sizeof("-") + DIGITS_FIXED_ROOM);
VALUE_ROOM_ASSERT(DIGITS_HEX_ROOM);
VALUE_ROOM_ASSERT(STATE_ROOM);
VALUE_ROOM_ASSERT(WALL_CLOCK_ISO_LEN);
_Static_assert(STATE_ROOM >= sizeof(struct state_name), "value: no room for a state's name");

static inline char *address_put(char *at, const struct event *event, const uint8_t address[16])
{
	return event->family == AF_INET ? address_ipv4_put(at, address)
					: address_ipv6_put(at, address);
}

static inline char *state_put(char *at, unsigned int state)
{
	const struct state_name *name = state_name(state);

	if (!name)
		return digits_dec(at, state);
	memcpy(at, name, sizeof(*name));
	return at + name->len;
}

/* At most max columns; columns becomes how many. */
static inline char *comm_put(char *at, const char comm[EVENT_COMM_LEN], size_t max, size_t *columns)
{
	size_t plain = visible_plain(comm, EVENT_COMM_LEN);

	if (plain < EVENT_COMM_LEN && comm[plain])
		return visible_put(at, comm, event_comm_len(comm), max, columns);
	memcpy(at, comm, EVENT_COMM_LEN);
	*columns = plain < max ? plain : max;
	return at + *columns;
}

/* Returns the part of the cgroup's path that the field shows, or NULL. */
static inline const struct cgroup_part *value_part(const struct field *field,
						   const struct line_format *format)
{
	switch (field->kind) {
	case KIND_CGROUP:
		return &format->cgroup.path;
	case KIND_UNIT:
		return format->kind < FORMAT_CSV ? &format->cgroup.unit_short
						 : &format->cgroup.unit;
	case KIND_CONTAINER:
		return &format->cgroup.container;
	case KIND_POD:
		return &format->cgroup.pod;
	}
	return NULL;
}

/*
 * Returns a value of unknown origin, in at most max columns, and its width in columns. NULL if the
 * field has no such value, or it is unknown.
 */
static inline __attribute__((always_inline)) char *name_put(char *at, const struct field *field,
							    const struct line_format *format,
							    const struct event *event, size_t max,
							    size_t *columns)
{
	const struct cgroup_part *part = value_part(field, format);
	const char *comm = field->kind == KIND_COMM ? event->comm : NULL;
	const struct owner *owner;

	if (field->kind == KIND_OWNER_COMM && event_owner(format->event_layout, event)->from)
		comm = event_owner(format->event_layout, event)->comm;
	if (field->kind == KIND_OWNER_EXE) {
		owner = event_owner(format->event_layout, event);
		if (!owner->from || !owner->exe[0])
			return NULL;
		return visible_put(at, owner->exe, strnlen(owner->exe, OWNER_EXE_LEN), max,
				   columns);
	}
	if (comm)
		return comm_put(at, comm, max, columns);
	if (!part || !part->len)
		return NULL;
	if (field->kind == KIND_CGROUP)
		return visible_put(at, part->bytes, part->len, max, columns);
	/* The letters are checked: they need no escape. */
	*columns = part->len < max ? part->len : max;
	memcpy(at, part->bytes, *columns);
	return at + *columns;
}

/* Quotes the text between begin and end in place: mark precedes a quote, and itself. */
char *quote_put(char *begin, char *end, char mark);

/*
 * Call it before the event's values, if there is a list: finds the parts of the cgroup's path, if a
 * field needs one. Returns the room that they may need beyond VALUE_ROOM.
 */
size_t value_parts_find(struct line_format *format, const struct event *event);

/* Returns the value of a field whose value is a word: NULL if it is unknown. */
const char *value_word(const struct field *field, const struct line_format *format,
		       const struct event *event);

/* Whether the event stands for a whole session, not for a change or an open socket. */
static inline bool value_is_session(const struct line_format *format, const struct event *event)
{
	return format->sessions && event->newstate == TCP_CLOSE;
}

/* A time of the session in nanoseconds, or FIELD_UNKNOWN. */
static inline uint64_t value_session_ns(const struct field *field, const struct line_format *format,
					const struct event *event)
{
	const struct session *session = event_session(format->event_layout, event);

	switch (field->kind) {
	case KIND_CONNECT:
		return session_connect_ns(session);
	case KIND_CLOSING:
		return session_close_ns(session);
	}
	return session->state_ns[field->offset];
}

static inline __attribute__((always_inline)) bool value_is_unknown(const struct field *field,
								   const struct line_format *format,
								   const struct event *event)
{
	switch (field->kind) {
	case KIND_SPAN: /* without -x, 0.000 as ever */
		return format->extended && event->span_ns == SPAN_UNKNOWN;
	case KIND_AGE:
		return event_age_ns(format->event_layout, event) == AGE_UNKNOWN;
	case KIND_CPU:
		return event_cpu(format->event_layout, event) == CPU_UNKNOWN;
	case KIND_SOCKET:
		return event_socket_field(format->event_layout, field->offset, event) ==
		       FIELD_UNKNOWN;
	case KIND_OWNER_PID:
	case KIND_OWNER_COMM:
		return !event_owner(format->event_layout, event)->from;
	case KIND_OWNER_EXE:
		return !event_owner(format->event_layout, event)->from ||
		       !event_owner(format->event_layout, event)->exe[0];
	case KIND_OWNER_PID_NS:
		return !event_owner(format->event_layout, event)->from ||
		       !event_owner(format->event_layout, event)->pid_ns;
	case KIND_OWNER_FROM:
	case KIND_WHY:
	case KIND_FIRST:
	case KIND_RESET:
	case KIND_OPENED:
		return !value_word(field, format, event);
	case KIND_START:
	case KIND_START_TIME:
		return !event_session(format->event_layout, event)->start_ns;
	case KIND_CONNECT:
	case KIND_CLOSING:
	case KIND_STATE_TIME:
		return value_session_ns(field, format, event) == FIELD_UNKNOWN;
	case KIND_CGROUP:
	case KIND_UNIT:
	case KIND_CONTAINER:
	case KIND_POD:
		return !value_part(field, format)->len;
	}
	return false;
}

/* Unknown values are empty in CSV, as shells and databases expect, and - with -x. */
static inline char *word_put(char *at, const char *word, const struct line_format *format)
{
	size_t len;

	if (!word)
		word = format->kind == FORMAT_CSV && !format->extended ? "" : "-";
	len = strlen(word);
	memcpy(at, word, len);
	return at + len;
}

/* A late event may be older than the first one shown. */
static inline char *timestamp_put(char *at, const struct line_format *format,
				  const struct event *event)
{
	uint64_t ts_us = event->ts_ns / 1000;

	if (ts_us >= format->start_us)
		return digits_millionths(at, ts_us - format->start_us);
	*at++ = '-';
	return digits_millionths(at, format->start_us - ts_us);
}

/* Of a session whose start is known. */
static inline char *start_put(char *at, const struct field *field, struct line_format *format,
			      const struct event *event)
{
	uint64_t start_ns = event_session(format->event_layout, event)->start_ns;

	if (field->kind == KIND_START) {
		wall_clock_iso(&format->clock, start_ns, at);
		return at + WALL_CLOCK_ISO_LEN;
	}
	memcpy(at, wall_clock_text(&format->clock, start_ns), WALL_CLOCK_LEN);
	return at + WALL_CLOCK_LEN;
}

/* Of a field of KIND_STATE. */
static inline unsigned int value_state(const struct field *field, const struct event *event)
{
	if (field->offset)
		return *((const __u8 *)event + field->offset);
	return event->newstate == STATE_STILL || event->newstate == STATE_STUCK ? event->oldstate
										: event->newstate;
}

/* Writes the value of any field that name_put() does not: formats print names differently. */
static inline __attribute__((always_inline)) char *value_put(char *at, const struct field *field,
							     struct line_format *format,
							     const struct event *event)
{
	const void *member = (const char *)event + field->offset;

	if (value_is_unknown(field, format, event))
		return word_put(at, NULL, format);
	switch (field->kind) {
	case KIND_TIME:
		memcpy(at, wall_clock_text(&format->clock, event->ts_ns), WALL_CLOCK_LEN);
		return at + WALL_CLOCK_LEN;
	case KIND_ISOTIME:
		wall_clock_iso(&format->clock, event->ts_ns, at);
		return at + WALL_CLOCK_ISO_LEN;
	case KIND_TIMESTAMP:
		return timestamp_put(at, format, event);
	case KIND_HEX64:
		return digits_hex(at, *(const __u64 *)member);
	case KIND_DEC64:
		return digits_dec(at, *(const __u64 *)member);
	case KIND_DEC32:
		return digits_dec(at, *(const __u32 *)member);
	case KIND_DEC16:
		return digits_short(at, *(const __u16 *)member);
	case KIND_VERSION:
		*at = event->family == AF_INET ? '4' : '6';
		return at + 1;
	case KIND_ADDRESS:
		return address_put(at, event, member);
	case KIND_STATE:
		return state_put(at, value_state(field, event));
	case KIND_SPAN:
		return digits_thousandths(at, event_span_us(event));
	case KIND_AGE:
		return digits_thousandths(at, event_age_ns(format->event_layout, event) / 1000);
	case KIND_CPU:
		return digits_dec(at, event_cpu(format->event_layout, event));
	case KIND_SOCKET:
		return digits_dec(at,
				  event_socket_field(format->event_layout, field->offset, event));
	case KIND_OWNER_PID:
		return digits_dec(at, event_owner(format->event_layout, event)->pid);
	case KIND_OWNER_PID_NS:
		return digits_dec(at, event_owner(format->event_layout, event)->pid_ns);
	case KIND_OWNER_FROM:
	case KIND_WHY:
	case KIND_FIRST:
	case KIND_RESET:
	case KIND_OPENED:
		return word_put(at, value_word(field, format, event), format);
	case KIND_START:
	case KIND_START_TIME:
		return start_put(at, field, format, event);
	case KIND_CONNECT:
	case KIND_CLOSING:
	case KIND_STATE_TIME:
		return digits_thousandths(at, value_session_ns(field, format, event) / 1000);
	}
	return at;
}

/* Values that are text in every format. */
void address_append(struct text *text, const struct event *event, const uint8_t address[16]);
void state_append(struct text *text, unsigned int state);
void comm_append(struct text *text, const char comm[EVENT_COMM_LEN]);

#endif
