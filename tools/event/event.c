/* SPDX-License-Identifier: Apache-2.0 */
#include "event/event.h"

#include <string.h>

#include "base/text.h"

/* By enum event_optional; the macro that makes the program send it, if it has one of its own. */
static const struct {
	const char *macro;
	uint8_t size;
} optionals[OPTIONALS] = {
	[OPTIONAL_AGE] = {"EVENT_AGE", sizeof(uint64_t)},
#define OPTIONAL_SIZE(name, ...) [OPTIONAL_##name] = {NULL, sizeof(uint64_t)},
	/* clang-format off */
	SOCKET_FIELDS(OPTIONAL_SIZE)
	SOCKET_VALUES(OPTIONAL_SIZE)
	[OPTIONAL_OWNER] = {"EVENT_OWNER", sizeof(struct owner)},
	[OPTIONAL_PID_NS] = {"OWNER_PID_NS", 0},
	[OPTIONAL_EXE] = {"OWNER_EXE", 0},
	[OPTIONAL_CLOSE] = {"EVENT_CLOSE", sizeof(uint32_t)},
	[OPTIONAL_SESSION] = {"EVENT_SESSION", sizeof(struct session)},
	[OPTIONAL_RESET] = {NULL, sizeof(uint64_t)},
	[OPTIONAL_CPU] = {NULL, sizeof(int)},
	/* clang-format on */
};

/* Rounded up to whole 64-bit words. */
static size_t in_words(size_t size)
{
	return (size + 7) / 8 * 8;
}

void event_layout_init(struct event_layout *layout, unsigned int wanted)
{
	size_t at = EVENT_SIZE;

	*layout = (struct event_layout){.wanted = wanted, .sent = at};
	for (int i = 0; i < OPTIONALS; i++) {
		if (!(wanted & 1U << i))
			continue;
		layout->offsets[i] = at;
		at += optionals[i].size;
		if (i < OPTIONAL_RESET)
			layout->sent = at;
	}
	layout->size = in_words(at);
}

size_t event_last_size(const struct event_layout *layout)
{
	return in_words(layout->sent);
}

size_t event_entry_owner(const struct event_layout *layout)
{
	bool age = layout->wanted & 1U << OPTIONAL_AGE;

	return 2 * sizeof(uint64_t) + age * optionals[OPTIONAL_AGE].size;
}

size_t event_entry_size(const struct event_layout *layout, bool stuck)
{
	bool owner = layout->wanted & 1U << OPTIONAL_OWNER;
	bool session = layout->wanted & 1U << OPTIONAL_SESSION;

	return event_entry_owner(layout) + owner * (sizeof(struct owner) + 2 * sizeof(uint64_t)) +
	       session * in_words(sizeof(struct session)) + stuck * event_last_size(layout);
}

void event_layout_render(const struct event_layout *layout, struct text *text)
{
	for (int i = 0; i < OPTIONALS; i++)
		if (layout->wanted & 1U << i && optionals[i].macro)
			text_printf(text, "#define %s\n", optionals[i].macro);
	socket_fields_render(layout->wanted, text);
}

bool event_decode(const struct event_layout *layout, int cpu, const void *data, size_t size,
		  struct event *event)
{
	if (size < layout->sent)
		return false;
	memcpy(event, data, EVENT_SIZE);
	if (layout->sent > EVENT_SIZE)
		memcpy((char *)event + EVENT_SIZE, (const char *)data + EVENT_SIZE,
		       layout->sent - EVENT_SIZE);
	if (layout->wanted & 1U << OPTIONAL_RESET)
		event_set_reset(layout, event, RESET_NOT_KNOWN);
	if (layout->wanted & 1U << OPTIONAL_CPU)
		memcpy((char *)event + layout->offsets[OPTIONAL_CPU], &cpu, sizeof(cpu));
	return true;
}

