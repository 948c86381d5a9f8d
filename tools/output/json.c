/* SPDX-License-Identifier: Apache-2.0 */
#include "output/json.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/text.h"
#include "event/words.h"
#include "output/summary.h"
#include "output/value.h"

#define SCHEMA	   2 /* of docs/events.schema.json.in; an incompatible change increments it */
#define FIELD_ROOM 320
#define LINE_ROOM  ((FIELDS + 2) * FIELD_ROOM)

/* The names of records and of their common members, in both conventions. */
static const struct names {
	const char *record, *prefix, *time, *host, *kernel, *transport;
} plain = {"record", "", "isotime", "host", "kernel", ""},
  otel = {"event.name", "tcpstates.", "timestamp",
	  "host.name",	"os.version", ",\"network.transport\":\"tcp\""};

static const struct names *names_of(const struct line_format *format)
{
	return format->kind == FORMAT_OTEL ? &otel : &plain;
}

/*
 * RFC 8259, 7: the bytes are visible UTF-8, so no control character is among them. NULL becomes
 * null.
 */
static void string_append(struct text *text, const char *string)
{
	size_t columns, len;
	char *at;

	if (!string) {
		text_str(text, "null");
		return;
	}
	len = strlen(string);
	at = text_reserve(text, NAME_ROOM(len));
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

/* OpenTelemetry's value of network.connection.state or network.type; NULL: the same as JSON's. */
static const char *otel_word(const struct field *field, const struct line_format *format,
			     const struct event *event)
{
	static const char *const states[] = {
		[1] = "established", [2] = "syn_sent",	[3] = "syn_received", [4] = "fin_wait_1",
		[5] = "fin_wait_2",  [6] = "time_wait", [7] = "closed",	      [8] = "close_wait",
		[9] = "last_ack",    [10] = "listen",	[11] = "closing",
	};
	unsigned int state;

	if (format->kind != FORMAT_OTEL)
		return NULL;
	if (field->kind == KIND_VERSION)
		return event->family == AF_INET ? "ipv4" : "ipv6";
	if (field->kind != KIND_STATE)
		return NULL;
	state = value_state(field, event);
	return state < sizeof(states) / sizeof(*states) ? states[state] : NULL;
}

static bool is_string(const struct field *field)
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
	case KIND_RESET:
	case KIND_START:
	case KIND_START_TIME:
	case KIND_OPENED:
		return true;
	}
	return false;
}

static char *json_value_put(char *at, const struct field *field, struct line_format *format,
			    const struct event *event)
{
	const char *word = otel_word(field, format, event);
	bool quoted;
	size_t columns;
	char *end = name_put(at, field, format, event, SIZE_MAX, &columns);

	if (end)
		return quote_put(at, end, '\\');
	if (value_is_unknown(field, format, event) ||
	    /* Only columns and CSV print 0.000. */
	    (field->kind == KIND_SPAN && event->span_ns == SPAN_UNKNOWN))
		return json_bytes_put(at, "null");
	quoted = word || is_string(field);
	if (quoted)
		*at++ = '"';
	at = word ? json_bytes_put(at, word) : value_put(at, field, format, event);
	if (quoted)
		*at++ = '"';
	return at;
}

static char *members_put(char *at, struct line_format *format, const struct event *event)
{
	const struct field_list *list = format->list;

	for (size_t i = 0; i < list->count; i++) {
		const struct field *field = list->fields[i];

		at = json_bytes_put(at, ",\"");
		at = json_bytes_put(at, format->kind == FORMAT_OTEL ? field->otel : field->name);
		at = json_value_put(json_bytes_put(at, "\":"), field, format, event);
	}
	return at;
}

void json_members(struct line_format *format, const struct event *event, struct text *text)
{
	char *at = text_reserve(text, LINE_ROOM + value_parts_find(format, event));

	if (at)
		text_commit(text, members_put(at, format, event));
}

void json_event(struct line_format *format, const struct event *event, struct text *text)
{
	const struct names *names = names_of(format);
	char *at = text_reserve(text, LINE_ROOM + value_parts_find(format, event));

	if (!at)
		return;
	if (!format->started)
		format->start_us = event->ts_ns / 1000;
	format->started = true;
	at = json_bytes_put(json_bytes_put(json_bytes_put(at, "{\""), names->record), "\":\"");
	at = json_bytes_put(json_bytes_put(at, names->prefix),
			    value_is_session(format, event) ? "session\"" : "event\"");
	at = json_bytes_put(at, names->transport);
	at = json_bytes_put(members_put(at, format, event), "}\n");
	text_commit(text, at);
}

