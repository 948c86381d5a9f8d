/* SPDX-License-Identifier: Apache-2.0 */
#include "output/fields.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/nearest.h"
#include "event/event.h"

#define MEMBER(name)	   offsetof(struct event, name)
#define IN_COLUMNS	   (IN(FORMAT_COLUMNS) | IN(FORMAT_WIDE))
#define IN_JSON		   (IN(FORMAT_JSON) | IN(FORMAT_OTEL))
#define IN_ALL		   (IN_COLUMNS | IN(FORMAT_CSV) | IN_JSON)
#define IN_ALL_BUT_COLUMNS (IN_ALL & ~IN(FORMAT_COLUMNS))

/* clang-format off */
const struct field field_table[FIELDS] = {
	{"isotime", "ISOTIME", "timestamp", "date, time and zone, to the microsecond (RFC 3339)",
	 {32, 32}, "", IN_JSON, false, KIND_ISOTIME, 0, 0},
	{"time", "TIME", "tcpstates.time", "time of day, HH:MM:SS",
	 {8, 8}, "", 0, false, KIND_TIME, 0, 0},
	{"time_s", "TIME(s)", "tcpstates.time_s", "seconds since the first event shown",
	 {9, 9}, " ", 0, false, KIND_TIMESTAMP, 0, 0},
	{"skaddr", "SKADDR", "tcpstates.skaddr", "number of the socket, or its kernel address with --skaddr",
	 {16, 16}, " ", IN_ALL, false, KIND_HEX64, MEMBER(skaddr), 0},
	{"pid", "C-PID", "tcpstates.task.pid", "process on the CPU at the change",
	 {5, 5}, " ", IN_ALL, false, KIND_DEC32, MEMBER(pid), 0},
	{"comm", "C-COMM", "tcpstates.task.comm", "name of the task on the CPU at the change",
	 {10, 16}, " ", IN_ALL, false, KIND_COMM, MEMBER(comm), 0},
	{"ip", "IP", "network.type", "IP version, 4 or 6",
	 {2, 2}, " ", IN_ALL_BUT_COLUMNS, false, KIND_VERSION, MEMBER(family), 0},
	{"laddr", "LADDR", "network.local.address", "local address",
	 {15, 39}, " ", IN_ALL, true, KIND_ADDRESS, MEMBER(laddr), 0},
	{"lport", "LPORT", "network.local.port", "local port, 0 if not chosen yet",
	 {5, 5}, " ", IN_ALL, true, KIND_DEC16, MEMBER(lport), 0},
	{"raddr", "RADDR", "network.peer.address", "remote address",
	 {15, 39}, " ", IN_ALL, true, KIND_ADDRESS, MEMBER(raddr), 0},
	{"rport", "RPORT", "network.peer.port", "remote port",
	 {5, 5}, " ", IN_ALL, true, KIND_DEC16, MEMBER(rport), 0},
	{"oldstate", "OLDSTATE", "tcpstates.connection.old_state", "state that ended",
	 {11, 11}, " ", IN_ALL, true, KIND_STATE, MEMBER(oldstate), 0},
	{"newstate", "NEWSTATE", "network.connection.state", "state that begins",
	 {11, 11}, " -> ", IN_ALL, true, KIND_STATE, MEMBER(newstate), 0},
	{"state", "STATE", "tcpstates.connection.state", "state that the socket is in, also of (open) and (stuck)",
	 {11, 11}, " ", 0, false, KIND_STATE, 0, 0},
	{"ms", "MS", "tcpstates.duration_ms", "milliseconds in the old state",
	 {-9, -9}, " ", IN_ALL, true, KIND_SPAN, MEMBER(span_ns), 0},
	{"ts_ns", "TS(ns)", "tcpstates.ts_ns", "kernel time (CLOCK_MONOTONIC) in nanoseconds",
	 {16, 16}, " ", 0, false, KIND_DEC64, MEMBER(ts_ns), 0},
	{"age_ms", "AGE(ms)", "tcpstates.age_ms", "milliseconds since the socket was first seen",
	 {10, 10}, " ", 0, false, KIND_AGE, 0, 1 << OPTIONAL_AGE},
	{"cpu", "CPU", "cpu.logical_number", "CPU on which the state changed",
	 {3, 3}, " ", 0, false, KIND_CPU, 0, 1 << OPTIONAL_CPU},
	{"opid", "O-PID", "process.pid", "process that owns the socket, if known",
	 {5, 5}, " ", 0, true, KIND_OWNER_PID, 0, 1 << OPTIONAL_OWNER},
	{"ocomm", "O-COMM", "tcpstates.owner.comm", "name of the owner",
	 {10, 16}, " ", 0, true, KIND_OWNER_COMM, 0, 1 << OPTIONAL_OWNER},
	{"ofrom", "O-FROM", "tcpstates.owner.from", "source of the owner: self, accept, scan or listener",
	 {8, 8}, " ", 0, true, KIND_OWNER_FROM, 0, 1 << OPTIONAL_OWNER},
	{"exe", "EXE", "process.executable.name", "base name of the owner's executable, if known",
	 {16, 28}, " ", 0, false, KIND_OWNER_EXE, 0, 1 << OPTIONAL_OWNER | 1 << OPTIONAL_EXE},
	{"opid_ns", "O-PID-NS", "tcpstates.owner.pid_ns", "PID of the owner in its own PID namespace, if known",
	 {8, 8}, " ", 0, false, KIND_OWNER_PID_NS, 0, 1 << OPTIONAL_OWNER | 1 << OPTIONAL_PID_NS},
	{"why", "WHY", "tcpstates.why", "close reason, at the change to CLOSE",
	 {13, 13}, " ", 0, true, KIND_WHY, 0, 1 << OPTIONAL_CLOSE},
	{"first", "FIRST", "tcpstates.first", "side that closed first: local or remote",
	 {6, 6}, " ", 0, true, KIND_FIRST, 0, 1 << OPTIONAL_CLOSE},
	{"reset_reason", "RESET-REASON", "tcpstates.reset_reason", "the kernel's reason for a reset that this host sent",
	 {22, 22}, " ", 0, false, KIND_RESET, 0, 1 << OPTIONAL_RESET},
	{"start", "START", "tcpstates.session.start", "date, time and zone when the session began",
	 {32, 32}, " ", 0, false, KIND_START, 0, 1 << OPTIONAL_SESSION},
	{"start_time", "START", "tcpstates.session.start_time", "time of day when the session began",
	 {8, 8}, " ", 0, false, KIND_START_TIME, 0, 1 << OPTIONAL_SESSION},
	{"opened", "OPENED", "tcpstates.session.opened", "active: this host connected; passive: the peer did",
	 {7, 7}, " ", 0, false, KIND_OPENED, 0, 1 << OPTIONAL_SESSION},
	{"connect_ms", "CONN(ms)", "tcpstates.session.connect_ms", "milliseconds to connect, of a session that this host began",
	 {9, 9}, " ", 0, false, KIND_CONNECT, 0, 1 << OPTIONAL_SESSION},
	{"close_ms", "CLOSE(ms)", "tcpstates.session.close_ms", "milliseconds from the first FIN to the end",
	 {9, 9}, " ", 0, false, KIND_CLOSING, 0, 1 << OPTIONAL_SESSION},
#define STATE_TIME(name, title, state)                                                              \
	{name, title, "tcpstates.session." name, "milliseconds in " #state, {12, 12}, " ", 0, false, \
	 KIND_STATE_TIME, SESSION_##state, 1 << OPTIONAL_SESSION}
	STATE_TIME("syn_sent_ms", "SYN_SENT(ms)", SYN_SENT),
	STATE_TIME("syn_recv_ms", "SYN_RECV(ms)", SYN_RECV),
	STATE_TIME("established_ms", "ESTAB(ms)", ESTABLISHED),
	STATE_TIME("fin_wait1_ms", "FIN_WAIT1(ms)", FIN_WAIT1),
	STATE_TIME("fin_wait2_ms", "FIN_WAIT2(ms)", FIN_WAIT2),
	STATE_TIME("close_wait_ms", "CLOSE_WAIT(ms)", CLOSE_WAIT),
	STATE_TIME("last_ack_ms", "LAST_ACK(ms)", LAST_ACK),
	STATE_TIME("closing_ms", "CLOSING(ms)", CLOSING),
	{"cgroup", "CGROUP", "tcpstates.cgroup", "path of the cgroup of the process that made the socket",
	 {24, 32}, " ", 0, false, KIND_CGROUP, 0, 1 << OPTIONAL_cgroup},
	{"unit", "UNIT", "tcpstates.unit", "systemd unit of that cgroup",
	 {16, 24}, " ", 0, false, KIND_UNIT, 0, 1 << OPTIONAL_cgroup},
	{"container", "CONTAINER", "container.id", "container of that cgroup: first 12 digits of its id, or its name",
	 {12, 12}, " ", 0, false, KIND_CONTAINER, 0, 1 << OPTIONAL_cgroup},
	{"pod", "POD", "k8s.pod.uid", "UID of that container's pod (Kubernetes)",
	 {36, 36}, " ", 0, false, KIND_POD, 0, 1 << OPTIONAL_cgroup},
#define SOCKET_FIELD(name, title, width, otel, path, help)                                         \
	{#name, title, otel, help, {width, width}, " ", 0, false, KIND_SOCKET, OPTIONAL_##name, 1 << OPTIONAL_##name},
	SOCKET_FIELDS(SOCKET_FIELD)
};
/* clang-format on */

static const struct field *field_find(const char *name, size_t len)
{
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		if (strlen(field->name) == len && !memcmp(field->name, name, len))
			return field;
	return NULL;
}

static int field_refuse(const char *name, size_t len, const char *names, struct diag *diag)
{
	struct nearest nearest = nearest_begin(name, len);

	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		nearest_try(&nearest, field->name);
	if (nearest.word)
		return diag_set(diag, -EINVAL,
				"-o/--output: no such field: '%.*s' in '%s' (did you mean %s?)",
				(int)len, name, names, nearest.word);
	return diag_set(diag, -EINVAL,
			"-o/--output: no such field: '%.*s' in '%s' (-o help lists them)", (int)len,
			name, names);
}

static bool list_has(const struct field_list *list, const struct field *field)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->fields[i] == field)
			return true;
	return false;
}

