/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever is in a message, on stderr it is the lines that it should be. */
#include "unit.h"

#include <string.h>

#include "base/diag.h"
#include "capture.h"
#include "log/message.h"
#include "log/startup_log.h"

#define NASTY "a\033[2J\n\xe2\x80\xae\\b"
#define SAFE  "a\\x1b[2J\\x0a\\xe2\\x80\\xae\\\\b"

static void message_is_one_line(void **state)
{
	struct capture capture = capture_begin();

	message_print("%s: %d", NASTY, 7);
	message_print("100%%");
	capture_end(&capture, "tcpstates: " SAFE ": 7\ntcpstates: 100%\n");
}

/* A path of any length is cut, and ends the line all the same. */
static void message_is_cut(void **state)
{
	char word[2 * MESSAGE_MAX], expected[MESSAGE_MAX + 32];
	struct capture capture = capture_begin();

	memset(word, 'w', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	message_print("%s", word);
	snprintf(expected, sizeof(expected), "tcpstates: %.*s\n", MESSAGE_MAX, word);
	capture_end(&capture, expected);
}

static void diag_is_printed(void **state)
{
	struct diag diag;
	struct capture capture = capture_begin();

	diag_set(&diag, -1, "what " NASTY);
	message_diag(&diag, true);
	diag_hint(&diag, "hint " NASTY);
	message_diag(&diag, false);
	capture_end(&capture, "tcpstates: what " SAFE "\ntcpstates: what " SAFE
			      "\ntcpstates: hint " SAFE "\n");
}

/* Columns are those of what is shown. */
static void caret_is_below_the_place(void **state)
{
	struct diag diag;
	struct capture capture = capture_begin();

	diag_set(&diag, -1, "what");
	diag_hint(&diag, "1 + \001 $");
	diag.place = 5;
	message_diag(&diag, false);
	diag.place = 7;
	message_diag(&diag, false);
	capture_end(&capture, "tcpstates: what\ntcpstates: 1 + \\x01 $\n               ^\n"
			      "tcpstates: what\ntcpstates: 1 + \\x01 $\n                    ^\n");
}

static void detail_keeps_lines_and_tabs(void **state)
{
	struct diag diag;
	struct capture capture = capture_begin();

	diag_set(&diag, -1, "what");
	diag_detail(&diag, "one\n\ttwo\033\n\n\xff\\");
	message_diag(&diag, false);
	message_diag(&diag, true);
	diag_detail(&diag, "end\n");
	message_diag(&diag, true);
	capture_end(&capture, "tcpstates: what\n"
			      "tcpstates: what\none\n\ttwo\\x1b\n\n\xef\xbf\xbd\\\\\n"
			      "tcpstates: what\nend\n");
}

static void steps_are_one_line(void **state)
{
	struct startup_log log = {0};
	struct capture capture = capture_begin();
	char got[256];
	float ms;

	startup_log_step(&log, "nothing is shown");
	startup_log_begin(&log, true);
	startup_log_step(&log, "%s", NASTY);
	capture_read(&capture, got, sizeof(got));
	assert_int_equal(strncmp(got, BYTES("tcpstates: " SAFE " (")), 0);
	assert_int_equal(sscanf(strrchr(got, '('), "(%f ms)\n", &ms), 1);
	assert_ptr_equal(strchr(got, '\n'), got + strlen(got) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(message_is_one_line),
		cmocka_unit_test(message_is_cut),
		cmocka_unit_test(diag_is_printed),
		cmocka_unit_test(caret_is_below_the_place),
		cmocka_unit_test(detail_keeps_lines_and_tabs),
		cmocka_unit_test(steps_are_one_line),
	};

	return cmocka_run_group_tests_name("message", tests, NULL, NULL);
}
