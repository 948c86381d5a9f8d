/* SPDX-License-Identifier: Apache-2.0 */
/* The fields of an entry, caught on their way to the journal. */
#include "unit.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "event/event.h"
#include "output/fields.h"
#include "output/format.h"
#include "output/journal_entry.h"
#include "system/cgroup.h"
#include "system/journal.h"

#define CHANGE_ID  "c2a30fa51cb04d2896b52112287616ea"
#define SESSION_ID "73a5cb1643174381aa604bbf82d5fb72"

static struct text sent; /* a line a field */
static int answer;

/* In the place of the one in lib/system/journal.c, which the linker need not look for then. */
int journal_send(const struct iovec *fields, int count, int end)
{
	text_clear(&sent);
	for (int i = 0; i < count; i++) {
		text_bytes(&sent, fields[i].iov_base, fields[i].iov_len);
		text_char(&sent, '\n');
	}
	return answer;
}

static const struct event_layout bare; /* no optional members */
static struct line_format format = {.clock.offset_ns = 1710892800 * NS_PER_SECOND,
				    .event_layout = &bare};

static void sent_assert(const struct event *event, const char *expected)
{
	answer = 0;
	assert_int_equal(journal_entry_send(event, &format, -1), 0);
	assert_string_equal(sent.data, expected);
}

static void fields_of_ipv4(void **state)
{
	static const struct event event = {
		.ts_ns = 1234567890,
		.span_ns = 1999999,
		.laddr = {192, 0, 2, 1},
		.raddr = {198, 51, 100, 2},
		.pid = 4711,
		.lport = 80,
		.rport = 54321,
		.family = AF_INET,
		.oldstate = 1,
		.newstate = 8,
		.comm = "na\xc3\xafve",
	};

	sent_assert(&event,
		    "MESSAGE=192.0.2.1:80 \xe2\x86\x92 198.51.100.2:54321 "
		    "ESTABLISHED \xe2\x86\x92 CLOSE_WAIT after 1.999 ms\n"
		    "MESSAGE_ID=" CHANGE_ID "\nSYSLOG_IDENTIFIER=tcpstates\nPRIORITY=5\n"
		    "OBJECT_IPV4_SOURCE_ADDRESS=192.0.2.1\nOBJECT_TCP_SOURCE_PORT=80\n"
		    "OBJECT_IPV4_DESTINATION_ADDRESS=198.51.100.2\n"
		    "OBJECT_TCP_DESTINATION_PORT=54321\n"
		    "OBJECT_TCP_OLD_STATE=ESTABLISHED\nOBJECT_TCP_NEW_STATE=CLOSE_WAIT\n"
		    "OBJECT_TCP_SPAN_TIME=1999\nTCPSTATES_PID=4711\nTCPSTATES_COMM=na\xc3\xafve\n"
		    "TCPSTATES_TIMESTAMP=1710892801234567\n");
}

/* The object of an entry is the owner, if it is known; journald adds more about it, if it may. */
static void owner_is_the_object(void **state)
{
	static const struct owner owner = {OWNER_SELF, 12, "curl"};
	static const uint32_t why = WHY_FIN;
	union {
		struct event event;
		char bytes[EVENT_SIZE + sizeof(struct owner) + sizeof(uint64_t)];
	} room = {.event = {.pid = 4711,
			    .family = AF_INET,
			    .oldstate = 1,
			    .newstate = 7,
			    .span_ns = SPAN_UNKNOWN,
			    .comm = "x"}};
	struct line_format owned = format;
	struct event_layout layout;

	event_layout_init(&layout, 1U << OPTIONAL_OWNER | 1U << OPTIONAL_CLOSE);
	owned.event_layout = &layout;
	answer = 0;
	assert_int_equal(journal_entry_send(&room.event, &owned, -1), 0);
	assert_null(strstr(sent.data, "OBJECT_PID="));
	assert_null(strstr(sent.data, "OBJECT_COMM="));

	event_set_owner(&layout, &room.event, &owner);
	memcpy(room.bytes + layout.offsets[OPTIONAL_CLOSE], &why, sizeof(why));
	assert_int_equal(journal_entry_send(&room.event, &owned, -1), 0);
	assert_non_null(strstr(sent.data, "MESSAGE=curl[12] 0.0.0.0:0 \xe2\x86\x92 0.0.0.0:0 "
					  "ESTABLISHED \xe2\x86\x92 CLOSE: fin\n"));
	assert_non_null(strstr(sent.data, "\nOBJECT_PID=12\n"));
	/* journald looks it up itself, for root. */
	assert_int_equal(!strstr(sent.data, "\nOBJECT_COMM=curl\n"), !geteuid());
	assert_non_null(strstr(sent.data, "\nTCPSTATES_PID=4711\n"));

	owned.no_object_pid = true;
	assert_int_equal(journal_entry_send(&room.event, &owned, -1), 0);
	assert_null(strstr(sent.data, "OBJECT_PID="));
}

