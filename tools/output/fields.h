/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of an event, a row each, and the lists of fields that -o makes. */
#ifndef FIELDS_H
#define FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "event/event.h"
#include "event/socket_fields.h"
#include "output/format.h"

struct diag;

/* What a field shows of the event. Where a member is named, the row says which. */
enum kind {
	KIND_TIME, /* of day */
	KIND_TIMESTAMP, /* since the first event */
	KIND_HEX64, /* a __u64 */
	KIND_DEC64, /* a __u64 */
	KIND_DEC32, /* a __u32 */
	KIND_DEC16, /* a __u16 */
	KIND_VERSION, /* of IP */
	KIND_ADDRESS, /* a __u8[16], of the event's family */
	KIND_STATE, /* a __u8; without a member the state that the socket is in */
	KIND_COMM, /* of unknown origin: cut to the width in columns, quoted in CSV */
	KIND_SPAN,
	KIND_ISOTIME, /* date and time of day, with the zone */
	KIND_AGE,
	KIND_CPU,
	KIND_SOCKET, /* a number of the socket: an optional member, which the row names in place of
			a member */
	KIND_OWNER_PID, /* these may be unknown: see value_is_unknown() */
	KIND_OWNER_COMM,
	KIND_OWNER_FROM,
	KIND_OWNER_EXE,
	KIND_OWNER_PID_NS,
	KIND_WHY,
	KIND_FIRST,
	KIND_RESET,
	KIND_START, /* of the session: date and time, with the zone */
	KIND_START_TIME, /* time of day */
	KIND_OPENED,
	KIND_CONNECT,
	KIND_CLOSING,
	KIND_STATE_TIME, /* in the state of the session (enum session_state) that the row names in
			    place of a member */
	KIND_CGROUP, /* parts of a path of unknown origin, which may be unknown as well */
	KIND_UNIT,
	KIND_CONTAINER,
	KIND_POD,
};

#define IN(format) (1 << (format))

struct field {
	const char *name; /* for -o, and the key in JSON */
	const char *title; /* in columns and CSV */
	const char *otel; /* OpenTelemetry's name, where it has one */
	const char *help;
	int8_t width[FORMAT_CSV]; /* in columns, wide columns; < 0: the last without -o, not padded
				   */
	char before[5]; /* between the field before and this one, in columns */
	uint8_t formats; /* that have it without -o, a bit IN(format) each */
	bool extended; /* -x has it */
	uint8_t kind;
	uint8_t offset; /* of the member */
	uint32_t optionals; /* the bit of the optional member (enum event_optional) that it shows */
};

#define FIELDS	      (35 + SESSION_STATES + SOCKET_FIELD_COUNT)
#define CGROUP_FIELDS "cgroup, unit, container, pod" /* those that need the cgroup's path */

extern const struct field field_table[FIELDS];

/* Fields in output order. */
struct field_list {
	const struct field *fields[FIELDS];
	uint8_t widths[FIELDS]; /* of columns: each grows with what it has to hold */
	size_t count; /* 0: none was asked for */
};

/*
 * Makes a list from comma-separated names. With a + before the first, the format's own fields
 * precede them; otherwise only its time and timestamp do, if not named. NULL: the format's own
 * fields. An extended format's own fields are those of -x; JSON keeps its others too. A repeated
 * field is ignored. -EINVAL with diag naming the field and its position.
 */
int field_list_make(struct field_list *list, const struct line_format *format, const char *names,
		    struct diag *diag);

/* Adds names, with or without a + before the first. -EINVAL as above. */
int field_list_add(struct field_list *list, const struct line_format *format, const char *names,
		   struct diag *diag);

/* The optional members (a bit for each enum event_optional) that the fields need. */
unsigned int field_list_optionals(const struct field_list *list);

bool field_list_has(const struct field_list *list, const char *name);

/* Whether a format has the field without -o. */
static inline bool field_shown(const struct field *field, const struct line_format *format)
{
	if (field->kind == KIND_TIME)
		return format->time;
	if (field->kind == KIND_TIMESTAMP)
		return format->timestamp;
	return field->formats & IN(format->kind);
}

/*
 * Makes the journal's name of a requested field: TCPSTATES_ and the rest of OpenTelemetry's name,
 * in capitals. False if every entry has the field anyway.
 */
#define FIELD_JOURNAL_ROOM 64
bool field_journal_name(const struct field *field, char name[FIELD_JOURNAL_ROOM]);

/* One line per field. */
void fields_help(FILE *file);
void fields_manual(FILE *file); /* in roff */

/*
 * The socket fields as properties of the JSON schema, or of OpenTelemetry's part, which refers to
 * them.
 */
void fields_schema(FILE *file, bool otel);

#endif
