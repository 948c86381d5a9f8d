/* SPDX-License-Identifier: Apache-2.0 */
/* Percentiles held to a sorted array, and what is shown of known counts. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "event/words.h"
#include "output/format.h"
#include "output/json.h"
#include "output/summary.h"
#include "random.h"

#define TIMES 1000

/* As the program counts. */
static size_t slot_of(uint64_t ns)
{
	size_t slot = 0;

	while (ns / 1000 >> slot > 1)
		slot++;
	return slot < SUMMARY_SLOTS ? slot : SUMMARY_SLOTS - 1;
}

static int time_compare(const void *a, const void *b)
{
	const uint64_t *left = a, *right = b;

	return *left < *right ? -1 : *left > *right;
}

static void times_add(struct summary_row *row, const uint64_t *times, size_t count)
{
	struct summary_state states[3] = {0};

	for (size_t i = 0; i < count; i++) {
		struct summary_state *state = &states[i % COUNT(states)];
		__u64 *max = &state->max_ns[i / COUNT(states) % SUMMARY_PROGRAMS];

		state->slots[slot_of(times[i])]++;
		if (times[i] > *max)
			*max = times[i];
	}
	summary_row_sum(row, states, COUNT(states));
}

static void percentiles_assert(uint64_t *times, size_t count)
{
	struct summary_row row;
	uint64_t before = 0;

	times_add(&row, times, count);
	qsort(times, count, sizeof(*times), time_compare);
	assert_int_equal(row.count, count);
	assert_int_equal(times_count(row.slots), count);
	assert_int_equal(row.max_ns, times[count - 1]);
	for (unsigned int percent = 1; percent <= 100; percent++) {
		uint64_t exact = times[(count * percent + 99) / 100 - 1];
		uint64_t got = times_percentile_ns(row.slots, row.max_ns, percent);

		/* At most the bound of its slot, which is the lowest time of the next. */
		if (slot_of(got) != slot_of(exact) && slot_of(got - 1) != slot_of(exact))
			print_error("p%u of %zu: %llu, not %llu\n", percent, count,
				    (unsigned long long)got, (unsigned long long)exact);
		assert_true(slot_of(got) == slot_of(exact) || slot_of(got - 1) == slot_of(exact));
		assert_true(got >= before && got <= row.max_ns);
		before = got;
	}
	assert_int_equal(times_percentile_ns(row.slots, row.max_ns, 100), row.max_ns);
}

static void percentiles_are_in_their_slot(void **state)
{
	uint64_t times[TIMES];

	for (size_t round = 0; round < 200; round++) {
		size_t count = 1 + random_next() % TIMES;

		for (size_t i = 0; i < count; i++)
			times[i] = random_sized() >> 12;
		percentiles_assert(times, count);
	}
}

static void one_time_is_all_percentiles_or_less(void **state)
{
	const uint64_t alone[] = {0, 1, 999, 1000, 1999, 2000, 4095999, 4096000, UINT64_MAX - 1};

	for (size_t i = 0; i < COUNT(alone); i++) {
		uint64_t time = alone[i];

		percentiles_assert(&time, 1);
	}
}

/* Of four times in a slot, each is taken to be a quarter of it further. */
static void a_slot_is_spread_evenly(void **state)
{
	struct summary_row row = {.max_ns = 100000000};

	row.slots[10] = 4;
	row.slots[16] = 1;
	row.count = 5;
	assert_int_equal(times_percentile_ns(row.slots, row.max_ns, 20), 1024000 + 256000);
	assert_int_equal(times_percentile_ns(row.slots, row.max_ns, 50), 1024000 + 768000);
	assert_int_equal(times_percentile_ns(row.slots, row.max_ns, 80), 2048000);
	assert_int_equal(times_percentile_ns(row.slots, row.max_ns, 81), 100000000);
}