/* A task's name cannot begin another field. */
static void fields_of_ipv6(void **state)
{
	static const struct event event = {
		.span_ns = SPAN_UNKNOWN,
		.laddr = {0x20, 0x01, 0x0d, 0xb8, [15] = 1},
		.raddr = {[15] = 1},
		.family = AF_INET6,
		.oldstate = 7,
		.newstate = 13,
		.comm = "a\nPRIORITY=0",
	};

	sent_assert(&event,
		    "MESSAGE=[2001:db8::1]:0 \xe2\x86\x92 [::1]:0 CLOSE \xe2\x86\x92 13\n"
		    "MESSAGE_ID=" CHANGE_ID "\nSYSLOG_IDENTIFIER=tcpstates\nPRIORITY=5\n"
		    "OBJECT_IPV6_SOURCE_ADDRESS=2001:db8::1\nOBJECT_TCP_SOURCE_PORT=0\n"
		    "OBJECT_IPV6_DESTINATION_ADDRESS=::1\nOBJECT_TCP_DESTINATION_PORT=0\n"
		    "OBJECT_TCP_OLD_STATE=CLOSE\nOBJECT_TCP_NEW_STATE=13\n"
		    "OBJECT_TCP_SPAN_TIME=0\nTCPSTATES_PID=0\nTCPSTATES_COMM=a\\x0aPRIORITY=0\n"
		    "TCPSTATES_TIMESTAMP=1710892800000000\n");
}

/* What is stuck and what is only listed are the same to people, and not to programs. */
static void kinds_are_told_apart(void **state)
{
	static const struct {
		uint8_t newstate;
		const char *word, *id;
	} kinds[] = {
		{7, "CLOSE", CHANGE_ID},
		{STATE_STUCK, "(stuck)", "47b2bc9d77134f13844700fd6a243f4b"},
		{STATE_STILL, "(open)", "a01835b720ec4c328e581691dd0714ac"},
	};

	answer = 0;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct event event = {.family = AF_INET,
				      .oldstate = 8,
				      .newstate = kinds[i].newstate,
				      .span_ns = SPAN_UNKNOWN};
		char line[64];

		snprintf(line, sizeof(line), "\nMESSAGE_ID=%s\n", kinds[i].id);
		assert_int_equal(journal_entry_send(&event, &format, -1), 0);
		assert_non_null(strstr(sent.data, line));
		assert_int_equal(!strstr(sent.data, "\nPRIORITY=4\n"),
				 kinds[i].newstate != STATE_STUCK);
		snprintf(line, sizeof(line), "CLOSE_WAIT \xe2\x86\x92 %s\n", kinds[i].word);
		assert_non_null(strstr(sent.data, line));
	}
}

static void fields_of_a_loss(void **state)
{
	answer = 0;
	assert_int_equal(journal_entry_lost(LOSS_NO_ROOM, 18446744073709551615ULL, -1), 0);
	assert_string_equal(sent.data,
			    "MESSAGE=18446744073709551615 sockets not timed: the table was full "
			    "(--max-sockets)\nMESSAGE_ID=9083a12bb060492db76607c48dfd6a12\n"
			    "SYSLOG_IDENTIFIER=tcpstates\nPRIORITY=4\n"
			    "TCPSTATES_LOST_CAUSE=no_room\n"
			    "TCPSTATES_LOST_COUNT=18446744073709551615\n");
}

