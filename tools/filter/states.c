/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/states.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "base/diag.h"
#include "base/list.h"
#include "base/text.h"
#include "event/event.h"

#define STATES STATE_STUCK /* more than there are, but from here on none is a socket's */
#define PREFIX "TCP_"

enum { TIME_WAIT = 6, NEW_SYN_RECV = 12 };

/* The other two are states of small sockets of their own (inet_timewait_sock, request_sock). */
bool state_is_reported(unsigned int state)
{
	return state_name(state) && state != TIME_WAIT && state != NEW_SYN_RECV;
}

/* Whether both have the same letters and digits: fin-wait-1 is FIN_WAIT1. */
static bool name_is(const char *name, size_t len, const char *known)
{
	const char *end = name + len;

	for (;; name++, known++) {
		while (name < end && strchr("-_", *name))
			name++;
		known += strspn(known, "_");
		if (name == end || !*known)
			return name == end && !*known;
		if (tolower(*name) != tolower(*known))
			return false;
	}
}

/* Names that ss(8), netstat(8) and RFC 9293 have for some of them. */
static const struct {
	const char *name, *known;
} aliases[] = {
	{"ESTAB", "ESTABLISHED"}, {"SYN_RECEIVED", "SYN_RECV"}, {"CLOSED", "CLOSE"},
	{"UNCONN", "CLOSE"},	  {"LISTENING", "LISTEN"},
};

int state_find(const char *name, size_t len)
{
	size_t skip = strlen(PREFIX);

	if (len > skip && !strncasecmp(name, PREFIX, skip)) {
		name += skip;
		len -= skip;
	}
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (name_is(name, len, aliases[i].name))
			return state_find(aliases[i].known, strlen(aliases[i].known));
	for (int i = 0; i < STATES; i++)
		if (state_name(i) && name_is(name, len, state_name(i)->text))
			return i;
	return -1;
}

static int state_refuse(const struct list *list, const char *option, struct diag *diag)
{
	_cleanup_text_ struct text what = {0};
	const char *comma = "";

	text_str(&what, "not a state (");
	for (int i = 0; i < STATES; i++) {
		if (!state_is_reported(i))
			continue;
		text_printf(&what, "%s%s", comma, state_name(i)->text);
		comma = ", ";
	}
	text_char(&what, ')');
	return list_refuse(list, option, what.err ? "not a state" : what.data, diag);
}

int state_filter_add(struct state_filter *filter, const char *option, const char *value,
		     struct diag *diag)
{
	struct list list;

	list_begin(&list, value);
	while (list_next(&list)) {
		int state = state_find(list.at, list.len);

		if (state < 0)
			return state_refuse(&list, option, diag);
		*(list.excluded ? &filter->excluded : &filter->chosen) |= 1U << state;
	}
	return 0;
}

uint32_t state_filter_mask(const struct state_filter *filter)
{
	return (filter->chosen ? filter->chosen : UINT32_MAX) & ~filter->excluded;
}

int state_mask_check(uint32_t mask, const char *option, struct diag *diag)
{
	bool named = false;

	for (int i = 0; i < STATES; i++) {
		if (!(mask >> i & 1))
			continue;
		if (state_is_reported(i))
			return 0;
		named |= !!state_name(i);
	}
	if (!named)
		return diag_set(diag, -EINVAL, "%s: no state is left: all are excluded", option);
	return diag_set(
		diag, -EINVAL,
		"%s: the kernel reports no change from or to TIME_WAIT (it reports CLOSE) and "
		"NEW_SYN_RECV",
		option);
}