void event_stuck(const struct event_layout *layout, struct event *event, uint64_t now_ns)
{
	uint64_t span = now_ns - event->ts_ns, age;

	if (layout->wanted & 1U << OPTIONAL_AGE && event_age_ns(layout, event) != AGE_UNKNOWN) {
		age = event_age_ns(layout, event) + span;
		memcpy((char *)event + layout->offsets[OPTIONAL_AGE], &age, sizeof(age));
	}
	event->ts_ns = now_ns;
	event->span_ns = span;
	event->oldstate = event->newstate;
	event->newstate = STATE_STUCK;
}

uint64_t event_age_ns(const struct event_layout *layout, const struct event *event)
{
	uint64_t age;

	memcpy(&age, (const char *)event + layout->offsets[OPTIONAL_AGE], sizeof(age));
	return age;
}

uint64_t event_socket_field(const struct event_layout *layout, enum event_optional member,
			    const struct event *event)
{
	uint64_t number;

	memcpy(&number, (const char *)event + layout->offsets[member], sizeof(number));
	return number;
}

void event_set_socket_fields(const struct event_layout *layout, struct event *event,
			     const struct event *from)
{
	for (int i = OPTIONAL_AGE + 1; i < OPTIONAL_OWNER; i++)
		if (layout->wanted & 1U << i)
			memcpy((char *)event + layout->offsets[i],
			       (const char *)from + layout->offsets[i], optionals[i].size);
}

const struct owner *event_owner(const struct event_layout *layout, const struct event *event)
{
	return (const void *)((const char *)event + layout->offsets[OPTIONAL_OWNER]);
}

void event_set_owner(const struct event_layout *layout, struct event *event,
		     const struct owner *owner)
{
	memcpy((char *)event + layout->offsets[OPTIONAL_OWNER], owner, sizeof(*owner));
}

enum why event_why(const struct event_layout *layout, const struct event *event)
{
	uint32_t why;

	memcpy(&why, (const char *)event + layout->offsets[OPTIONAL_CLOSE], sizeof(why));
	return why;
}

enum reset_reason event_reset(const struct event_layout *layout, const struct event *event)
{
	return event_socket_field(layout, OPTIONAL_RESET, event);
}

void event_set_reset(const struct event_layout *layout, struct event *event,
		     enum reset_reason reason)
{
	uint64_t number = reason;

	memcpy((char *)event + layout->offsets[OPTIONAL_RESET], &number, sizeof(number));
}

const struct session *event_session(const struct event_layout *layout, const struct event *event)
{
	return (const void *)((const char *)event + layout->offsets[OPTIONAL_SESSION]);
}

int event_cpu(const struct event_layout *layout, const struct event *event)
{
	int cpu;

	memcpy(&cpu, (const char *)event + layout->offsets[OPTIONAL_CPU], sizeof(cpu));
	return cpu;
}

uint64_t event_span_us(const struct event *event)
{
	return event->span_ns == SPAN_UNKNOWN ? 0 : event->span_ns / 1000;
}

size_t event_comm_len(const char comm[EVENT_COMM_LEN])
{
	return strnlen(comm, EVENT_COMM_LEN);
}

#define NAME(name) name, sizeof(name) - 1

const struct state_name *state_name(unsigned int state)
{
	static const struct state_name names[] = {
		[1] = {NAME("ESTABLISHED")},
		[2] = {NAME("SYN_SENT")},
		[3] = {NAME("SYN_RECV")},
		[4] = {NAME("FIN_WAIT1")},
		[5] = {NAME("FIN_WAIT2")},
		[6] = {NAME("TIME_WAIT")},
		[7] = {NAME("CLOSE")},
		[8] = {NAME("CLOSE_WAIT")},
		[9] = {NAME("LAST_ACK")},
		[10] = {NAME("LISTEN")},
		[11] = {NAME("CLOSING")},
		[12] = {NAME("NEW_SYN_RECV")},
		[STATE_STUCK] = {NAME("(stuck)")},
		[STATE_STILL] = {NAME("(open)")},
	};

	if (state >= sizeof(names) / sizeof(*names) || !names[state].len)
		return NULL;
	return &names[state];
}
