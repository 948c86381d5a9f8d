/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include <arpa/inet.h>
#include <string.h>

#include "address.h"
#include "digits.h"
#include "event.h"
#include "text.h"
#include "visible.h"

#define HIDDEN (-1) /* a width: the layout does not have the field */

/* What a field is of the event. Where a member is named, the row says which. */
enum kind {
	KIND_TIME, /* of day */
	KIND_TIMESTAMP, /* since the first event */
	KIND_HEX64, /* a __u64 */
	KIND_DEC32, /* a __u32 */
	KIND_DEC16, /* a __u16 */
	KIND_VERSION, /* of IP */
	KIND_ADDRESS, /* a __u8[16], of the event's family */
	KIND_STATE, /* a __u8 */
	KIND_COMM, /* of unknown origin: cut to the width in columns, quoted in CSV */
	KIND_SPAN,
};

struct field {
	const char *name;
	int8_t width[LAYOUTS]; /* padded to it; in CSV, any width does */
	char before[5]; /* between the field before and this one, in columns */
	uint8_t kind;
	uint8_t offset; /* of the member */
};

#define MEMBER(name) offsetof(struct event, name)

/* clang-format off */
static const struct field fields[] = {
	{"TIME",     {8, 8, 0},      "",     KIND_TIME,      MEMBER(ts_ns)},
	{"TIME(s)",  {9, 9, 0},      " ",    KIND_TIMESTAMP, MEMBER(ts_ns)},
	{"SKADDR",   {16, 16, 0},    " ",    KIND_HEX64,     MEMBER(skaddr)},
	{"C-PID",    {5, 5, 0},      " ",    KIND_DEC32,     MEMBER(pid)},
	{"C-COMM",   {10, 16, 0},    " ",    KIND_COMM,      MEMBER(comm)},
	{"IP",       {HIDDEN, 2, 0}, " ",    KIND_VERSION,   MEMBER(family)},
	{"LADDR",    {15, 26, 0},    " ",    KIND_ADDRESS,   MEMBER(laddr)},
	{"LPORT",    {5, 5, 0},      " ",    KIND_DEC16,     MEMBER(lport)},
	{"RADDR",    {15, 26, 0},    " ",    KIND_ADDRESS,   MEMBER(raddr)},
	{"RPORT",    {5, 5, 0},      " ",    KIND_DEC16,     MEMBER(rport)},
	{"OLDSTATE", {11, 11, 0},    " ",    KIND_STATE,     MEMBER(oldstate)},
	{"NEWSTATE", {11, 11, 0},    " -> ", KIND_STATE,     MEMBER(newstate)},
	{"MS",       {0, 0, 0},      " ",    KIND_SPAN,      MEMBER(span_ns)},
};
/* clang-format on */

#define FIELDS (sizeof(fields) / sizeof(*fields))

/*
 * A whole line's room is made at once, and no function below looks at it again: FIELD_ROOM is for
 * what is before a field, its value, and the spaces behind it, all of which are stored whatever the
 * width.
 */
#define PAD_ROOM   32 /* the widest column fits in */
#define STATE_ROOM DIGITS_DEC_ROOM
#define COMM_ROOM  (2 * VISIBLE_ROOM(EVENT_COMM_LEN) + 2) /* its quotes doubled, and quoted */
#define FIELD_ROOM 192
#define LINE_ROOM  (FIELDS * FIELD_ROOM + 1)

#define ROOM_ASSERT(room)                                                                          \
	_Static_assert(sizeof(fields->before) + (room) + PAD_ROOM <= FIELD_ROOM,                   \
		       "fields: a field may be longer than its room")
ROOM_ASSERT(COMM_ROOM);
ROOM_ASSERT(ADDRESS_ROOM);
ROOM_ASSERT(sizeof("-") + DIGITS_FIXED_ROOM);
ROOM_ASSERT(DIGITS_HEX_ROOM);
ROOM_ASSERT(STATE_ROOM);
ROOM_ASSERT(INT8_MAX); /* a width */
_Static_assert(STATE_ROOM >= sizeof(struct state_name), "fields: no room for a state's name");

/*
 * line_event() has its loop unrolled, and what it calls is part of it where the field's row is
 * looked at: so the row is constant there, and no jump on it is left for a processor to guess. It
 * is a quarter of the time (tests/bench/format.c).
 */