void json_record(struct line_format *format, const char *record, uint64_t ts_ns, struct text *text)
{
	const struct names *names = names_of(format);
	char iso[WALL_CLOCK_ISO_LEN + 1] = "";

	wall_clock_iso(&format->clock, ts_ns, iso);
	text_printf(text, "{\"%s\":\"%s%s\",\"%s\":\"%s\"", names->record, names->prefix, record,
		    names->time, iso);
}

void json_begin(struct line_format *format, struct text *text)
{
	const struct names *names = names_of(format);
	struct utsname kernel;

	uname(&kernel);
	json_record(format, "start", clock_now_ns(), text);
	text_printf(text, ",\"%sschema\":%d,\"%sversion\":\"" VERSION "\",\"%s\":", names->prefix,
		    SCHEMA, names->prefix, names->host);
	string_append(text, kernel.nodename);
	text_printf(text, ",\"%s\":", names->kernel);
	string_append(text, kernel.release);
	text_str(text, "}\n");
}

void json_time(struct text *text, const char *name, uint64_t ns)
{
	char ms[DIGITS_FIXED_ROOM + 1] = "null";

	if (ns != TIME_UNKNOWN)
		*digits_thousandths(ms, ns / 1000) = '\0';
	text_printf(text, ",\"%s_ms\":%s", name, ms);
}

void json_slots(struct text *text, const char *name, const __u64 slots[SUMMARY_SLOTS])
{
	text_printf(text, ",\"%s\":[", name);
	for (size_t i = 0; i < SUMMARY_SLOTS; i++)
		text_printf(text, i ? ",%llu" : "%llu", (unsigned long long)slots[i]);
	text_char(text, ']');
}

void json_summary(struct line_format *format, const struct summary *summary, struct text *text)
{
	for (size_t state = 0; state < SUMMARY_STATES; state++) {
		const struct summary_row *row = &summary->rows[state];
		bool known = times_count(row->slots);

		if (summary_row_is_empty(row))
			continue;
		json_record(format, "summary", summary->now_ns, text);
		text_str(text, ",\"oldstate\":\"");
		state_append(text, state);
		text_printf(text, "\",\"count\":%llu,\"unknown\":%llu,\"open\":%llu",
			    (unsigned long long)row->count, (unsigned long long)row->unknown,
			    (unsigned long long)row->open);
		for (size_t i = 0; i < SUMMARY_PERCENTS; i++) {
			char name[16];

			snprintf(name, sizeof(name), "p%u", summary_percents[i]);
			json_time(text, name,
				  known ? times_percentile_ns(row->slots, row->max_ns,
							      summary_percents[i])
					: TIME_UNKNOWN);
		}
		json_time(text, "max", known ? row->max_ns : TIME_UNKNOWN);
		json_time(text, "sum", row->sum_ns);
		json_slots(text, "slots", row->slots);
		text_str(text, "}\n");
	}
	for (int why = 0; why < WHYS; why++) {
		if (!summary->whys[why])
			continue;
		json_record(format, "why", summary->now_ns, text);
		text_str(text, ",\"why\":");
		string_append(text, why_word(why));
		text_printf(text, ",\"count\":%llu}\n", (unsigned long long)summary->whys[why]);
	}
}

void json_lost(struct line_format *format, enum loss cause, uint64_t count, struct text *text)
{
	const char *prefix = names_of(format)->prefix;

	json_record(format, "lost", clock_now_ns(), text);
	text_printf(text, ",\"%scause\":\"%s\",\"%scount\":%llu}\n", prefix, loss_name(cause),
		    prefix, (unsigned long long)count);
}

void json_end(struct line_format *format, uint64_t events, const struct losses *losses,
	      struct text *text)
{
	const char *prefix = names_of(format)->prefix;

	json_record(format, "end", clock_now_ns(), text);
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

	json_record(format, "check", clock_now_ns(), text);
	text_printf(text, ",\"%sname\":\"%s\",\"%sverdict\":\"%s\",\"%swhat\":", prefix, line->name,
		    prefix, line->verdict, prefix);
	string_append(text, line->what);
	text_printf(text, ",\"%sremedy\":", prefix);
	string_append(text, line->remedy[0] ? line->remedy : NULL);
	text_str(text, "}\n");
}