static void less_than_none_is_none(void **state)
{
	struct summary_state states[] = {{.left = 3}, {.entered = 2}};
	struct summary_row row;

	summary_row_sum(&row, states, COUNT(states));
	assert_int_equal(row.open, 0);
	assert_true(summary_row_is_empty(&row));
	states[1].entered = 5;
	states[0].unknown = 7;
	summary_row_sum(&row, states, COUNT(states));
	assert_int_equal(row.open, 2);
	assert_int_equal(row.unknown, 7);
	assert_int_equal(row.count, 7);
	assert_int_equal(times_count(row.slots), 0);
}

/* A busy state, one of which no time is known, one that is only entered, and one without a name. */
static void summary_fill(struct summary *summary)
{
	*summary = (struct summary){.start_ns = 1000000000, .now_ns = 3500999999};
	summary->rows[1] =
		(struct summary_row){.count = 111, .unknown = 1, .open = 12, .sum_ns = 5000000};
	summary->rows[1].slots[0] = 10;
	summary->rows[1].slots[1] = 80;
	summary->rows[1].slots[3] = 20;
	summary->rows[1].max_ns = 12345678;
	summary->rows[7] = (struct summary_row){.count = 5, .unknown = 5};
	summary->rows[10] = (struct summary_row){.open = 3};
	summary->rows[15] = (struct summary_row){.count = 1, .max_ns = 1ULL << 50};
	summary->rows[15].slots[39] = 1;
	summary->whys[WHY_UNKNOWN] = 1;
	summary->whys[WHY_FIN] = 12345678901;
	summary->whys[WHY_RESET_BY_PEER] = 2;
	summary->whys[WHY_LISTEN_END] = UINT64_MAX;
}

#define TABLE                                                                                      \
	"since the start, 2.500 s:\n"                                                              \
	"OLDSTATE          COUNT     OPEN  UNKNOWN       P50_MS       P95_MS       P99_MS       "  \
	"MAX_MS\n"                                                                                 \
	"ESTABLISHED         111       12        1        0.003        0.014        0.015       "  \
	"12.345\n"                                                                                 \
	"CLOSE                 5        0        5            -            -            -        " \
	"    "                                                                                     \
	"-\n"                                                                                      \
	"LISTEN                0        3        0            -            -            -        " \
	"    "                                                                                     \
	"-\n"

static void text_is_as_of_bcc(void **state)
{
	static const char histogram[] =
		"\nWHY               COUNT\n"
		"-                     1\n"
		"fin           12345678901\n"
		"reset-by-peer         2\n"
		"listen-end    18446744073709551615\n"
		"\noldstate = ESTABLISHED\n"
		"     usecs               : count     distribution\n"
		"         0 -> 1          : 10       |*****                                   |\n"
		"         2 -> 3          : 80       |****************************************|\n"
		"         4 -> 7          : 0        |                                        |\n"
		"         8 -> 15         : 20       |**********                              |\n"
		"\noldstate = 15\n"
		"               usecs                         : count     distribution\n"
		"                   0 -> 1                    : 0        |                    |\n";
	static const char last[] =
		"        549755813888 -> 1099511627775        : 1        |********************|\n";
	struct line_format format = {.kind = FORMAT_COLUMNS, .histogram = true};
	_cleanup_text_ struct text text = {0}, brief = {0};
	struct summary summary;
	const char *at;

	summary_fill(&summary);
	summary_show(&format, &summary, &text);
	assert_int_equal(text.err, 0);
	format.histogram = false;
	summary_show(&format, &summary, &brief);
	assert_memory_equal(text.data, brief.data, brief.len);
	assert_memory_equal(text.data + brief.len, "\noldstate = ", strlen("\noldstate = "));
	assert_memory_equal(text.data, "\n" TABLE "15 ", strlen("\n" TABLE "15 "));
	at = strstr(text.data, "\nWHY ");
	assert_non_null(at);
	assert_memory_equal(at, histogram, strlen(histogram));
	assert_string_equal(text.data + text.len - strlen(last), last);
}

