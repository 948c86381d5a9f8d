/* SPDX-License-Identifier: Apache-2.0 */
#include "members.h"

#include <stddef.h>

#include "btf.h"
#include "event.h"
#include "fields.h"
#include "text.h"

/* A row a number that the program reads. The rows of an extra follow each other: a way of pointers.
 */
struct member {
	enum event_extra extra;
	const char *field;
	const char *structure;
	const char *path;
	const char *macro;
};

static const struct member members[] = {
	{EXTRA_NETNS, "netns", "sock_common", "skc_net.net", "SOCK_NET"},
	{EXTRA_NETNS, "netns", "net", "ns.inum", "NET_INUM"},
	{EXTRA_UID, "uid", "sock", "sk_uid.val", "SOCK_UID"},
	{EXTRA_MARK, "mark", "sock", "sk_mark", "SOCK_MARK"},
	{EXTRA_IFACE, "iface", "sock_common", "skc_bound_dev_if", "SOCK_IFACE"},
	{EXTRA_COOKIE, "cookie", "sock_common", "skc_cookie.counter", "SOCK_COOKIE"},
	{EXTRA_TX_BYTES, "tx_bytes", "tcp_sock", "bytes_acked", "SOCK_ACKED"},
	{EXTRA_RX_BYTES, "rx_bytes", "tcp_sock", "bytes_received", "SOCK_RECEIVED"},
	{EXTRA_RTT, "rtt_us", "tcp_sock", "srtt_us", "SOCK_SRTT"},
	{EXTRA_RETRANS, "retrans", "tcp_sock", "total_retrans", "SOCK_RETRANS"},
	{EXTRA_CGROUP, CGROUP_FIELDS, "sock", "sk_cgrp_data.cgroup", "SOCK_CGROUP"},
	{EXTRA_CGROUP, CGROUP_FIELDS, "cgroup", "kn", "CGROUP_KN"},
	{EXTRA_CGROUP, CGROUP_FIELDS, "kernfs_node", "id", "KN_ID"}, /* a union before Linux 5.5 */
};

#define MEMBERS (sizeof(members) / sizeof(*members))

bool members_are_wanted(unsigned int extras)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (extras & 1U << members[i].extra)
			return true;
	return false;
}

/* The program reads 32 and 64 bits. */
static bool member_find(const struct btf_types *types, const struct member *member,
			struct btf_field *field)
{
	return types && !btf_types_field(types, member->structure, member->path, field) &&
	       (field->size == 4 || field->size == 8);
}

/* The first row of the extra that is not there, or NULL. */
static const struct member *extra_lacks(const struct btf_types *types, enum event_extra extra)
{
	struct btf_field field;

	for (size_t i = 0; i < MEMBERS; i++)
		if (members[i].extra == extra && !member_find(types, &members[i], &field))
			return &members[i];
	return NULL;
}

static void lacks_add(struct text *lacks, const struct btf_types *types, const char *why,
		      const struct member *member)
{
	text_printf(lacks, "%s%s: ", lacks->len ? "; " : "", member->field);
	if (types)
		text_printf(lacks, "this kernel has no %s.%s", member->structure, member->path);
	else
		text_str(lacks, why);
}

void members_render(const struct btf_types *types, const char *why, unsigned int extras,
		    struct text *text, struct text *lacks)
{
	for (size_t i = 0; i < MEMBERS; i++) {
		const struct member *member = &members[i], *lacking;
		struct btf_field field = {0};

		if (!(extras & 1U << member->extra))
			continue;
		lacking = extra_lacks(types, member->extra);
		if (!lacking)
			member_find(types, member, &field);
		else if (lacking == member)
			lacks_add(lacks, types, why, member);
		text_printf(text, "#define %s %u\n", member->macro, field.offset);
		text_printf(text, "#define %s_SIZE %u\n", member->macro, field.size);
	}
}
