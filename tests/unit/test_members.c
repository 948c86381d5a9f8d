/* SPDX-License-Identifier: Apache-2.0 */
/* The macros of the socket's members; tests/netns/members has those of the running kernel. */
#include "unit.h"

#include <string.h>

#include "btf.h"
#include "btf_image.h"
#include "event.h"
#include "members.h"

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

static void members_assert(unsigned int extras, bool btf, const char *macros, const char *why)
{
	_cleanup_text_ struct text text = {0}, lacks = {0};
	struct btf_types *decoded = NULL;

	memcpy(image.types, types, sizeof(types));
	memcpy(image.strings, strings, sizeof(strings));
	if (btf)
		assert_int_equal(btf_types_decode(&decoded, &image, sizeof(image)), 0);
	members_render(decoded, "this kernel is odd", extras, &text, &lacks);
	btf_types_free(decoded);
	assert_string_equal(text.data ? text.data : "", macros);
	assert_string_equal(lacks.data ? lacks.data : "", why);
}

static void what_is_not_wanted_is_not_looked_for(void **state)
{
	members_assert(0, true, "", "");
	members_assert(0, false, "", "");
	members_assert(1 << EXTRA_AGE | 1 << EXTRA_CPU, false, "", "");
	assert_false(members_are_wanted(0));
	assert_false(members_are_wanted(1 << EXTRA_AGE | 1 << EXTRA_CPU));
	for (int extra = EXTRA_NETNS; extra <= EXTRA_CGROUP; extra++)
		assert_true(members_are_wanted(1 << extra));
}

static void place_and_size_are_given(void **state)
{
	members_assert(1 << EXTRA_MARK, true, "#define SOCK_MARK 12\n#define SOCK_MARK_SIZE 4\n",
		       "");
}

/* One member less turns off its field, and no other. */
static void what_is_not_there_is_told(void **state)
{
	members_assert(1 << EXTRA_UID | 1 << EXTRA_MARK | 1 << EXTRA_RTT, true,
		       "#define SOCK_UID 0\n#define SOCK_UID_SIZE 0\n"
		       "#define SOCK_MARK 12\n#define SOCK_MARK_SIZE 4\n"
		       "#define SOCK_SRTT 0\n#define SOCK_SRTT_SIZE 0\n",
		       "uid: this kernel has no sock.sk_uid.val; "
		       "rtt_us: this kernel has no tcp_sock.srtt_us");
}

/* net.ns.inum is there, but the way to it is not. */
static void way_is_whole_or_not_taken(void **state)
{
	members_assert(1 << EXTRA_NETNS, true,
		       "#define SOCK_NET 0\n#define SOCK_NET_SIZE 0\n"
		       "#define NET_INUM 0\n#define NET_INUM_SIZE 0\n",
		       "netns: this kernel has no sock_common.skc_net.net");
}

/* Three fields have it together, so it is said once. */
static void cgroup_is_of_three_fields(void **state)
{
	members_assert(1 << EXTRA_CGROUP, true,
		       "#define SOCK_CGROUP 0\n#define SOCK_CGROUP_SIZE 0\n"
		       "#define CGROUP_KN 0\n#define CGROUP_KN_SIZE 0\n"
		       "#define KN_ID 0\n#define KN_ID_SIZE 0\n",
		       "cgroup, unit, container: this kernel has no sock.sk_cgrp_data.cgroup");
}

static void kernel_may_have_no_btf(void **state)
{
	members_assert(1 << EXTRA_COOKIE, false,
		       "#define SOCK_COOKIE 0\n#define SOCK_COOKIE_SIZE 0\n",
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
		cmocka_unit_test(kernel_may_have_no_btf),
	};

	return cmocka_run_group_tests_name("members", tests, NULL, NULL);
}