static void list_add(struct field_list *list, const struct field *field,
		     const struct line_format *format)
{
	int width = abs(field->width[format->kind == FORMAT_WIDE]), title = strlen(field->title);

	list->widths[list->count] = width > title ? width : title;
	list->fields[list->count++] = field;
}

/* Whether -T or -t shows it. */
static bool field_is_time(const struct field *field)
{
	return field->kind == KIND_TIME || field->kind == KIND_TIMESTAMP;
}

/* Whether it is one of the format's own fields; -x replaces those of columns and CSV. */
static bool field_is_own(const struct field *field, const struct line_format *format)
{
	if (!format->extended || field_is_time(field))
		return field_shown(field, format);
	return field->extended || (format->kind >= FORMAT_JSON && field_shown(field, format));
}

int field_list_add(struct field_list *list, const struct line_format *format, const char *names,
		   struct diag *diag)
{
	for (const char *at = names + (names[0] == '+');; at++) {
		size_t len = strcspn(at, ",");
		const struct field *field = field_find(at, len);

		if (!field)
			return field_refuse(at, len, names, diag);
		if (!list_has(list, field))
			list_add(list, field, format);
		at += len;
		if (!*at)
			return 0;
	}
}

int field_list_make(struct field_list *list, const struct line_format *format, const char *names,
		    struct diag *diag)
{
	bool more = names && names[0] == '+';
	struct field_list named;
	int err;

