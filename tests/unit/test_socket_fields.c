/* SPDX-License-Identifier: Apache-2.0 */
/* The macros of the socket's fields; tests/netns/members has those of the running kernel. */
#include "unit.h"

#include <string.h>

#include "bpf/kernel_btf.h"
#include "btf_image.h"
#include "event/event.h"
#include "event/socket_fields.h"

/* Offsets of the names in strings below. */
enum { S_INT = 1, S_SOCK = 5, S_MARK = 10, S_NET = 18, S_NS = 22, S_INUM = 25, S_UID = 30 };
static const char strings[] = "\0int\0sock\0sk_mark\0net\0ns\0inum\0sk_uid";

/*
 * 1: int (4 bytes)   2: struct { inum: 1 at byte 4 }   3: struct net { ns: 2 at byte 64 }
 * 4: struct sock { sk_mark: 1 at byte 12; sk_uid: 1 at byte 16, not a struct }
 */
static const uint32_t types[] = {
	S_INT,	INFO(BTF_KIND_INT, 0),	  4,  32, /* 1 */
	0,	INFO(BTF_KIND_STRUCT, 1), 8,  S_INUM, 1, 32, /* 2 */
	S_NET,	INFO(BTF_KIND_STRUCT, 1), 96, S_NS,   2, 512, /* 3 */
	S_SOCK, INFO(BTF_KIND_STRUCT, 2), 20, S_MARK, 1, 96,  S_UID, 1, 128, /* 4 */
};

static struct {
	struct btf_header header;
	uint32_t types[COUNT(types)];
	char strings[sizeof(strings)];
} image = {
	.header = {BTF_IMAGE_HEADER(types, strings)},
};

static void offsets_assert(unsigned int optionals, bool btf, const char *macros, const char *why)
{
	_cleanup_text_ struct text text = {0}, missing = {0};
	struct btf_types *decoded = NULL;

	memcpy(image.types, types, sizeof(types));
	memcpy(image.strings, strings, sizeof(strings));
	if (btf)
		assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	socket_fields_render_offsets(decoded, "this kernel is odd", optionals, &text, &missing);
	btf_types_free(decoded);
	assert_string_equal(text.data ? text.data : "", macros);
	assert_string_equal(missing.data ? missing.data : "", why);
}

static void what_is_not_wanted_is_not_looked_for(void **state)
{
	offsets_assert(0, true, "", "");
	offsets_assert(0, false, "", "");
	offsets_assert(1 << OPTIONAL_AGE | 1 << OPTIONAL_CPU, false, "", "");
	assert_false(socket_fields_are_wanted(0));
	assert_false(socket_fields_are_wanted(1 << OPTIONAL_AGE | 1 << OPTIONAL_CPU));
	for (int extra = OPTIONAL_netns; extra <= OPTIONAL_cgroup; extra++)
		assert_true(socket_fields_are_wanted(1 << extra));
}

static void place_and_size_are_given(void **state)
{
	offsets_assert(1 << OPTIONAL_mark, true, "#define MARK_OFFSET 12\n#define MARK_SIZE 4\n",
		       "");
}

/* One member less turns off its field, and no other. */
static void what_is_not_there_is_told(void **state)
{
	offsets_assert(1 << OPTIONAL_uid | 1 << OPTIONAL_mark | 1 << OPTIONAL_rtt_us, true,
		       "#define UID_OFFSET 0\n#define UID_SIZE 0\n"
		       "#define MARK_OFFSET 12\n#define MARK_SIZE 4\n"
		       "#define RTT_US_OFFSET 0\n#define RTT_US_SIZE 0\n",
		       "uid: this kernel has no sock.sk_uid.val; "
		       "rtt_us: this kernel has no tcp_sock.srtt_us");
}

/* net.ns.inum is there, but the way to it is not. */
static void way_is_whole_or_not_taken(void **state)
{
	offsets_assert(1 << OPTIONAL_netns, true,
		       "#define NETNS_OFFSET 0\n#define NETNS_SIZE 0\n"
		       "#define NETNS_OFFSET_2 0\n#define NETNS_SIZE_2 0\n",
		       "netns: this kernel has no sock_common.skc_net.net");
}