static void time_comes_first_where_it_is_asked_for(void **state)
{
	struct line_format format = {.kind = FORMAT_COLUMNS, .time = true};
	_cleanup_text_ struct text text = {0};
	struct summary summary = {.now_ns = 1000};
	static const char first[] = "\n00:00:00 since the start, 0.000 s:\n";

	setenv("TZ", "UTC", 1);
	summary_show(&format, &summary, &text);
	assert_memory_equal(text.data, first, strlen(first));
}

#define WHY_RECORD(why, count)                                                                     \
	"{\"record\":\"why\",\"isotime\":\"1970-01-01T00:00:03.500999+00:00\",\"why\":" why        \
	",\"count\":" count "}\n"

static void json_has_a_record_a_state(void **state)
{
	static const char want[] =
		"{\"record\":\"summary\",\"isotime\":\"1970-01-01T00:00:03.500999+00:00\","
		"\"oldstate\":\"ESTABLISHED\",\"count\":111,\"unknown\":1,\"open\":12,"
		"\"p50_ms\":0.003,\"p95_ms\":0.014,\"p99_ms\":0.015,\"max_ms\":12.345,"
		"\"sum_ms\":5.000,\"slots\":[10,80,0,20,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0,0]}\n"
		"{\"record\":\"summary\",\"isotime\":\"1970-01-01T00:00:03.500999+00:00\","
		"\"oldstate\":\"CLOSE\",\"count\":5,\"unknown\":5,\"open\":0,"
		"\"p50_ms\":null,\"p95_ms\":null,\"p99_ms\":null,\"max_ms\":null,"
		"\"sum_ms\":0.000,\"slots\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,"
		"0,0,0,0,0,0,0,0,"
		"0,0,0,0,0]}\n"
		"{\"record\":\"summary\",\"isotime\":\"1970-01-01T00:00:03.500999+00:00\","
		"\"oldstate\":\"LISTEN\",";
	struct line_format format = {.kind = FORMAT_JSON};
	_cleanup_text_ struct text text = {0};
	struct summary summary;

	setenv("TZ", "UTC", 1);
	summary_fill(&summary);
	json_summary(&format, &summary, &text);
	assert_int_equal(text.err, 0);
	assert_memory_equal(text.data, want, strlen(want));
	assert_non_null(strstr(text.data, "\"oldstate\":\"15\","));
	assert_string_equal(strstr(text.data, "{\"record\":\"why\""),
			    WHY_RECORD("null", "1") WHY_RECORD("\"fin\"", "12345678901")
				    WHY_RECORD("\"reset-by-peer\"", "2")
					    WHY_RECORD("\"listen-end\"", "18446744073709551615"));
}

/* As on a kernel that does not tell. */
static void no_end_has_no_block(void **state)
{
	struct line_format format = {.kind = FORMAT_JSON};
	_cleanup_text_ struct text text = {0};
	struct summary summary;

	summary_fill(&summary);
	memset(summary.whys, 0, sizeof(summary.whys));
	json_summary(&format, &summary, &text);
	summary_show(&format, &summary, &text);
	assert_null(strstr(text.data, "why"));
	assert_null(strstr(text.data, "WHY"));
}

static void each_why_but_the_unknown_has_a_word(void **state)
{
	assert_null(why_word(WHY_UNKNOWN));
	for (int i = WHY_UNKNOWN + 1; i < WHYS; i++) {
		assert_non_null(why_word(i));
		assert_true(strlen(why_word(i)) <= strlen("reset-by-peer"));
		for (int j = WHY_UNKNOWN + 1; j < i; j++)
			assert_string_not_equal(why_word(i), why_word(j));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_are_in_their_slot),
		cmocka_unit_test(one_time_is_all_percentiles_or_less),
		cmocka_unit_test(a_slot_is_spread_evenly),
		cmocka_unit_test(less_than_none_is_none),
		cmocka_unit_test(text_is_as_of_bcc),
		cmocka_unit_test(time_comes_first_where_it_is_asked_for),
		cmocka_unit_test(json_has_a_record_a_state),
		cmocka_unit_test(no_end_has_no_block),
		cmocka_unit_test(each_why_but_the_unknown_has_a_word),
	};

	return cmocka_run_group_tests_name("summary", tests, NULL, NULL);
}
