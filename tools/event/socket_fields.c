/* SPDX-License-Identifier: Apache-2.0 */
#include "event/socket_fields.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "bpf/kernel_btf.h"
#include "event/event.h"

#define STEPS_MAX 3
#define NAME_ROOM 64

#define MEMBERS_MACRO "#define EVENT_SOCKET_FIELDS"
#define MEMBER_FORMAT " __u64 %s EVENT_OPTIONAL;"

struct step {
	char structure[NAME_ROOM];
	char member[NAME_ROOM]; /* may have dots */
};

struct socket_value {
	enum event_optional member;
	const char *name, *path;
	const char *fields; /* as messages name them */
};

static const struct socket_value values[] = {
#define FIELD_VALUE(name, title, width, otel, path, help) {OPTIONAL_##name, #name, path, #name},
#define OTHER_VALUE(name, path, fields)			  {OPTIONAL_##name, #name, path, fields},
	SOCKET_FIELDS(FIELD_VALUE) SOCKET_VALUES(OTHER_VALUE)};

#define VALUES (sizeof(values) / sizeof(*values))

static bool is_wanted(const struct socket_value *value, unsigned int optionals)
{
	return optionals & 1U << value->member;
}

bool socket_fields_are_wanted(unsigned int optionals)
{
	for (size_t i = 0; i < VALUES; i++)
		if (is_wanted(&values[i], optionals))
			return true;
	return false;
}

/* How a number is read. */
struct reading {
	struct step steps[STEPS_MAX];
	size_t count;
	unsigned int shift;
	bool since; /* a time in jiffies */
	bool differs; /* the first less the second; otherwise each step follows the one before */
	bool listens; /* of a listener, the last step alone */
};

/* A path of the table above. */
static struct reading path_parse(const char *path)
{
	struct reading reading = {0};

	for (const char *at = path;; at += strspn(at, " ")) {
		size_t len = strcspn(at, " ");
		const char *dot = memchr(at, '.', len);

		if (dot && reading.count < STEPS_MAX) {
			struct step *step = &reading.steps[reading.count++];

			snprintf(step->structure, NAME_ROOM, "%.*s", (int)(dot - at), at);
			snprintf(step->member, NAME_ROOM, "%.*s", (int)(at + len - dot - 1),
				 dot + 1);
		}
		reading.since |= len == 7 && !memcmp(at, "jiffies", 7);
		reading.differs |= len == 1 && *at == '-' && !reading.since;
		reading.listens |= len == 2 && !memcmp(at, "or", 2);
		if (len == 1 && isdigit(*at))
			reading.shift = *at - '0';
		at += len;
		if (!*at)
			return reading;
	}
}

/* UID_OFFSET; of a second step NETNS_OFFSET_2. */
static void macro_name(struct text *text, const struct socket_value *value, const char *what,
		       size_t step)
{
	for (const char *at = value->name; *at; at++)
		text_char(text, toupper(*at));
	text_printf(text, "_%s", what);
	if (step)
		text_printf(text, "_%zu", step + 1);
}

/* OFFSET, SIZE) of a step. */
static void step_render(struct text *text, const struct socket_value *value, size_t step)
{
	macro_name(text, value, "OFFSET", step);
	text_str(text, ", ");
	macro_name(text, value, "SIZE", step);
	text_char(text, ')');
}

static void read_render(struct text *text, const struct socket_value *value)
{
	struct reading reading = path_parse(value->path);

	text_printf(text, " \\\n\tevent->%s = ", value->name);
	if (reading.listens) {
		text_str(text, "is_listener(event) ? field_read(sk, ");
		step_render(text, value, --reading.count);
		text_str(text, " : ");
	}
	if (reading.differs) {
		text_str(text, "field_difference(field_read(sk, ");
		step_render(text, value, 0);
		text_str(text, ", field_read(sk, ");
		step_render(text, value, 1);
		text_str(text, ");");
		return;
	}
	if (reading.since)
		text_str(text, "field_since(");
	for (size_t step = reading.count; step-- > 0;)
		text_str(text, step ? "field_follow(" : "field_read(");
	text_str(text, "sk");
	for (size_t step = 0; step < reading.count; step++) {
		text_str(text, ", ");
		step_render(text, value, step);
	}
	if (reading.since) {
		text_str(text, ", ");
		macro_name(text, value, "JIFFY_NS", 0);
		text_char(text, ')');
	}
	text_char(text, ';');
	if (reading.shift)
		text_printf(text,
			    " \\\n\tif (event->%s != FIELD_UNKNOWN) \\\n\t\tevent->%s >>= %u;",
			    value->name, value->name, reading.shift);
}

