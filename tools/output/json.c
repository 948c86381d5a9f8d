/* SPDX-License-Identifier: Apache-2.0 */
#include "output/json.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"
#include "event/close_reason.h"
#include "output/summary.h"
#include "output/value.h"

#define SCHEMA	   1 /* of docs/events.schema.json.in; an incompatible change increments it */
#define FIELD_ROOM 256
#define LINE_ROOM  ((FIELDS + 2) * FIELD_ROOM)

/* The names of records and of their common members, in both conventions. */
static const struct names {
	const char *record, *prefix, *time, *host, *kernel, *transport;
} plain = {"record", "", "isotime", "host", "kernel", ""},
  otel = {"event.name", "tcpstates.", "timestamp",
	  "host.name",	"os.version", ",\"network.transport\":\"tcp\""};

static const struct names *names_of(const struct line_format *format)
{
	return format->layout == FORMAT_OTEL ? &otel : &plain;
}

/* RFC 8259, 7: the bytes are visible UTF-8, so no control character is among them. */
static void string_append(struct text *text, const char *string)
{
	size_t columns, len = strlen(string);
	char *at = text_reserve(text, NAME_ROOM(len));

	if (at)
		text_commit(text,
			    quote_put(at, visible_put(at, string, len, SIZE_MAX, &columns), '\\'));
}

static char *json_bytes_put(char *at, const char *bytes)
{
	size_t len = strlen(bytes);

	memcpy(at, bytes, len);
	return at + len;
}

/* OpenTelemetry's network.connection.state and network.type. */
static char *otel_put(char *at, const struct field *field, const struct event *event)
{
	static const char *const states[] = {
		[1] = "established", [2] = "syn_sent",	[3] = "syn_received", [4] = "fin_wait_1",
		[5] = "fin_wait_2",  [6] = "time_wait", [7] = "closed",	      [8] = "close_wait",
		[9] = "last_ack",    [10] = "listen",	[11] = "closing",
	};
	unsigned int state = *((const __u8 *)event + field->offset);

	if (field->kind == KIND_VERSION)
		return json_bytes_put(at, event->family == AF_INET ? "ipv4" : "ipv6");
	if (state < sizeof(states) / sizeof(*states) && states[state])
		return json_bytes_put(at, states[state]);
	return state_put(at, state);
}

static bool is_otel(const struct field *field, const struct line_format *format)
{
	return format->layout == FORMAT_OTEL &&
	       (field->kind == KIND_STATE || field->kind == KIND_VERSION);
}

static bool is_string(const struct field *field, const struct line_format *format)
{
	switch (field->kind) {
	case KIND_TIME:
	case KIND_ISOTIME:
	case KIND_HEX64:
	case KIND_ADDRESS:
	case KIND_STATE:
	case KIND_OWNER_FROM:
	case KIND_WHY:
	case KIND_FIRST:
		return true;
	}
	return is_otel(field, format);
}

static bool is_unknown(const struct field *field, const struct line_format *format,
		       const struct event *event)
{
	if (field->kind == KIND_SPAN) /* only columns and CSV print 0.000 */
		return event->span_ns == SPAN_UNKNOWN;
	return value_is_unknown(field, format, event);
}

static char *field_put(char *at, const struct field *field, struct line_format *format,
		       const struct event *event)
{
	size_t columns;
	char *end = name_put(at, field, format, event, SIZE_MAX, &columns);
	bool quoted;

	if (end)
		return quote_put(at, end, '\\');
	if (is_unknown(field, format, event))
		return json_bytes_put(at, "null");
	quoted = is_string(field, format);
	if (quoted)
		*at++ = '"';
	at = is_otel(field, format) ? otel_put(at, field, event)
				    : value_put(at, field, format, event);
	if (quoted)
		*at++ = '"';
	return at;
}

void json_event(struct line_format *format, const struct event *event, struct text *text)
{
	const struct names *names = names_of(format);
	const struct field_list *list = format->list;
	char *at = text_reserve(text, LINE_ROOM + value_parts_find(format, event));

	if (!at)
		return;
	if (!format->started)
		format->start_us = event->ts_ns / 1000;
	format->started = true;
	at = json_bytes_put(json_bytes_put(json_bytes_put(at, "{\""), names->record), "\":\"");
	at = json_bytes_put(json_bytes_put(at, names->prefix), "event\"");
	at = json_bytes_put(at, names->transport);
	for (size_t i = 0; i < list->count; i++) {
		const struct field *field = list->fields[i];

		at = json_bytes_put(at, ",\"");
		at = json_bytes_put(at, format->layout == FORMAT_OTEL ? field->otel : field->name);
		at = field_put(json_bytes_put(at, "\":"), field, format, event);
	}
	at = json_bytes_put(at, "}\n");
	text_commit(text, at);
}

