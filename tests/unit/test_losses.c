/* SPDX-License-Identifier: Apache-2.0 */
/* What is told on stderr. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "output/losses.h"

static bool loss_sum(void *arg, enum loss cause, uint64_t count)
{
	assert_non_null(loss_name(cause));
	*(uint64_t *)arg += count;
	return false;
}

static bool late_is_known(void *arg, enum loss cause, uint64_t count)
{
	return cause == LOSS_LATE;
}

static void told_assert(struct losses *losses, const char *expected)
{
	struct capture capture = capture_begin();
	uint64_t sum = 0, before = 0, after = 0;

	for (int i = 0; i < LOSSES; i++) {
		before += losses->reported[i];
		after += losses->counts[i];
	}
	losses_report(losses, loss_sum, &sum);
	capture_end(&capture, expected);
	assert_int_equal(sum, after - before);
}

static void total_assert(const struct losses *losses, const char *expected)
{
	struct capture capture = capture_begin();

	losses_report_total(losses);
	capture_end(&capture, expected);
}

static void nothing_lost_is_nothing_said(void **state)
{
	struct losses losses = {0};

	told_assert(&losses, "");
	total_assert(&losses, "");
}

static void each_cause_has_its_words(void **state)
{
	struct losses losses = {
		.counts = {1, 2, 3, 4, 10, 12, 5, 6, 7, 18446744073709551615ULL, 11, 9}};

	told_assert(&losses, "tcpstates: 1 events lost: the perf buffer was full\n"
			     "tcpstates: 2 events lost: on a CPU that came online since the start\n"
			     "tcpstates: 3 events missed: the program was busy\n"
			     "tcpstates: 4 sockets not timed: the table was full (--max-sockets)\n"
			     "tcpstates: 10 sockets not timed: "
			     "the kernel had no memory for the table\n"
			     "tcpstates: 12 processes or cgroups that the filter misses: "
			     "its table was full\n"
			     "tcpstates: 5 events lost: no memory\n"
			     "tcpstates: 6 events lost: the record is not an event\n"
			     "tcpstates: 7 events out of order: they came late\n"
			     "tcpstates: 18446744073709551615 events not logged: "
			     "journald did not accept them\n"
			     "tcpstates: 11 events not in the journal: journald's rate limit\n"
			     "tcpstates: 9 events not printed: output was blocked at exit\n");
	total_assert(&losses,
		     "tcpstates: in all: 1 events lost: the perf buffer was full\n"
		     "tcpstates: in all: 2 events lost: on a CPU that came online since the start\n"
		     "tcpstates: in all: 3 events missed: the program was busy\n"
		     "tcpstates: in all: 4 sockets not timed: the table was full (--max-sockets)\n"
		     "tcpstates: in all: 10 sockets not timed: "
		     "the kernel had no memory for the table\n"
		     "tcpstates: in all: 12 processes or cgroups that the filter misses: "
		     "its table was full\n"
		     "tcpstates: in all: 5 events lost: no memory\n"
		     "tcpstates: in all: 6 events lost: the record is not an event\n"
		     "tcpstates: in all: 7 events out of order: they came late\n"
		     "tcpstates: in all: 18446744073709551615 events not logged: "
		     "journald did not accept them\n"
		     "tcpstates: in all: 11 events not in the journal: journald's rate limit\n"
		     "tcpstates: in all: 9 events not printed: output was blocked at exit\n");
}

static void only_news_are_told(void **state)
{
	struct losses losses = {0};

	losses.counts[LOSS_BUFFER_FULL] = 10;
	told_assert(&losses, "tcpstates: 10 events lost: the perf buffer was full\n");
	told_assert(&losses, "");
	losses.counts[LOSS_BUFFER_FULL] = 15;
	losses.counts[LOSS_LATE] = 1;
	told_assert(&losses, "tcpstates: 5 events lost: the perf buffer was full\n"
			     "tcpstates: 1 events out of order: they came late\n");
	losses.counts[LOSS_LATE] = 4;
	total_assert(&losses, "tcpstates: in all: 15 events lost: the perf buffer was full\n"
			      "tcpstates: in all: 4 events out of order: they came late\n");
}

static void what_is_known_is_not_said(void **state)
{
	struct losses losses = {.counts = {[LOSS_MISSED] = 2, [LOSS_LATE] = 3}};
	struct capture capture = capture_begin();

	losses_report(&losses, late_is_known, NULL);
	capture_end(&capture, "tcpstates: 2 events missed: the program was busy\n");
	told_assert(&losses, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_lost_is_nothing_said),
		cmocka_unit_test(each_cause_has_its_words),
		cmocka_unit_test(only_news_are_told),
		cmocka_unit_test(what_is_known_is_not_said),
	};

	return cmocka_run_group_tests_name("losses", tests, NULL, NULL);
}