static void error_is_passed_on(void **state)
{
	static const struct event event = {.family = AF_INET};

	answer = -EPERM;
	assert_int_equal(journal_entry_send(&event, &format, -1), -EPERM);
	assert_int_equal(journal_entry_lost(LOSS_LATE, 1, -1), -EPERM);
}

static int path_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	assert_int_equal(id, OPTIONAL_cgroup);
	strcpy(path, arg);
	return 0;
}

static const struct session unseen = {.state_ns = {[0 ... SESSION_STATES - 1] = FIELD_UNKNOWN}};
static const struct session session = {
	.start_ns = 5 * NS_PER_SECOND,
	.opened = OPENED_ACTIVE,
	.state_ns = {1500000, 0, 20001000, 3000, 0, 4000, 0, 0},
};

static const char asked_for[] =
	"\nTCPSTATES_AGE_MS=0.000\nTCPSTATES_CPU_LOGICAL_NUMBER=0\n"
	"TCPSTATES_OWNER_PID=99\nTCPSTATES_OWNER_COMM=a\\x0aUID=0\n"
	"TCPSTATES_OWNER_FROM=listener\nTCPSTATES_OWNER_EXE=ngi\\x0anx\n"
	"TCPSTATES_OWNER_PID_NS=7\nTCPSTATES_WHY=reset-by-peer\n"
	"TCPSTATES_FIRST=remote\n"
	"TCPSTATES_SESSION_START=2024-03-20T00:00:05.000000+00:00\n"
	"TCPSTATES_SESSION_START_TIME=00:00:05\n"
	"TCPSTATES_SESSION_OPENED=active\n"
	"TCPSTATES_SESSION_CONNECT_MS=1.500\nTCPSTATES_SESSION_CLOSE_MS=0.007\n"
	"TCPSTATES_SESSION_SYN_SENT_MS=1.500\n"
	"TCPSTATES_SESSION_SYN_RECV_MS=0.000\n"
	"TCPSTATES_SESSION_ESTABLISHED_MS=20.001\n"
	"TCPSTATES_SESSION_FIN_WAIT1_MS=0.003\n"
	"TCPSTATES_SESSION_FIN_WAIT2_MS=0.004\n"
	"TCPSTATES_SESSION_CLOSE_WAIT_MS=0.000\n"
	"TCPSTATES_SESSION_LAST_ACK_MS=0.000\n"
	"TCPSTATES_SESSION_CLOSING_MS=0.000\n"
	"TCPSTATES_CGROUP=/system.slice/a\\x0ab.slice/docker-"
	"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope\n"
	"TCPSTATES_CONTAINER_ID=0123456789ab\n";