static void rendered_assert(unsigned int optionals, const char *want)
{
	_cleanup_text_ struct text text = {0};

	socket_fields_render(optionals, &text);
	assert_string_equal(text.data, want);
}

/* A field is a member of the record and a read, which follows pointers and shifts. */
static void fields_are_rendered(void **state)
{
	_cleanup_text_ struct text text = {0};

	socket_fields_render(1 << OPTIONAL_AGE | 1 << OPTIONAL_CPU, &text);
	assert_null(text.data);
	rendered_assert(
		1 << OPTIONAL_netns | 1 << OPTIONAL_uid | 1 << OPTIONAL_rtt_us,
		"#define EVENT_SOCKET_FIELDS __u64 netns EVENT_OPTIONAL; __u64 uid EVENT_OPTIONAL; "
		"__u64 rtt_us EVENT_OPTIONAL;\n"
		"#define SOCKET_FIELDS_READ \\\n"
		"\tevent->netns = field_follow(field_read(sk, NETNS_OFFSET, NETNS_SIZE), "
		"NETNS_OFFSET_2, NETNS_SIZE_2); \\\n"
		"\tevent->uid = field_read(sk, UID_OFFSET, UID_SIZE); \\\n"
		"\tevent->rtt_us = field_read(sk, RTT_US_OFFSET, RTT_US_SIZE); \\\n"
		"\tif (event->rtt_us != FIELD_UNKNOWN) \\\n"
		"\t\tevent->rtt_us >>= 3;\n");
}

/* A difference, and what a listener has instead. */
static void queue_is_rendered(void **state)
{
	rendered_assert(1U << OPTIONAL_recv_q,
			"#define EVENT_SOCKET_FIELDS __u64 recv_q EVENT_OPTIONAL;\n"
			"#define SOCKET_FIELDS_READ \\\n"
			"\tevent->recv_q = is_listener(event) ? field_read(sk, "
			"RECV_Q_OFFSET_3, RECV_Q_SIZE_3) : "
			"field_difference(field_read(sk, RECV_Q_OFFSET, RECV_Q_SIZE), "
			"field_read(sk, RECV_Q_OFFSET_2, RECV_Q_SIZE_2));\n");
}

static void idle_time_is_rendered(void **state)
{
	rendered_assert(1U << OPTIONAL_tx_idle_ms,
			"#define EVENT_SOCKET_FIELDS __u64 tx_idle_ms EVENT_OPTIONAL;\n"
			"#define SOCKET_FIELDS_READ \\\n"
			"\tevent->tx_idle_ms = field_since(field_read(sk, TX_IDLE_MS_OFFSET, "
			"TX_IDLE_MS_SIZE), TX_IDLE_MS_JIFFY_NS);\n");
}

/* Three fields have it together, so it is said once. */
static void cgroup_is_of_three_fields(void **state)
{
	offsets_assert(1 << OPTIONAL_cgroup, true,
		       "#define CGROUP_OFFSET 0\n#define CGROUP_SIZE 0\n"
		       "#define CGROUP_OFFSET_2 0\n#define CGROUP_SIZE_2 0\n"
		       "#define CGROUP_OFFSET_3 0\n#define CGROUP_SIZE_3 0\n",
		       "cgroup, unit, container, pod: this kernel has no sock.sk_cgrp_data.cgroup");
}

static void kernel_may_have_no_btf(void **state)
{
	offsets_assert(1 << OPTIONAL_cookie, false,
		       "#define COOKIE_OFFSET 0\n#define COOKIE_SIZE 0\n",
		       "cookie: this kernel is odd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_wanted_is_not_looked_for),
		cmocka_unit_test(place_and_size_are_given),
		cmocka_unit_test(what_is_not_there_is_told),
		cmocka_unit_test(way_is_whole_or_not_taken),
		cmocka_unit_test(cgroup_is_of_three_fields),
		cmocka_unit_test(fields_are_rendered),
		cmocka_unit_test(queue_is_rendered),
		cmocka_unit_test(idle_time_is_rendered),
		cmocka_unit_test(kernel_may_have_no_btf),
	};

	return cmocka_run_group_tests_name("socket-fields", tests, NULL, NULL);
}
