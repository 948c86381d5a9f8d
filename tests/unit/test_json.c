/* SPDX-License-Identifier: Apache-2.0 */
/* The records beside the events', which the golden files (test_golden.c) have. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "output/json.h"

#define TIME_LEN strlen("YYYY-MM-DDTHH:MM:SS")

/* These records are of now: their time is looked at here, and stars take its place. */
static void time_take(struct text *text)
{
	char *at = strstr(text->data, "\"isotime\":\""), *end;
	struct timespec now; /* not of time(2), which lags behind by up to a tick */
	struct tm tm = {0};

	if (!at)
		at = strstr(text->data, "\"timestamp\":\"");
	assert_non_null(at);
	at = strchr(at, ':') + 2;
	end = strptime(at, "%Y-%m-%dT%H:%M:%S", &tm);
	assert_ptr_equal(end, at + TIME_LEN);
	clock_gettime(CLOCK_REALTIME, &now);
	assert_uint_in_range(timegm(&tm), now.tv_sec - 2, now.tv_sec);
	assert_int_equal(*end, '.');
	assert_int_equal(strspn(end + 1, "0123456789"), 6);
	assert_memory_equal(end + 7, "+00:00", 6);
	memset(at, '*', WALL_CLOCK_ISO_LEN);
}

#define NOW "********************************"

static struct line_format format_make(enum output_format kind)
{
	struct line_format format = {.kind = kind};

	wall_clock_update(&format.clock);
	return format;
}

static void record_check(struct text *text, const char *want)
{
	time_take(text);
	assert_string_equal(text->data, want);
	text_clear(text);
}

static void start_says_who_writes(void **state)
{
	struct line_format plain = format_make(FORMAT_JSON), otel = format_make(FORMAT_OTEL);
	_cleanup_text_ struct text text = {0}, want = {0};
	struct utsname kernel;

	uname(&kernel);
	text_printf(&want,
		    "{\"record\":\"start\",\"isotime\":\"" NOW
		    "\",\"schema\":2,\"version\":\"" VERSION
		    "\",\"host\":\"%s\",\"kernel\":\"%s\"}\n",
		    kernel.nodename, kernel.release);
	format_of(FORMAT_JSON)->begin(&plain, &text);
	record_check(&text, want.data);
	text_clear(&want);
	text_printf(&want,
		    "{\"event.name\":\"tcpstates.start\",\"timestamp\":\"" NOW
		    "\",\"tcpstates.schema\":2,\"tcpstates.version\":\"" VERSION
		    "\",\"host.name\":\"%s\",\"os.version\":\"%s\"}\n",
		    kernel.nodename, kernel.release);
	format_of(FORMAT_OTEL)->begin(&otel, &text);
	record_check(&text, want.data);
}

static void loss_has_its_cause(void **state)
{
	struct line_format plain = format_make(FORMAT_JSON), otel = format_make(FORMAT_OTEL);
	_cleanup_text_ struct text text = {0};

	format_of(FORMAT_JSON)->lost(&plain, LOSS_BUFFER_FULL, 17, &text);
	record_check(&text, "{\"record\":\"lost\",\"isotime\":\"" NOW
			    "\",\"cause\":\"buffer_full\",\"count\":17}\n");
	format_of(FORMAT_OTEL)->lost(&otel, LOSS_JOURNAL, UINT64_MAX, &text);
	record_check(&text, "{\"event.name\":\"tcpstates.lost\",\"timestamp\":\"" NOW
			    "\",\"tcpstates.cause\":\"journal\","
			    "\"tcpstates.count\":18446744073709551615}\n");
}

static void end_has_the_totals(void **state)
{
	struct line_format plain = format_make(FORMAT_JSON), otel = format_make(FORMAT_OTEL);
	const struct losses losses = {
		.counts = {[LOSS_BUFFER_FULL] = 1,
			   [LOSS_NO_BUFFER] = 8,
			   [LOSS_MISSED] = 2,
			   [LOSS_NO_ROOM] = 3,
			   [LOSS_TABLE_ERROR] = 10,
			   [LOSS_UNFOLLOWED] = 12,
			   [LOSS_NO_MEMORY] = 4,
			   [LOSS_BAD_RECORD] = 5,
			   [LOSS_LATE] = 6,
			   [LOSS_JOURNAL] = 7,
			   [LOSS_SUPPRESSED] = 11,
			   [LOSS_OUTPUT] = 9},
		.reported = {9, 9, 9},
	};
	_cleanup_text_ struct text text = {0};

	format_of(FORMAT_JSON)->end(&plain, 8, &losses, &text);
	record_check(&text,
		     "{\"record\":\"end\",\"isotime\":\"" NOW
		     "\",\"events\":8,\"buffer_full\":1,\"no_buffer\":8,\"missed\":2,\"no_room\":3,"
		     "\"table_error\":10,\"unfollowed\":12,\"no_memory\":4,\"bad_record\":5,"
		     "\"late\":6,\"journal\":7,"
		     "\"suppressed\":11,\"output\":9}\n");
	format_of(FORMAT_OTEL)->end(&otel, UINT64_MAX, &losses, &text);
	record_check(&text,
		     "{\"event.name\":\"tcpstates.end\",\"timestamp\":\"" NOW
		     "\",\"tcpstates.events\":18446744073709551615,\"tcpstates.buffer_full\":1,"
		     "\"tcpstates.no_buffer\":8,\"tcpstates.missed\":2,\"tcpstates.no_room\":3,"
		     "\"tcpstates.table_error\":10,\"tcpstates.unfollowed\":12,\"tcpstates.no_"
		     "memory\":4,"
		     "\"tcpstates.bad_record\":5,\"tcpstates.late\":6,\"tcpstates.journal\":7,"
		     "\"tcpstates.suppressed\":11,\"tcpstates.output\":9}\n");
}

static void what_the_kernel_does_not_tell_is_null(void **state)
{
	struct line_format plain = format_make(FORMAT_JSON);
	struct losses losses = {.missed_uncounted = true};
	_cleanup_text_ struct text text = {0};

	format_of(FORMAT_JSON)->end(&plain, 0, &losses, &text);
	assert_non_null(strstr(text.data, ",\"missed\":null,\"no_room\":0,"));
	text_clear(&text);
	losses.counts[LOSS_MISSED] = 1;
	format_of(FORMAT_JSON)->end(&plain, 0, &losses, &text);
	assert_non_null(strstr(text.data, ",\"missed\":1,"));
}

/* Lines have a header, and nothing for what is lost: that is on stderr. */
static void lines_have_no_records(void **state)
{
	for (enum output_format kind = FORMAT_COLUMNS; kind < FORMAT_JSON; kind++) {
		assert_null(format_of(kind)->lost);
		assert_null(format_of(kind)->end);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_says_who_writes),
		cmocka_unit_test(loss_has_its_cause),
		cmocka_unit_test(end_has_the_totals),
		cmocka_unit_test(what_the_kernel_does_not_tell_is_null),
		cmocka_unit_test(lines_have_no_records),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
