/* SPDX-License-Identifier: Apache-2.0 */
/* What the filters' options refuse, with the words that they say. */
#include "unit.h"

#include "base/diag.h"
#include "words.h"

#define L	 "-L/--localport: "
#define NOT_PORT L "not a port (0-65535): "
#define IN_LIST	 "'!' stands before a whole list, not in it: "

static void bad_ports_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"-L", ""}, NOT_PORT "'' in ''"},
		{{"-L", ","}, NOT_PORT "'' in ','"},
		{{"-L", "80,,81"}, NOT_PORT "'' in '80,,81'"},
		{{"-L", "80;81"}, NOT_PORT "'80;81' in '80;81'"},
		{{"-L", "80, ,81"}, NOT_PORT "'' in '80, ,81'"},
		{{"-L", "80,65536,81"}, NOT_PORT "'65536' in '80,65536,81'"},
		{{"-L", "!"}, NOT_PORT "'' in '!'"},
		{{"-L", "-"}, NOT_PORT "'-' in '-'"},
		{{"-L", "1-"}, NOT_PORT "'1-' in '1-'"},
		{{"-L", "7,-80"}, NOT_PORT "'-80' in '7,-80'"},
		{{"-L", "1-2-3"}, NOT_PORT "'1-2-3' in '1-2-3'"},
		{{"-L", "1-65536"}, NOT_PORT "'1-65536' in '1-65536'"},
		{{"-L", "1 - 2"}, NOT_PORT "'1 - 2' in '1 - 2'"},
		{{"-L", "7,90-80"}, L "a range with its high end first: '90-80' in '7,90-80'"},
		{{"-L", "80,!22"}, L IN_LIST "'!22' in '80,!22'"},
		{{"-L", "!80,!22"}, L IN_LIST "'!22' in '!80,!22'"},
		{{"-L", "!!22"}, L IN_LIST "'!22' in '!!22'"},
		{{"-L", "80-!90"}, L IN_LIST "'80-!90' in '80-!90'"},
		{{"-D", "80-!90"}, "-D/--remoteport: " IN_LIST "'80-!90' in '80-!90'"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define NOT_ADDRESS "--laddr: not an address or ADDRESS/LENGTH: "
#define NOT_LENGTH  "--laddr: not the length of a prefix (IPv4: 0-32, IPv6: 0-128): "

static void bad_addresses_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"--laddr", ""}, NOT_ADDRESS "'' in ''"},
		{{"--laddr", "::1,localhost"}, NOT_ADDRESS "'localhost' in '::1,localhost'"},
		{{"--laddr", "fe80::1%lo"}, NOT_ADDRESS "'fe80::1%lo' in 'fe80::1%lo'"},
		{{"--laddr", "10.0.0.1/33"}, NOT_LENGTH "'10.0.0.1/33' in '10.0.0.1/33'"},
		{{"--laddr", "::1,!::2"}, "--laddr: " IN_LIST "'!::2' in '::1,!::2'"},
		{{"--raddr", "10.0.0"},
		 "--raddr: not an address or ADDRESS/LENGTH: '10.0.0' in '10.0.0'"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define STATES                                                                                     \
	"(ESTABLISHED, SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, CLOSE, CLOSE_WAIT, "              \
	"LAST_ACK, LISTEN, CLOSING)"

static void bad_states_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"--state", "CLOSES"}, "--state: not a state " STATES ": 'CLOSES' in 'CLOSES'"},
		{{"--old-state", "CLOSE,"}, "--old-state: not a state " STATES ": '' in 'CLOSE,'"},
		{{"--new-state", "!TCP_"},
		 "--new-state: not a state " STATES ": 'TCP_' in '!TCP_'"},
		{{"--state", "TCP_TCP_CLOSE"},
		 "--state: not a state " STATES ": 'TCP_TCP_CLOSE' in 'TCP_TCP_CLOSE'"},
		{{"--state", "CLOS"}, "--state: not a state " STATES ": 'CLOS' in 'CLOS'"},
		{{"--state", "7"}, "--state: not a state " STATES ": '7' in '7'"},
		{{"--state", "CLOSE,!LISTEN"}, "--state: " IN_LIST "'!LISTEN' in 'CLOSE,!LISTEN'"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define NOT_MS "--min-ms: not a number with up to six decimals: "

static void bad_spans_are_refused(void **state)
{
	static const struct error_case cases[] = {
		{{"--min-ms", ""}, NOT_MS "''"},
		{{"--min-ms", "1."}, NOT_MS "'1.'"},
		{{"--min-ms", "."}, NOT_MS "'.'"},
		{{"--min-ms", "1.2.3"}, NOT_MS "'1.2.3'"},
		{{"--min-ms", "-1"}, NOT_MS "'-1'"},
		{{"--min-ms", "1e3"}, NOT_MS "'1e3'"},
		{{"--min-ms", "1,5"}, NOT_MS "'1,5'"},
		{{"--min-ms", "1.0000001"}, NOT_MS "'1.0000001'"},
		{{"--min-ms", "9223372036854.775808"},
		 "--min-ms: more than 9223372036854.775807: '9223372036854.775808'"},
		{{"--min-ms", "99999999999999999999"},
		 "--min-ms: more than 9223372036854.775807: '99999999999999999999'"},
	};

	error_cases_check(cases, COUNT(cases));
}

#define NEVER_REPORTED                                                                             \
	": the kernel reports no change from or to TIME_WAIT (it reports CLOSE) and NEW_SYN_RECV"

static void nothing_left_is_told(void **state)
{
	static const struct error_case cases[] = {
		{{"-L", "!0-65535"}, "-L/--localport: no port is left: all are excluded"},
		{{"-D80,81", "-D!81-90", "-D!80"},
		 "-D/--remoteport: no port is left: all are excluded"},
		{{"--laddr=10.0.0.0/8", "--laddr=!10.128.0.0/9,10.0.0.0/9"},
		 "--laddr: no address is left: all are excluded"},
		{{"--raddr=!0.0.0.0/0,::/0"}, "--raddr: no address is left: all are excluded"},
		{{"--state=LISTEN", "--state=!LISTEN"},
		 "--state: no state is left: all are excluded"},
		{{"--old-state=LISTEN", "--state=!LISTEN"},
		 "--old-state: no state is left: all are excluded"},
		{{"--new-state=!ESTABLISHED,SYN_SENT,SYN_RECV,FIN_WAIT1,FIN_WAIT2,TIME_WAIT",
		  "--new-state=!CLOSE,CLOSE_WAIT,LAST_ACK,LISTEN,CLOSING,NEW_SYN_RECV"},
		 "--new-state: no state is left: all are excluded"},
		{{"--new-state=time_wait"}, "--new-state" NEVER_REPORTED},
		{{"--old-state=TIME_WAIT,NEW_SYN_RECV"}, "--old-state" NEVER_REPORTED},
		{{"--state=TIME_WAIT"}, "--state" NEVER_REPORTED},
		{{"--stuck=1:TIME_WAIT"}, "--stuck" NEVER_REPORTED},
	};
	struct options options;
	struct diag diag = {0};

	error_cases_check(cases, COUNT(cases));
	/* Each of these leaves something. */
	assert_int_equal(PARSE(&options, &diag, "-L!1-65535", "--laddr=!::/0", "--raddr=10.0.0.0/8",
			       "--raddr=!::/0,10.0.0.0/9"),
			 0);
	options_free(&options);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_ports_are_refused),
		cmocka_unit_test(bad_addresses_are_refused),
		cmocka_unit_test(bad_states_are_refused),
		cmocka_unit_test(bad_spans_are_refused),
		cmocka_unit_test(nothing_left_is_told),
	};

	return cmocka_run_group_tests_name("filter-errors", tests, NULL, NULL);
}
