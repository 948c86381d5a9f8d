/* SPDX-License-Identifier: Apache-2.0 */
#include "event/socket_fields.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "bpf/kernel_btf.h"
#include "event/event.h"

#define STEPS_MAX 3
#define NAME_ROOM 64

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

/* Splits a path of the table above; returns the number of steps. */
static size_t path_split(const char *path, struct step steps[STEPS_MAX], unsigned int *shift)
{
	const char *shifted = strstr(path, " >> ");
	size_t count = 0;

	*shift = shifted ? shifted[4] - '0' : 0;
	for (const char *at = path; at && count < STEPS_MAX; count++) {
		size_t structure = strcspn(at, "."), all = strcspn(at, " ");

		snprintf(steps[count].structure, NAME_ROOM, "%.*s", (int)structure, at);
		snprintf(steps[count].member, NAME_ROOM, "%.*s", (int)(all - structure - 1),
			 at + structure + 1);
		at = strstr(at, " -> ");
		at = at ? at + 4 : NULL;
	}
	return count;
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

void socket_fields_render(unsigned int optionals, struct text *text)
{
	if (!socket_fields_are_wanted(optionals))
		return;
	text_str(text, "#define EVENT_SOCKET_FIELDS");
	for (size_t i = 0; i < VALUES; i++)
		if (is_wanted(&values[i], optionals))
			text_printf(text, " __u64 %s EVENT_OPTIONAL;", values[i].name);
	text_str(text, "\n#define SOCKET_FIELDS_READ");
	for (const struct socket_value *value = values; value < values + VALUES; value++) {
		struct step steps[STEPS_MAX];
		unsigned int shift;
		size_t count;

		if (!is_wanted(value, optionals))
			continue;
		count = path_split(value->path, steps, &shift);
		text_printf(text, " \\\n\tevent->%s = ", value->name);
		for (size_t step = count; step-- > 0;)
			text_str(text, step ? "field_follow(" : "field_read(");
		text_str(text, "sk");
		for (size_t step = 0; step < count; step++) {
			text_str(text, ", ");
			macro_name(text, value, "OFFSET", step);
			text_str(text, ", ");
			macro_name(text, value, "SIZE", step);
			text_char(text, ')');
		}
		text_char(text, ';');
		if (shift)
			text_printf(
				text,
				" \\\n\tif (event->%s != FIELD_UNKNOWN) \\\n\t\tevent->%s >>= %u;",
				value->name, value->name, shift);
	}
	text_char(text, '\n');
}

/* The program reads whole numbers and pointers. */
static bool step_find(const struct btf_types *types, const struct step *step,
		      struct btf_field *field)
{
	return types && !btf_types_field(types, step->structure, step->member, field) &&
	       (field->size == 1 || field->size == 2 || field->size == 4 || field->size == 8);
}

void socket_fields_render_offsets(const struct btf_types *types, const char *why,
				  unsigned int optionals, struct text *text, struct text *missing)
{
	for (const struct socket_value *value = values; value < values + VALUES; value++) {
		struct btf_field fields[STEPS_MAX] = {{0}};
		struct step steps[STEPS_MAX];
		size_t count, found = 0;
		unsigned int shift;

		if (!is_wanted(value, optionals))
			continue;
		count = path_split(value->path, steps, &shift);
		while (found < count && step_find(types, &steps[found], &fields[found]))
			found++;
		if (found < count) {
			memset(fields, 0, sizeof(fields));
			text_printf(missing, "%s%s: ", missing->len ? "; " : "", value->fields);
			if (types)
				text_printf(missing, "this kernel has no %s.%s",
					    steps[found].structure, steps[found].member);
			else
				text_str(missing, why);
		}
		for (size_t step = 0; step < count; step++) {
			text_str(text, "#define ");
			macro_name(text, value, "OFFSET", step);
			text_printf(text, " %u\n#define ", fields[step].offset);
			macro_name(text, value, "SIZE", step);
			text_printf(text, " %u\n", fields[step].size);
		}
	}
}