/* Begins a record other than an event, at the present time. */
static void record_begin_at(struct line_format *format, const char *record, uint64_t ts_ns,
			    struct text *text)
{
	const struct names *names = names_of(format);
	char now[WALL_CLOCK_ISO_LEN + 1] = "";

	wall_clock_iso(&format->clock, ts_ns, now);
	text_printf(text, "{\"%s\":\"%s%s\",\"%s\":\"%s\"", names->record, names->prefix, record,
		    names->time, now);
}

/* It is of now. */
static void record_begin(struct line_format *format, const char *record, struct text *text)
{
	record_begin_at(format, record, clock_now_ns(), text);
}

void json_begin(struct line_format *format, struct text *text)
{
	const struct names *names = names_of(format);
	struct utsname kernel;

	uname(&kernel);
	record_begin(format, "start", text);
	text_printf(text, ",\"%sschema\":%d,\"%sversion\":\"" VERSION "\",\"%s\":", names->prefix,
		    SCHEMA, names->prefix, names->host);
	string_append(text, kernel.nodename);
	text_printf(text, ",\"%s\":", names->kernel);
	string_append(text, kernel.release);
	text_str(text, "}\n");
}

static void json_ms_append(struct text *text, const char *name, bool known, uint64_t ns)
{
	char ms[DIGITS_FIXED_ROOM + 1] = "null";

	if (known)
		*digits_thousandths(ms, ns / 1000) = '\0';
	text_printf(text, ",\"%s_ms\":%s", name, ms);
}

static void json_row_append(struct text *text, const struct summary_row *row)
{
	bool known = summary_row_timed(row);

	text_printf(text, "\",\"count\":%llu,\"unknown\":%llu,\"open\":%llu",
		    (unsigned long long)row->count, (unsigned long long)row->unknown,
		    (unsigned long long)row->open);
	for (size_t i = 0; i < SUMMARY_PERCENTS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "p%u", summary_percents[i]);
		json_ms_append(text, name, known,
			       known ? summary_percentile_ns(row, summary_percents[i]) : 0);
	}
	json_ms_append(text, "max", known, row->max_ns);
	for (size_t i = 0; i < SUMMARY_SLOTS; i++)
		text_printf(text, "%s%llu", i ? "," : ",\"slots\":[",
			    (unsigned long long)row->slots[i]);
	text_str(text, "]}\n");
}

static void json_whys_append(struct line_format *format, const struct summary *summary,
			     struct text *text)
{
	for (int why = 0; why < WHYS; why++) {
		const char *word = why_word(why);

		if (!summary->whys[why])
			continue;
		record_begin_at(format, "why", summary->now_ns, text);
		text_str(text, ",\"why\":");
		if (word)
			string_append(text, word);
		else
			text_str(text, "null");
		text_printf(text, ",\"count\":%llu}\n", (unsigned long long)summary->whys[why]);
	}
}

void json_summary(struct line_format *format, const struct summary *summary, struct text *text)
{
	for (size_t i = 0; i < SUMMARY_STATES; i++) {
		if (summary_row_is_empty(&summary->rows[i]))
			continue;
		record_begin_at(format, "summary", summary->now_ns, text);
		text_str(text, ",\"oldstate\":\"");
		state_append(text, i);
		json_row_append(text, &summary->rows[i]);
	}
	json_whys_append(format, summary, text);
}

void json_lost(struct line_format *format, enum loss cause, uint64_t count, struct text *text)
{
	const char *prefix = names_of(format)->prefix;

	record_begin(format, "lost", text);
	text_printf(text, ",\"%scause\":\"%s\",\"%scount\":%llu}\n", prefix, loss_name(cause),
		    prefix, (unsigned long long)count);
}

void json_end(struct line_format *format, uint64_t events, const struct losses *losses,
	      struct text *text)
{
	const char *prefix = names_of(format)->prefix;

	record_begin(format, "end", text);
	text_printf(text, ",\"%sevents\":%llu", prefix, (unsigned long long)events);
	for (int i = 0; i < LOSSES; i++) {
		text_printf(text, ",\"%s%s\":", prefix, loss_name(i));
		if (i == LOSS_MISSED && losses->missed_uncounted && !losses->counts[i])
			text_str(text, "null");
		else
			text_dec(text, losses->counts[i]);
	}
	text_str(text, "}\n");
}

void json_check(struct line_format *format, const struct check_line *line, struct text *text)
{
	const char *prefix = names_of(format)->prefix;

	record_begin(format, "check", text);
	text_printf(text, ",\"%sname\":\"%s\",\"%sverdict\":\"%s\",\"%swhat\":", prefix, line->name,
		    prefix, line->verdict, prefix);
	string_append(text, line->what);
	text_printf(text, ",\"%sremedy\":", prefix);
	if (line->remedy[0])
		string_append(text, line->remedy);
	else
		text_str(text, "null");
	text_str(text, "}\n");
}
