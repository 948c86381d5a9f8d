/* SPDX-License-Identifier: Apache-2.0 */
#include "fields.h"

#include <arpa/inet.h>
#include <string.h>

#include "event.h"
#include "text.h"
#include "visible.h"

#define HIDDEN (-1) /* a width: the layout does not have the field */

typedef void render_fn(struct line_format *format, const struct event *event, struct text *text);

struct field {
	const char *name;
	int width[LAYOUTS]; /* padded to it; in CSV, any width does */
	const char *before; /* between the field before and this one, in columns */
	bool (*shown)(const struct line_format *format); /* NULL: always */
	bool is_text; /* of unknown origin: cut to the width in columns, quoted in CSV */
	render_fn *render;
};

void address_append(struct text *text, const struct event *event, const uint8_t address[16])
{
	char buf[INET6_ADDRSTRLEN];

	if (inet_ntop(event->family == AF_INET ? AF_INET : AF_INET6, address, buf, sizeof(buf)))
		text_str(text, buf);
}

void state_append(struct text *text, unsigned int state)
{
	const char *name = state_name(state);

	if (name)
		text_str(text, name);
	else
		text_dec(text, state);
}

void comm_append(struct text *text, const struct event *event)
{
	visible_append(text, event->comm, event_comm_len(event), SIZE_MAX);
}

static bool time_shown(const struct line_format *format)
{
	return format->time;
}

static bool timestamp_shown(const struct line_format *format)
{
	return format->timestamp;
}

static void time_render(struct line_format *format, const struct event *event, struct text *text)
{
	text_str(text, wall_clock_text(&format->clock, event->ts_ns));
}

static void timestamp_render(struct line_format *format, const struct event *event,
			     struct text *text)
{
	uint64_t ts_us = event->ts_ns / 1000;

	/* A late event may be older than the first one shown. */
	if (ts_us < format->start_us)
		text_char(text, '-');
	text_millionths(text, ts_us < format->start_us ? format->start_us - ts_us
						       : ts_us - format->start_us);
}

static void skaddr_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_hex(text, event->skaddr);
}

static void pid_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_dec(text, event->pid);
}

static void comm_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	comm_append(text, event);
}

static void ip_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_char(text, event->family == AF_INET ? '4' : '6');
}

static void laddr_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	address_append(text, event, event->laddr);
}

static void lport_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_dec(text, event->lport);
}

static void raddr_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	address_append(text, event, event->raddr);
}

static void rport_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_dec(text, event->rport);
}

static void oldstate_render(struct line_format *format, const struct event *event,
			    struct text *text)
{
	(void)format;
	state_append(text, event->oldstate);
}

static void newstate_render(struct line_format *format, const struct event *event,
			    struct text *text)
{
	(void)format;
	state_append(text, event->newstate);
}

static void ms_render(struct line_format *format, const struct event *event, struct text *text)
{
	(void)format;
	text_thousandths(text, event_span_us(event));
}

/* clang-format off */
static const struct field fields[] = {
	{"TIME",     {8, 8, 0},        "",     time_shown,      .render = time_render},
	{"TIME(s)",  {9, 9, 0},        " ",    timestamp_shown, .render = timestamp_render},
	{"SKADDR",   {16, 16, 0},      " ",    .render = skaddr_render},
	{"C-PID",    {5, 5, 0},        " ",    .render = pid_render},
	{"C-COMM",   {10, 16, 0},      " ",    .render = comm_render, .is_text = true},
	{"IP",       {HIDDEN, 2, 0},   " ",    .render = ip_render},
	{"LADDR",    {15, 26, 0},      " ",    .render = laddr_render},
	{"LPORT",    {5, 5, 0},        " ",    .render = lport_render},
	{"RADDR",    {15, 26, 0},      " ",    .render = raddr_render},
	{"RPORT",    {5, 5, 0},        " ",    .render = rport_render},
	{"OLDSTATE", {11, 11, 0},      " ",    .render = oldstate_render},
	{"NEWSTATE", {11, 11, 0},      " -> ", .render = newstate_render},
	{"MS",       {0, 0, 0},        " ",    .render = ms_render},
};
/* clang-format on */

#define FIELDS (sizeof(fields) / sizeof(*fields))

static bool field_shown(const struct field *field, const struct line_format *format)
{
	return field->width[format->layout] != HIDDEN && (!field->shown || field->shown(format));
}

static void text_pad(struct text *text, size_t columns, int width)
{
	for (; columns < (size_t)width; columns++)
		text_char(text, ' ');
}

static void column_append(const struct field *field, struct line_format *format,
			  const struct event *event, struct text *text)
{
	int width = field->width[format->layout];
	size_t start = text->len, columns;

	if (field->is_text) {
		columns = visible_append(text, event->comm, event_comm_len(event), width);
	} else {
		field->render(format, event, text);
		columns = text->len - start;
	}
	text_pad(text, columns, width);
}

/* RFC 4180: a field with a comma, a quote or a line break is quoted, its quotes are doubled. */
static void csv_append(const struct field *field, struct line_format *format,
		       const struct event *event, struct text *text)
{
	_cleanup_text_ struct text value = {0};

	if (!field->is_text) {
		field->render(format, event, text);
		return;
	}
	text_str(&value, "");
	field->render(format, event, &value);
	if (value.err) {
		text->err = value.err;
	} else if (!strpbrk(value.data, ",\"\r\n")) {
		text_bytes(text, value.data, value.len);
	} else {
		text_char(text, '"');
		for (const char *at = value.data; *at; at++)
			text_str(text, *at == '"' ? "\"\"" : (char[]){*at, '\0'});
		text_char(text, '"');
	}
}

void line_header(const struct line_format *format, struct text *text)
{
	bool first = true;

	for (size_t i = 0; i < FIELDS; i++) {
		if (!field_shown(&fields[i], format))
			continue;
		if (!first)
			text_str(text, format->layout == LAYOUT_CSV ? "," : fields[i].before);
		text_str(text, fields[i].name);
		text_pad(text, strlen(fields[i].name), fields[i].width[format->layout]);
		first = false;
	}
	text_char(text, '\n');
}

void line_event(struct line_format *format, const struct event *event, struct text *text)
{
	bool first = true;

	if (!format->started)
		format->start_us = event->ts_ns / 1000;
	format->started = true;
	for (size_t i = 0; i < FIELDS; i++) {
		if (!field_shown(&fields[i], format))
			continue;
		if (!first)
			text_str(text, format->layout == LAYOUT_CSV ? "," : fields[i].before);
		if (format->layout == LAYOUT_CSV)
			csv_append(&fields[i], format, event, text);
		else
			column_append(&fields[i], format, event, text);
		first = false;
	}
	text_char(text, '\n');
}
