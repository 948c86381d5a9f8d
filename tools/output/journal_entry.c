/* SPDX-License-Identifier: Apache-2.0 */
#include "output/journal_entry.h"

#include <stdio.h>
#include <sys/auxv.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/text.h"
#include "event/event.h"
#include "event/words.h"
#include "output/value.h"
#include "system/journal.h"

#define FIELDS_MAX (21 + FIELDS)

enum entry_kind { ENTRY_CHANGE, ENTRY_SESSION, ENTRY_STUCK, ENTRY_LISTED, ENTRY_LOST };

/* From systemd-id128(1). packaging/tcpstates.catalog explains them. */
static const char *const message_ids[] = {
	[ENTRY_CHANGE] = "c2a30fa51cb04d2896b52112287616ea",
	[ENTRY_SESSION] = "73a5cb1643174381aa604bbf82d5fb72",
	[ENTRY_STUCK] = "47b2bc9d77134f13844700fd6a243f4b",
	[ENTRY_LISTED] = "a01835b720ec4c328e581691dd0714ac",
	[ENTRY_LOST] = "9083a12bb060492db76607c48dfd6a12",
};

/* The fields, and where each begins, as offsets: the text may move while it grows. */
struct entry {
	struct text text;
	size_t starts[FIELDS_MAX + 1];
	int count;
};

/* Begins a field; its value is what is appended next. */
static struct text *entry_field(struct entry *entry, const char *name)
{
	entry->starts[entry->count++] = entry->text.len;
	text_printf(&entry->text, "%s=", name);
	return &entry->text;
}

static void entry_address(struct entry *entry, const struct event *event, const char *side,
			  const uint8_t address[16])
{
	char name[64];

	snprintf(name, sizeof(name), "OBJECT_IPV%c_%s_ADDRESS",
		 event->family == AF_INET ? '4' : '6', side);
	address_append(entry_field(entry, name), event, address);
}

/* A requested field, of at most more bytes beyond VALUE_ROOM. An unknown one is left out. */
static void entry_requested(struct entry *entry, const struct field *field,
			    struct line_format *format, const struct event *event, size_t more)
{
	char name[FIELD_JOURNAL_ROOM], *at, *end;
	struct text *text;
	size_t columns;

	if (value_is_unknown(field, format, event) || !field_journal_name(field, name))
		return;
	text = entry_field(entry, name);
	at = text_reserve(text, VALUE_ROOM + more);
	if (!at)
		return;
	end = name_put(at, field, format, event, SIZE_MAX, &columns);
	text_commit(text, end ? end : value_put(at, field, format, event));
}

/* The fields of every entry, besides the message. */
static void entry_begin(struct entry *entry, enum entry_kind kind)
{
	text_str(entry_field(entry, "MESSAGE_ID"), message_ids[kind]);
	text_str(entry_field(entry, "SYSLOG_IDENTIFIER"), "tcpstates");
	/* LOG_WARNING, LOG_NOTICE */
	text_str(entry_field(entry, "PRIORITY"),
		 kind == ENTRY_LOST || kind == ENTRY_STUCK ? "4" : "5");
}

/* Sends and frees it. */
static int entry_send(struct entry *entry, int end)
{
	struct iovec fields[FIELDS_MAX];
	int err;

	entry->starts[entry->count] = entry->text.len;
	for (int i = 0; i < entry->count; i++) {
		fields[i].iov_base = entry->text.data + entry->starts[i];
		fields[i].iov_len = entry->starts[i + 1] - entry->starts[i];
	}
	err = entry->text.err ? entry->text.err : journal_send(fields, entry->count, end);
	text_free(&entry->text);
	return err;
}

/* The owner of the socket, or NULL if it is unknown. */
static const struct owner *owner_find(const struct line_format *format, const struct event *event)
{
	const struct owner *owner;

	if (!(format->event_layout->wanted & 1U << OPTIONAL_OWNER))
		return NULL;
	owner = event_owner(format->event_layout, event);
	return owner->from ? owner : NULL;
}

static void end_append(struct text *text, const struct event *event, const uint8_t address[16],
		       unsigned int port)
{
	bool brackets = event->family == AF_INET6;

	text_str(text, brackets ? "[" : "");
	address_append(text, event, address);
	text_printf(text, "%s:%u", brackets ? "]" : "", port);
}

static void after_append(struct text *text, uint64_t ns)
{
	text_printf(text, " after %llu.%03llu ms", (unsigned long long)ns / 1000000,
		    (unsigned long long)ns / 1000 % 1000);
}

/*
 * As "curl[4711] 192.0.2.1:54321 → 198.51.100.2:443 SYN_SENT → CLOSE after 3003.712 ms: timeout".
 * Of a session: "... closed after 3003.712 ms: timeout".
 */