	list->count = 0;
	if (!names || more)
		for (const struct field *field = field_table; field < field_table + FIELDS; field++)
			if (field_is_own(field, format))
				list_add(list, field, format);
	if (!names)
		return 0;
	err = field_list_add(list, format, names, diag);
	if (err || more)
		return err;
	/* -T and -t add a field too, at the front. */
	named = *list;
	list->count = 0;
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		if (field_is_time(field) && field_shown(field, format) && !list_has(&named, field))
			list_add(list, field, format);
	for (size_t i = 0; i < named.count; i++)
		list_add(list, named.fields[i], format);
	return 0;
}

bool field_list_has(const struct field_list *list, const char *name)
{
	return list_has(list, field_find(name, strlen(name)));
}

unsigned int field_list_optionals(const struct field_list *list)
{
	unsigned int optionals = 0;

	for (size_t i = 0; i < list->count; i++)
		optionals |= list->fields[i]->optionals;
	return optionals;
}

/* What its name in the journal is made of. OpenTelemetry has names for an owner. */
static const char *journal_base(const struct field *field)
{
	switch (field->kind) {
	case KIND_OWNER_PID:
		return "owner.pid";
	case KIND_OWNER_EXE:
		return "owner.exe";
	}
	return field->otel;
}

/* Fields that every entry has are not optional members of the record. */
bool field_journal_name(const struct field *field, char name[FIELD_JOURNAL_ROOM])
{
	static const char ours[] = "tcpstates.";
	const char *rest = journal_base(field);

	if (!field->optionals)
		return false;
	if (!strncmp(rest, ours, strlen(ours)))
		rest += strlen(ours);
	snprintf(name, FIELD_JOURNAL_ROOM, "TCPSTATES_%s", rest);
	for (char *at = name; *at; at++)
		*at = *at == '.' ? '_' : toupper(*at);
	return true;
}

void fields_help(FILE *file)
{
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		fprintf(file, "%-10s %s\n", field->name, field->help);
}

void fields_manual(FILE *file)
{
	for (const struct field *field = field_table; field < field_table + FIELDS; field++) {
		char journal[FIELD_JOURNAL_ROOM];

		fprintf(file, ".TP\n.B %s\n%s\n", field->name, field->help);
		if (field_journal_name(field, journal))
			fprintf(file, ".RB ( %s )\n", journal);
	}
}

void fields_schema(FILE *file, bool otel)
{
	const char *before = "";

	for (const struct field *field = field_table; field < field_table + FIELDS; field++) {
		if (field->kind != KIND_SOCKET)
			continue;
		fputs(before, file);
		before = ",\n";
		if (otel)
			fprintf(file, "        \"%s\": {\"$ref\": \"#/$defs/event/properties/%s\"}",
				field->otel, field->name);
		else
			fprintf(file,
				"        \"%s\": {\n"
				"          \"type\": [\"integer\", \"null\"],\n"
				"          \"minimum\": 0,\n"
				"          \"maximum\": 18446744073709551614,\n"
				"          \"description\": \"%c%s; null where this kernel does "
				"not have it.\"\n"
				"        }",
				field->name, toupper(field->help[0]), field->help + 1);
	}
	fputc('\n', file);
}
