/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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
static bool either_shows(const char *const *lists, const struct event *event)
{
	bool chooses = false, chosen = false;

	for (; *lists; lists++) {
		const char *list = *lists + (**lists == '!');
		bool named = list_names(list, state_is, &event->oldstate) ||
			     list_names(list, state_is, &event->newstate);

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

bool model_keeps(const struct model *model, const struct event *event)
{
	struct where local = {event->laddr, event->family == AF_INET6};
	struct where remote = {event->raddr, event->family == AF_INET6};

	return family_shows(model, event) &&
	       (!event->lport || lists_show(model->lists[MODEL_LPORT], port_is, &event->lport)) &&
	       (!event->rport || lists_show(model->lists[MODEL_RPORT], port_is, &event->rport)) &&
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
	       either_shows(model->lists[MODEL_EITHER], event);
}