static void message_append(struct text *text, const struct line_format *format,
			   const struct event *event, const struct owner *owner)
{
	const struct event_layout *layout = format->event_layout;
	bool has_why = layout->wanted & 1U << OPTIONAL_CLOSE;
	bool has_session = layout->wanted & 1U << OPTIONAL_SESSION;
	const char *why = has_why ? why_word(event_why(layout, event)) : NULL;

	if (owner) {
		comm_append(text, owner->comm);
		text_printf(text, "[%u] ", owner->pid);
	}
	end_append(text, event, event->laddr, event->lport);
	text_str(text, " → ");
	end_append(text, event, event->raddr, event->rport);
	text_char(text, ' ');
	if (value_is_session(format, event)) {
		uint64_t start = has_session ? event_session(layout, event)->start_ns : 0;

		text_str(text, "closed");
		if (start)
			after_append(text, event->ts_ns - start);
	} else {
		state_append(text, event->oldstate);
		text_str(text, " → ");
		state_append(text, event->newstate);
		if (event->span_ns != SPAN_UNKNOWN)
			after_append(text, event->span_ns);
	}
	if (why)
		text_printf(text, ": %s", why);
}

static enum entry_kind entry_kind_of(const struct line_format *format, const struct event *event)
{
	if (event->newstate == STATE_STUCK)
		return ENTRY_STUCK;
	if (event->newstate == STATE_STILL)
		return ENTRY_LISTED;
	return value_is_session(format, event) ? ENTRY_SESSION : ENTRY_CHANGE;
}

/* What a session's entry does not have. */
static void entry_change(struct entry *entry, const struct event *event)
{
	state_append(entry_field(entry, "OBJECT_TCP_OLD_STATE"), event->oldstate);
	state_append(entry_field(entry, "OBJECT_TCP_NEW_STATE"), event->newstate);
	text_dec(entry_field(entry, "OBJECT_TCP_SPAN_TIME"), event_span_us(event));
	text_dec(entry_field(entry, "TCPSTATES_PID"), event->pid);
	comm_append(entry_field(entry, "TCPSTATES_COMM"), event->comm);
}

/*
 * journald adds OBJECT_COMM, OBJECT_CMDLINE, OBJECT_SYSTEMD_UNIT and more itself where root names
 * OBJECT_PID (systemd.journal-fields(7)), but only while the process lives, and it ignores fields
 * that begin with "_". So the task on the CPU, which others own, and the event's time have fields
 * of our own: TCPSTATES_PID, TCPSTATES_COMM, and TCPSTATES_TIMESTAMP in microseconds since the
 * Epoch, as _SOURCE_REALTIME_TIMESTAMP would be.
 */
int journal_entry_send(const struct event *event, struct line_format *format, int end)
{
	size_t more = format->list ? value_parts_find(format, event) : 0;
	const struct owner *owner = owner_find(format, event);
	enum entry_kind kind = entry_kind_of(format, event);
	struct entry entry = {0};

	message_append(entry_field(&entry, "MESSAGE"), format, event, owner);
	entry_begin(&entry, kind);
	if (owner && !format->no_object_pid)
		text_dec(entry_field(&entry, "OBJECT_PID"), owner->pid);
	if (owner && getauxval(AT_UID)) /* needs no system call, which seccomp would refuse */
		comm_append(entry_field(&entry, "OBJECT_COMM"), owner->comm);
	entry_address(&entry, event, "SOURCE", event->laddr);
	text_dec(entry_field(&entry, "OBJECT_TCP_SOURCE_PORT"), event->lport);
	entry_address(&entry, event, "DESTINATION", event->raddr);
	text_dec(entry_field(&entry, "OBJECT_TCP_DESTINATION_PORT"), event->rport);
	if (kind != ENTRY_SESSION)
		entry_change(&entry, event);
	text_dec(entry_field(&entry, "TCPSTATES_TIMESTAMP"),
		 wall_clock_ns(&format->clock, event->ts_ns) / 1000);
	for (size_t i = 0; format->list && i < format->list->count; i++)
		entry_requested(&entry, format->list->fields[i], format, event, more);
	return entry_send(&entry, end);
}

int journal_entry_lost(enum loss cause, uint64_t count, int end)
{
	struct entry entry = {0};

	text_printf(entry_field(&entry, "MESSAGE"), "%llu %s", (unsigned long long)count,
		    loss_words(cause));
	entry_begin(&entry, ENTRY_LOST);
	text_str(entry_field(&entry, "TCPSTATES_LOST_CAUSE"), loss_name(cause));
	text_dec(entry_field(&entry, "TCPSTATES_LOST_COUNT"), count);
	return entry_send(&entry, end);
}