/* Of all fields, those that are not in each entry anyway, and of these what is known. */
static void fields_asked_for_follow(void **state)
{
	static const struct owner owner = {OWNER_LISTENER, 99, "a\nUID=0", 7, "ngi\nnx"}, nobody;
	static const uint32_t why = WHY_RESET_BY_PEER, none;
	static char path[] = "/system.slice/a\nb.slice/docker-0123456789abcdef0123456789abcdef"
			     "0123456789abcdef0123456789abcdef.scope";
	_cleanup_text_ struct text names = {0}, want = {0};
	char name[FIELD_JOURNAL_ROOM];
	struct line_format asked = format;
	struct event_layout layout;
	struct field_list list;
	union {
		struct event event;
		char bytes[EVENT_SIZE + 384];
	} room = {.event = {.family = AF_INET, .oldstate = 1, .newstate = 7}};
	char *at;

	for (int i = 0; i < FIELDS; i++)
		text_printf(&names, "%s%s", i ? "," : "", field_table[i].name);
	assert_int_equal(field_list_make(&list, &asked, names.data, NULL), 0);
	event_layout_init(&layout, field_list_optionals(&list));
	assert_true(layout.size <= sizeof(room));
	asked.list = &list;
	asked.event_layout = &layout;

	memset(room.bytes + EVENT_SIZE, 0xff, sizeof(room) - EVENT_SIZE);
	memcpy(room.bytes + layout.offsets[OPTIONAL_OWNER], &nobody, sizeof(nobody));
	memcpy(room.bytes + layout.offsets[OPTIONAL_CLOSE], &none, sizeof(none));
	memcpy(room.bytes + layout.offsets[OPTIONAL_SESSION], &unseen, sizeof(unseen));
	memset(room.bytes + layout.offsets[OPTIONAL_CPU], 0, sizeof(uint32_t));
	room.event.newstate = 2;
	answer = 0;
	assert_int_equal(journal_entry_send(&room.event, &asked, -1), 0);
	at = strstr(sent.data, "TCPSTATES_TIMESTAMP=");
	assert_string_equal(strchr(at, '\n'), "\nTCPSTATES_CPU_LOGICAL_NUMBER=0\n");

	room.event.newstate = 7;
	asked.cgroups = cgroups_new(path_find, path);
	assert_non_null(asked.cgroups);
	for (int extra = OPTIONAL_AGE; extra <= OPTIONAL_cgroup; extra++) {
		uint64_t number = (extra == OPTIONAL_cgroup ? 0 : extra * 1000000ULL) + extra;

		memcpy(room.bytes + layout.offsets[extra], &number, sizeof(number));
	}
	memcpy(room.bytes + layout.offsets[OPTIONAL_OWNER], &owner, sizeof(owner));
	memcpy(room.bytes + layout.offsets[OPTIONAL_CLOSE], &why, sizeof(why));
	memcpy(room.bytes + layout.offsets[OPTIONAL_SESSION], &session, sizeof(session));
	assert_int_equal(journal_entry_send(&room.event, &asked, -1), 0);
	at = strstr(sent.data, "TCPSTATES_TIMESTAMP=");
	text_str(&want, asked_for);
	for (const struct field *field = field_table; field < field_table + FIELDS; field++)
		if (field->kind == KIND_SOCKET && field_journal_name(field, name))
			text_printf(&want, "%s=%llu\n", name, field->offset * 1000001ULL);
	assert_string_equal(strchr(at, '\n'), want.data);
	cgroups_free(asked.cgroups);
}

/* With --sessions, an entry has no fields of the last change. */
static void session_is_one_entry(void **state)
{
	static const struct session begun = {.start_ns = 5 * NS_PER_SECOND};
	struct line_format asked = format;
	struct event_layout layout;
	struct field_list list;
	union {
		struct event event;
		char bytes[EVENT_SIZE + 96];
	} room = {.event = {.ts_ns = 6 * NS_PER_SECOND,
			    .family = AF_INET,
			    .oldstate = 9,
			    .newstate = 7}};

	assert_int_equal(field_list_make(&list, &asked, "opened,syn_sent_ms,pid", NULL), 0);
	event_layout_init(&layout, field_list_optionals(&list));
	assert_true(layout.size <= sizeof(room));
	memcpy(room.bytes + layout.offsets[OPTIONAL_SESSION], &begun, sizeof(begun));
	asked.list = &list;
	asked.event_layout = &layout;
	asked.sessions = true;
	answer = 0;
	assert_int_equal(journal_entry_send(&room.event, &asked, -1), 0);
	assert_string_equal(sent.data,
			    "MESSAGE=0.0.0.0:0 \xe2\x86\x92 0.0.0.0:0 closed after 1000.000 ms\n"
			    "MESSAGE_ID=" SESSION_ID "\nSYSLOG_IDENTIFIER=tcpstates\nPRIORITY=5\n"
			    "OBJECT_IPV4_SOURCE_ADDRESS=0.0.0.0\nOBJECT_TCP_SOURCE_PORT=0\n"
			    "OBJECT_IPV4_DESTINATION_ADDRESS=0.0.0.0\n"
			    "OBJECT_TCP_DESTINATION_PORT=0\nTCPSTATES_TIMESTAMP=1710892806000000\n"
			    "TCPSTATES_SESSION_SYN_SENT_MS=0.000\n");
}

static int sent_free(void **state)
{
	text_free(&sent);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_of_ipv4),	   cmocka_unit_test(fields_of_ipv6),
		cmocka_unit_test(kinds_are_told_apart),	   cmocka_unit_test(fields_of_a_loss),
		cmocka_unit_test(owner_is_the_object),	   cmocka_unit_test(error_is_passed_on),
		cmocka_unit_test(fields_asked_for_follow), cmocka_unit_test(session_is_one_entry),
	};

	return cmocka_run_group_tests_name("journal_entry", tests, NULL, sent_free);
}
