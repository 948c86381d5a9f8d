/* SPDX-License-Identifier: Apache-2.0 */
#include "output/lines.h"

#include "base/text.h"
#include "output/value.h"

/*
 * A whole line's room is made at once, and no function below looks at it again: FIELD_ROOM is for
 * what is before a field, its value, colors around it and the spaces behind it, all of which are
 * stored whatever the width.
 */
#define PAD_ROOM   40 /* the widest column of its own fits in */
#define PAD_LIST   64 /* the widest of a list's */
#define COLOR_ROOM 16
#define FIELD_ROOM 320
#define LINE_ROOM  (FIELDS * FIELD_ROOM + 1)
_Static_assert(sizeof(field_table->before) + VALUE_ROOM + COLOR_ROOM + PAD_LIST <= FIELD_ROOM,
	       "lines: a field may be longer than its room");

/*
 * A line without a list has its loop unrolled, and what it calls is part of it where the field's
 * row is looked at: so the row is constant there, and no jump on it is left for a processor to
 * guess. It is a third of the time (tests/bench/format.c).
 */
#define ROW_INLINE static inline __attribute__((always_inline))

/*
 * ECMA-48, 8.3.117: green while data flows, yellow while it begins, red while one side waits.
 * escapes becomes the number of bytes without a column.
 */
static char *state_color_put(char *at, unsigned int state, size_t *escapes)
{
	static const char *const colors[] = {
		[1] = "\033[32m", [2] = "\033[33m",  [3] = "\033[33m",	[4] = "\033[35m",
		[5] = "\033[35m", [6] = "\033[35m",  [7] = "\033[90m",	[8] = "\033[31m",
		[9] = "\033[35m", [10] = "\033[36m", [11] = "\033[35m",
	};
	static const char off[] = "\033[m";
	const char *on = "\033[39m";
	size_t on_len, off_len = strlen(off);

	if (state < sizeof(colors) / sizeof(*colors) && colors[state])
		on = colors[state];
	on_len = strlen(on);
	memcpy(at, on, on_len);
	at = state_put(at + on_len, state);
	memcpy(at, off, off_len);
	*escapes = on_len + off_len;
	return at + off_len;
}

/* The column of a list grows to fit its value. */
ROW_INLINE char *column_put(char *at, const struct field *field, struct line_format *format,
			    size_t width, uint8_t *grown, const struct event *event)
{
	size_t columns, escapes = 0;
	char *begin = at,
	     *end = name_put(at, field, format, event, grown ? SIZE_MAX : width, &columns);

	if (end) {
		at = end;
	} else if (field->kind == KIND_STATE && format->color) {
		at = state_color_put(at, value_state(field, event), &escapes);
		columns = at - begin - escapes;
	} else {
		at = value_put(at, field, format, event);
		columns = at - begin;
	}
	if (grown && columns > *grown)
		*grown = columns < PAD_LIST ? columns : PAD_LIST;
	memset(at, ' ', grown ? PAD_LIST : PAD_ROOM);
	return columns < width ? at + width - columns : at;
}

/* Characters that begin a formula in a spreadsheet: a sign, or its full-width form. */
static bool is_formula(const char *at, const char *end)
{
	static const char *const signs[] = {
		"=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t len = strlen(signs[i]);

		if ((size_t)(end - at) >= len && !memcmp(at, signs[i], len))
			return true;
	}
	return false;
}

/*
 * RFC 4180: a value with a comma or a quote is quoted, its quotes are doubled. So is one with a
 * line break, but nothing that is visible has one.
 */
ROW_INLINE char *csv_put(char *at, const struct field *field, struct line_format *format,
			 const struct event *event)
{
	size_t columns;
	char *end = name_put(at, field, format, event, SIZE_MAX, &columns);

	if (!end)
		return value_put(at, field, format, event);
	if (format->csv_safe && is_formula(at, end)) {
		memmove(at + 1, at, end++ - at);
		*at = '\'';
	}
	for (const char *c = at; c < end; c++)
		if (*c == ',' || *c == '"')
			return quote_put(at, end, '"');
	return end;
}

/*
 * The line without a list: the separator, unless at is where it begins, and the field's value. As
 * a part of the loop, not a function, it takes 5 % more instructions.
 */
ROW_INLINE char *row_put(char *at, const char *begin, const struct field *field,
			 struct line_format *format, enum output_format kind,
			 const struct event *event)
{
	const char *before = kind == FORMAT_CSV ? "," : field->before;

	if (at > begin) {
		memcpy(at, before, strlen(before));
		at += strlen(before);
	}
	if (kind == FORMAT_CSV)
		return csv_put(at, field, format, event);
	return column_put(at, field, format, field->width[kind] < 0 ? 0 : field->width[kind], NULL,
			  event);
}

/* A line without a list. */
static char *line_put(char *at, struct line_format *format, const struct event *event)
{
	const enum output_format kind = format->kind;
	const char *begin = at;

#pragma GCC unroll 64
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		if (field_shown(field, format))
			at = row_put(at, begin, field, format, kind, event);
	return at;
}

/* The separator before a field of a list; an arrow between two states. */
static const char *list_before(const struct field_list *list, enum output_format kind, size_t i)
{
	if (!i)
		return "";
	if (kind == FORMAT_CSV)
		return ",";
	return list->fields[i]->kind == list->fields[i - 1]->kind ? list->fields[i]->before : " ";
}

static char *list_put(char *at, struct line_format *format, const struct event *event)
{
	struct field_list *list = format->list;

	for (size_t i = 0; i < list->count; i++) {
		const struct field *field = list->fields[i];
		const char *before = list_before(list, format->kind, i);

		memcpy(at, before, strlen(before));
		at += strlen(before);
		if (format->kind == FORMAT_CSV)
			at = csv_put(at, field, format, event);
		else
			at = column_put(at, field, format,
					i + 1 < list->count ? list->widths[i] : 0, &list->widths[i],
					event);
	}
	return at;
}

void line_event(struct line_format *format, const struct event *event, struct text *text)
{
	size_t more = format->list ? value_parts_find(format, event) : 0;
	char *at = text_reserve(text, LINE_ROOM + more);

	if (!at)
		return;
	if (!format->started)
		format->start_us = event->ts_ns / 1000;
	format->started = true;
	at = format->list ? list_put(at, format, event) : line_put(at, format, event);
	*at++ = '\n';
	text_commit(text, at);
}

void line_header(struct line_format *format, struct text *text)
{
	struct field_list own;
	const struct field_list *list = format->list;

	if (!list) {
		field_list_make(&own, format, NULL, NULL);
		list = &own;
	}
	for (size_t i = 0; i < list->count; i++) {
		text_str(text, list_before(list, format->kind, i));
		text_str(text, list->fields[i]->title);
		if (format->kind == FORMAT_CSV || i + 1 == list->count)
			continue;
		for (size_t at = strlen(list->fields[i]->title); at < list->widths[i]; at++)
			text_char(text, ' ');
	}
	text_char(text, '\n');
}
