/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "output/value.h"

/* Whether one item of a list names what is asked for. */
typedef bool item_fn(const char *item, const void *what);

static bool list_names(const char *list, item_fn *names, const void *what)
{
	char *copy = strdup(list), *rest = copy, *item;
	bool found = false;

	while ((item = strsep(&rest, ",")))
		found |= names(item, what);
	free(copy);
	return found;
}

/* Chosen by one of the lists, if any chooses, and excluded by none. */
static bool lists_show(const char *const *lists, item_fn *names, const void *what)
{
	bool chooses = false, chosen = false;

	for (; *lists; lists++) {
		if (**lists == '!') {
			if (list_names(*lists + 1, names, what))
				return false;
		} else {
			chooses = true;
			chosen |= list_names(*lists, names, what);
		}
	}
	return !chooses || chosen;
}

static bool port_is(const char *item, const void *what)
{
	unsigned int first, last, port = *(const uint16_t *)what;

	if (sscanf(item, "%u-%u", &first, &last) == 2)
		return first <= port && port <= last;
	return first == port;
}

struct where {
	const uint8_t *address;
	bool ipv6;
};

static bool bits_are(const uint8_t *a, const uint8_t *b, int count)
{
	for (int i = 0; i < count; i++)
		if ((a[i / 8] ^ b[i / 8]) >> (7 - i % 8) & 1)
			return false;
	return true;
}

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

/* The IPv4 address of an end, if it has one. */
static const uint8_t *where_ipv4(const struct where *where)
{
	if (!where->ipv6)
		return where->address;
	return memcmp(where->address, mapped, sizeof(mapped)) ? NULL : where->address + 12;
}

static bool address_is(const char *item, const void *what)
{
	const struct where *where = what;
	char text[64], *slash;
	const uint8_t *ipv4 = where_ipv4(where);
	uint8_t bytes[16];
	int bits = -1;

	snprintf(text, sizeof(text), "%s", item);
	slash = strchr(text, '/');
	if (slash) {
		*slash = '\0';
		bits = atoi(slash + 1);
	}
	if (inet_pton(AF_INET, text, bytes) == 1)
		return ipv4 && bits_are(ipv4, bytes, bits < 0 ? 32 : bits);
	inet_pton(AF_INET6, text, bytes);
	if (bits < 0)
		bits = 128;
	if (bits >= 96 && !memcmp(bytes, mapped, sizeof(mapped)))
		return ipv4 && bits_are(ipv4, bytes + 12, bits - 96);
	return where->ipv6 && bits_are(where->address, bytes, bits);
}

static bool state_is(const char *item, const void *what)
{
	const struct state_name *name = state_name(*(const uint8_t *)what);

	if (!strncasecmp(item, "TCP_", 4))
		item += 4;
	return name && !strcasecmp(item, name->text);
}

/* Either of the two is chosen, and neither is excluded. */
static bool either_shows(const char *const *lists, item_fn *names, const void *one,
			 const void *other)
{
	bool chooses = false, chosen = false;

	for (; *lists; lists++) {
		const char *list = *lists + (**lists == '!');
		bool named = list_names(list, names, one) || list_names(list, names, other);

		if (list != *lists && named)
			return false;
		chooses |= list == *lists;
		chosen |= list == *lists && named;
	}
	return !chooses || chosen;
}

static bool family_shows(const struct model *model, const struct event *event)
{
	return !model->family || event->family == (model->family == 4 ? AF_INET : AF_INET6);
}

/* No address yet: 0.0.0.0, :: or ::ffff:0.0.0.0. */
static bool is_open(const struct where *where)
{
	static const uint8_t zeros[16];
	const uint8_t *ipv4 = where_ipv4(where);

	return ipv4 ? !memcmp(ipv4, zeros, 4) : !memcmp(where->address, zeros, 16);
}

const struct field *model_field(enum model_option option)
{
	static const char *const names[MODEL_OPTIONS] = {
		[MODEL_PID] = "opid",
		[MODEL_COMM] = "ocomm",
		[MODEL_UID] = "uid",
		[MODEL_WHY] = "why",
	};
	const struct field *field = field_table;

	while (strcmp(field->name, names[option]))
		field++;
	return field;
}

struct model_shown model_shown(const struct model *model, const struct field *field,
			       const struct event *event)
{
	struct line_format format = {.kind = FORMAT_CSV,
				     .extended = true,
				     .event_layout = model->layout};
	struct model_shown shown;
	size_t columns;
	char *end = NULL;

	if (field->kind == KIND_COMM || field->kind == KIND_OWNER_COMM ||
	    field->kind == KIND_OWNER_EXE)
		end = value_is_unknown(field, &format, event)
			      ? NULL
			      : name_put(shown.text, field, &format, event, SIZE_MAX, &columns);
	if (!end)
		end = value_put(shown.text, field, &format, event);
	*end = '\0';
	return shown;
}