#define ROW_INLINE static inline __attribute__((always_inline))

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
static inline char *comm_put(char *at, const struct event *event, size_t max, size_t *columns)
{
	size_t plain = visible_plain(event->comm, sizeof(event->comm));

	if (plain < sizeof(event->comm) && event->comm[plain])
		return visible_put(at, event->comm, event_comm_len(event), max, columns);
	memcpy(at, event->comm, sizeof(event->comm));
	*columns = plain < max ? plain : max;
	return at + *columns;
}

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

/* The value of any field but the task's name, which is not shown alike in all layouts. */
ROW_INLINE char *value_put(char *at, const struct field *field, struct line_format *format,
			   const struct event *event)
{
	const void *member = (const char *)event + field->offset;

	switch (field->kind) {
	case KIND_TIME:
		memcpy(at, wall_clock_text(&format->clock, event->ts_ns), WALL_CLOCK_LEN);
		return at + WALL_CLOCK_LEN;
	case KIND_TIMESTAMP:
		return timestamp_put(at, format, event);
	case KIND_HEX64:
		return digits_hex(at, *(const __u64 *)member);
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
		return state_put(at, *(const __u8 *)member);
	case KIND_SPAN:
		return digits_thousandths(at, event_span_us(event));
	}
	return at;
}

ROW_INLINE char *column_put(char *at, const struct field *field, struct line_format *format,
			    enum layout layout, const struct event *event)
{
	size_t width = field->width[layout], columns;
	char *end = at + width;

	if (field->kind == KIND_COMM) {
		at = comm_put(at, event, width, &columns);
		end = at + width - columns;
	} else {
		at = value_put(at, field, format, event);
	}
	memset(at, ' ', PAD_ROOM);
	return at < end ? end : at;
}

/*
 * RFC 4180: a value with a comma or a quote is quoted, its quotes are doubled. So is one with a
 * line break, but nothing that is visible has one.
 */
static char *csv_quote(char *begin, const char *end)
{
	char value[COMM_ROOM], *at = begin;
	size_t len = end - begin;

	memcpy(value, begin, len);
	*at++ = '"';
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '"')
			*at++ = '"';
		*at++ = value[i];
	}
	*at++ = '"';
	return at;
}

ROW_INLINE char *csv_put(char *at, const struct field *field, struct line_format *format,
			 const struct event *event)
{
	size_t columns;
	char *end;

	if (field->kind != KIND_COMM)
		return value_put(at, field, format, event);
	end = comm_put(at, event, SIZE_MAX, &columns);
	for (const char *c = at; c < end; c++)
		if (*c == ',' || *c == '"')
			return csv_quote(at, end);
	return end;
}

ROW_INLINE bool field_shown(const struct field *field, const struct line_format *format)
{
	if (field->kind == KIND_TIME)
		return format->time;
	if (field->kind == KIND_TIMESTAMP)
		return format->timestamp;
	return field->width[format->layout] != HIDDEN;
}

void line_header(const struct line_format *format, struct text *text)
{
	bool first = true;

	for (const struct field *field = fields; field < fields + FIELDS; field++) {
		if (!field_shown(field, format))
			continue;
		if (!first)
			text_str(text, format->layout == LAYOUT_CSV ? "," : field->before);
		text_str(text, field->name);
		for (int at = strlen(field->name); at < field->width[format->layout]; at++)
			text_char(text, ' ');
		first = false;
	}
	text_char(text, '\n');
}

/* The field's separator, unless at is where the line begins, and its value. */
ROW_INLINE char *field_put(char *at, const char *begin, const struct field *field,
			   struct line_format *format, enum layout layout,
			   const struct event *event)
{
	const char *before = layout == LAYOUT_CSV ? "," : field->before;

	if (at > begin) {
		memcpy(at, before, strlen(before));
		at += strlen(before);
	}
	if (layout == LAYOUT_CSV)
		return csv_put(at, field, format, event);
	return column_put(at, field, format, layout, event);
}

void line_event(struct line_format *format, const struct event *event, struct text *text)
{
	char *begin = text_reserve(text, LINE_ROOM), *at = begin;
	const enum layout layout = format->layout;

	if (!at)
		return;
	if (!format->started)
		format->start_us = event->ts_ns / 1000;
	format->started = true;
#pragma GCC unroll 16
	for (const struct field *field = fields; field < fields + FIELDS; field++)
		if (field_shown(field, format))
			at = field_put(at, begin, field, format, layout, event);
	*at++ = '\n';
	text_take(text, at);
}