void socket_fields_render(unsigned int optionals, struct text *text)
{
	if (!socket_fields_are_wanted(optionals))
		return;
	text_str(text, MEMBERS_MACRO);
	for (size_t i = 0; i < VALUES; i++)
		if (is_wanted(&values[i], optionals))
			text_printf(text, MEMBER_FORMAT, values[i].name);
	text_str(text, "\n#define SOCKET_FIELDS_READ");
	for (size_t i = 0; i < VALUES; i++)
		if (is_wanted(&values[i], optionals))
			read_render(text, &values[i]);
	text_char(text, '\n');
}

unsigned int socket_fields_find(const char *source)
{
	const char *members = strstr(source, MEMBERS_MACRO);
	_cleanup_text_ struct text line = {0};
	unsigned int found = 0;

	if (!members)
		return 0;
	text_bytes(&line, members, strcspn(members, "\n"));
	for (size_t i = 0; !line.err && i < VALUES; i++) {
		char member[2 * NAME_ROOM];

		snprintf(member, sizeof(member), MEMBER_FORMAT, values[i].name);
		if (strstr(line.data, member))
			found |= 1U << values[i].member;
	}
	return found;
}

/* The program reads whole numbers and pointers. */
static bool step_find(const struct btf_types *types, const struct step *step,
		      struct btf_field *field)
{
	return types && !btf_types_field(types, step->structure, step->member, field) &&
	       (field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8);
}

/* Finds all members. If one is not there, appends its name to missing. */
static bool reading_find(const struct btf_types *types, const struct reading *reading,
			 struct btf_field fields[STEPS_MAX], struct text *missing)
{
	struct btf_func now;

	for (size_t i = 0; i < reading->count; i++) {
		const struct step *step = &reading->steps[i];

		if (step_find(types, step, &fields[i]))
			continue;
		text_printf(missing, "%s.%s", step->structure, step->member);
		return false;
	}
	/* Linux 5.6 */
	if (!reading->since || !btf_types_func(types, "bpf_jiffies64", &now))
		return true;
	text_str(missing, "bpf_jiffies64()");
	return false;
}

/* clock_getres(2): this clock has the time of the last jiffy. */
static long jiffy_ns(void)
{
	struct timespec jiffy = {0};

	clock_getres(CLOCK_MONOTONIC_COARSE, &jiffy);
	return jiffy.tv_nsec;
}

void socket_fields_render_offsets(const struct btf_types *types, const char *why,
				  unsigned int optionals, struct text *text, struct text *missing)
{
	for (const struct socket_value *value = values; value < values + VALUES; value++) {
		const struct reading reading = path_parse(value->path);
		struct btf_field fields[STEPS_MAX] = {{0}};
		_cleanup_text_ struct text absent = {0};

		if (!is_wanted(value, optionals))
			continue;
		if (!reading_find(types, &reading, fields, &absent)) {
			memset(fields, 0, sizeof(fields));
			text_printf(missing, "%s%s: ", missing->len ? "; " : "", value->fields);
			if (types)
				text_printf(missing, "this kernel has no %s", absent.data);
			else
				text_str(missing, why);
		}
		for (size_t step = 0; step < reading.count; step++) {
			text_str(text, "#define ");
			macro_name(text, value, "OFFSET", step);
			text_printf(text, " %u\n#define ", fields[step].offset);
			macro_name(text, value, "SIZE", step);
			text_printf(text, " %u\n", fields[step].size);
		}
		if (!reading.since)
			continue;
		text_str(text, "#define ");
		macro_name(text, value, "JIFFY_NS", 0);
		text_printf(text, " %ld\n", jiffy_ns());
	}
}