/* Whether a text is the item, or begins with what is before its star. */
static bool shown_is(const char *item, const void *what)
{
	const struct model_shown *shown = what;
	size_t len = strlen(item);

	if (!strcmp(item, "root"))
		item = "0";
	if (!strcmp(shown->text, "-"))
		return false;
	if (len && item[len - 1] == '*')
		return !strncmp(item, shown->text, len - 1);
	return !strcmp(item, shown->text);
}

static bool order_holds(long double left, const char *op, long double right)
{
	if (!strcmp(op, "<"))
		return left < right;
	if (!strcmp(op, "<="))
		return left <= right;
	if (!strcmp(op, ">"))
		return left > right;
	if (!strcmp(op, ">="))
		return left >= right;
	return left == right;
}

bool model_has_order(const struct field *field)
{
	switch (field->kind) {
	case KIND_ADDRESS:
	case KIND_STATE:
	case KIND_COMM:
	case KIND_OWNER_COMM:
	case KIND_OWNER_EXE:
	case KIND_OWNER_FROM:
	case KIND_WHY:
	case KIND_FIRST:
	case KIND_OPENED:
		return false;
	}
	return true;
}

/* Whether the value is equal, or in the order that the operator names. */
static bool value_holds(const struct model_condition *condition, const struct event *event,
			const struct model_shown *shown)
{
	const struct field *field = condition->field;
	const uint8_t *member = (const uint8_t *)event + field->offset;
	struct where where = {member, event->family == AF_INET6};

	if (field->kind == KIND_ADDRESS)
		return address_is(condition->value, &where);
	if (field->kind == KIND_STATE)
		return state_is(condition->value, field->offset ? member : &event->newstate);
	if (!model_has_order(field))
		return shown_is(condition->value, shown);
	return order_holds(strtold(shown->text, NULL), condition->op,
			   strtold(strcmp(condition->value, "root") ? condition->value : "0",
				   NULL));
}

static bool condition_holds(const struct model *model, const struct model_condition *condition,
			    const struct event *event)
{
	struct model_shown shown = model_shown(model, condition->field, event);
	bool differs = !strcmp(condition->op, "!=");

	if (!strcmp(condition->value, "unknown"))
		return differs != !strcmp(shown.text, "-");
	if (!strcmp(shown.text, "-"))
		return differs;
	return differs != value_holds(condition, event, &shown);
}

/* --filter, and the options that are short for one. */
static bool conditions_hold(const struct model *model, const struct event *event)
{
	for (size_t i = 0; i < model->condition_count; i++)
		if (!condition_holds(model, &model->conditions[i], event))
			return false;
	for (enum model_option option = MODEL_PID; option < MODEL_OPTIONS; option++) {
		struct model_shown shown;

		if (!model->lists[option][0])
			continue;
		shown = model_shown(model, model_field(option), event);
		if (!lists_show(model->lists[option], shown_is, &shown))
			return false;
	}
	if (model->lists[MODEL_WHY][0] && event->newstate != TCP_CLOSE)
		return false; /* no other change has a reason */
	return !model->max_ms || (event->span_ns != SPAN_UNKNOWN &&
				  event->span_ns <= strtold(model->max_ms, NULL) * 1000000);
}

bool model_keeps(const struct model *model, const struct event *event)
{
	struct where local = {event->laddr, event->family == AF_INET6};
	struct where remote = {event->raddr, event->family == AF_INET6};

	return family_shows(model, event) &&
	       (!event->lport || lists_show(model->lists[MODEL_LPORT], port_is, &event->lport)) &&
	       (!event->rport || lists_show(model->lists[MODEL_RPORT], port_is, &event->rport)) &&
	       (!event->lport || !event->rport ||
		either_shows(model->lists[MODEL_PORT], port_is, &event->lport, &event->rport)) &&
	       (is_open(&local) || lists_show(model->lists[MODEL_LADDR], address_is, &local)) &&
	       (is_open(&remote) || lists_show(model->lists[MODEL_RADDR], address_is, &remote));
}

bool model_shows(const struct model *model, const struct event *event)
{
	struct where local = {event->laddr, event->family == AF_INET6};
	struct where remote = {event->raddr, event->family == AF_INET6};

	if (model->min_ns >= 0 &&
	    (event->span_ns == SPAN_UNKNOWN || event->span_ns < (uint64_t)model->min_ns))
		return false;
	return family_shows(model, event) &&
	       lists_show(model->lists[MODEL_LPORT], port_is, &event->lport) &&
	       lists_show(model->lists[MODEL_RPORT], port_is, &event->rport) &&
	       lists_show(model->lists[MODEL_LADDR], address_is, &local) &&
	       lists_show(model->lists[MODEL_RADDR], address_is, &remote) &&
	       lists_show(model->lists[MODEL_OLD], state_is, &event->oldstate) &&
	       lists_show(model->lists[MODEL_NEW], state_is, &event->newstate) &&
	       either_shows(model->lists[MODEL_EITHER], state_is, &event->oldstate,
			    &event->newstate) &&
	       either_shows(model->lists[MODEL_PORT], port_is, &event->lport, &event->rport) &&
	       conditions_hold(model, event);
}
