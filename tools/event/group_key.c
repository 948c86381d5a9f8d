/* SPDX-License-Identifier: Apache-2.0 */
#include "event/group_key.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/nearest.h"
#include "base/text.h"
#include "event/event.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* The members of a key, in their order. Their sizes are multiples of 4: there are no holes. */
enum part {
	PART_FAMILY,
	PART_LADDR,
	PART_RADDR,
	PART_LPORT,
	PART_RPORT,
	PART_OWNER, /* whether it is known */
	PART_PID,
	PART_COMM,
	PART_CGROUP,
	PART_NETNS,
	PART_UID,
	PART_MARK,
	PART_IFACE,
	PARTS,
};

#define BYTES(name)                                                                                \
	"__u8 " #name "[16];", "__builtin_memcpy(key->" #name ", event->" #name ", 16);", 16
#define NUMBER(name)	    "__u32 " #name ";", "key->" #name " = event->" #name ";", 4
#define OWNER(name, member) "__u32 " #name ";", "key->" #name " = event->owner." member ";", 4
#define SOCKET(name)                                                                               \
	"__u64 " #name " EVENT_OPTIONAL;", "key->" #name " = event->" #name ";", 8, OPTIONAL_##name

static const struct {
	const char *member, *fill;
	uint8_t size;
	uint8_t optional; /* of the event, where that is an optional member */
} parts[PARTS] = {
	[PART_FAMILY] = {NUMBER(family)},
	[PART_LADDR] = {BYTES(laddr)},
	[PART_RADDR] = {BYTES(raddr)},
	[PART_LPORT] = {NUMBER(lport)},
	[PART_RPORT] = {NUMBER(rport)},
	[PART_OWNER] = {OWNER(owned, "from != OWNER_UNKNOWN"), OPTIONAL_OWNER},
	[PART_PID] = {OWNER(opid, "pid"), OPTIONAL_OWNER},
	[PART_COMM] = {"__u8 ocomm[16];", "__builtin_memcpy(key->ocomm, event->owner.comm, 16);",
		       EVENT_COMM_LEN, OPTIONAL_OWNER},
	[PART_CGROUP] = {SOCKET(cgroup)},
	[PART_NETNS] = {SOCKET(netns)},
	[PART_UID] = {SOCKET(uid)},
	[PART_MARK] = {SOCKET(mark)},
	[PART_IFACE] = {SOCKET(iface)},
};

#define PART(part) (1U << PART_##part)

/* What a cgroup's fields are made of is read from its path, later. */
static const struct {
	const char *name;
	unsigned int parts;
} fields[] = {
	{"laddr", PART(FAMILY) | PART(LADDR)},
	{"lport", PART(LPORT)},
	{"raddr", PART(FAMILY) | PART(RADDR)},
	{"rport", PART(RPORT)},
	{"opid", PART(OWNER) | PART(PID)},
	{"ocomm", PART(OWNER) | PART(COMM)},
	{"cgroup", PART(CGROUP)},
	{"unit", PART(CGROUP)},
	{"container", PART(CGROUP)},
	{"pod", PART(CGROUP)},
	{"netns", PART(NETNS)},
	{"uid", PART(UID)},
	{"mark", PART(MARK)},
	{"iface", PART(IFACE)},
};

_Static_assert(COUNT(fields) == GROUP_FIELDS_MAX, "group_key: adjust GROUP_FIELDS_MAX");

static int field_refuse(const struct list *list, const char *option, struct diag *diag)
{
	struct nearest nearest = nearest_begin(list->at, list->len);
	_cleanup_text_ struct text why = {0};

	for (size_t i = 0; i < COUNT(fields); i++)
		nearest_try(&nearest, fields[i].name);
	if (nearest.word) {
		text_printf(&why, "no such key (did you mean %s?)", nearest.word);
		return list_refuse(list, option, why.err ? "" : why.data, diag);
	}
	list_refuse(list, option, "no such key", diag);
	for (size_t i = 0; i < COUNT(fields); i++)
		text_printf(&why, "%s%s", i ? ", " : "", fields[i].name);
	diag_hint(diag, "keys: %s", why.err ? "" : why.data);
	return -EINVAL;
}

int group_by_add(struct group_by *by, const char *option, const char *names, struct diag *diag)
{
	struct list list;

	list_begin(&list, names);
	while (list_next(&list)) {
		bool is_given = false;
		size_t row = 0;

		while (row < COUNT(fields) && (strlen(fields[row].name) != list.len ||
					       memcmp(fields[row].name, list.at, list.len)))
			row++;
		if (!list.len)
			return list_refuse(&list, option, "empty", diag);
		if (list.excluded)
			return list_refuse(&list, option, "a key cannot be excluded", diag);
		if (row == COUNT(fields))
			return field_refuse(&list, option, diag);
		for (size_t i = 0; i < by->count; i++)
			is_given |= by->fields[i] == row;
		if (is_given)
			continue;
		by->fields[by->count++] = row;
		by->parts |= fields[row].parts;
	}
	return 0;
}

const char *group_field_name(size_t i)
{
	return i < COUNT(fields) ? fields[i].name : NULL;
}

const char *group_by_name(const struct group_by *by, size_t i)
{
	return fields[by->fields[i]].name;
}

unsigned int group_by_optionals(const struct group_by *by)
{
	if (!by->count)
		return 0;
	return 1U << OPTIONAL_AGE | 1U << OPTIONAL_SESSION | 1U << OPTIONAL_CLOSE |
	       1U << OPTIONAL_tx_bytes | 1U << OPTIONAL_rx_bytes | 1U << OPTIONAL_retrans;
}

void group_by_render(const struct group_by *by, struct text *text)
{
	if (!by->count)
		return;
	text_str(text, GROUPS_MACRO "#define GROUP_KEY");
	for (int i = 0; i < PARTS; i++)
		if (by->parts >> i & 1)
			text_printf(text, " \\\n\t%s", parts[i].member);
	text_str(text, "\n#define GROUP_KEY_FILL");
	for (int i = 0; i < PARTS; i++)
		if (by->parts >> i & 1)
			text_printf(text, " \\\n\t%s", parts[i].fill);
	text_printf(text, "\n#define MAX_GROUPS %llu\n", (unsigned long long)by->max_groups);
}

size_t group_key_size(const struct group_by *by)
{
	size_t size = 0;

	for (int i = 0; i < PARTS; i++)
		if (by->parts >> i & 1)
			size += parts[i].size;
	return size;
}

/* at has the part's bytes. */
static void part_read(enum part part, const void *at, const struct event_layout *layout,
		      struct event *event, struct owner *owner)
{
	uint32_t number;

	memcpy(&number, at, sizeof(number));
	switch (part) {
	case PART_FAMILY:
		event->family = number;
		break;
	case PART_LADDR:
		memcpy(event->laddr, at, sizeof(event->laddr));
		break;
	case PART_RADDR:
		memcpy(event->raddr, at, sizeof(event->raddr));
		break;
	case PART_LPORT:
		event->lport = number;
		break;
	case PART_RPORT:
		event->rport = number;
		break;
	case PART_OWNER:
		owner->from = number ? OWNER_SELF : OWNER_UNKNOWN;
		break;
	case PART_PID:
		owner->pid = number;
		break;
	case PART_COMM:
		memcpy(owner->comm, at, sizeof(owner->comm));
		break;
	default:
		memcpy((char *)event + layout->offsets[parts[part].optional], at, sizeof(uint64_t));
	}
}

void group_key_read(const struct group_by *by, const void *key, const struct event_layout *layout,
		    struct event *event)
{
	struct owner owner = {0};
	const char *at = key;

	for (int i = 0; i < PARTS; i++) {
		if (!(by->parts >> i & 1))
			continue;
		part_read(i, at, layout, event, &owner);
		at += parts[i].size;
	}
	if (layout->wanted & 1U << OPTIONAL_OWNER)
		event_set_owner(layout, event, &owner);
}
