/* SPDX-License-Identifier: Apache-2.0 */
#include "output/summary.h"

#include "base/text.h"
#include "event/words.h"
#include "output/format.h"
#include "output/value.h"

#define STARS	    40
#define NARROW_SLOT 31 /* the last slot whose bounds have at most ten digits */

const unsigned int summary_percents[SUMMARY_PERCENTS] = {50, 95, 99};

/*
 * CPUs count on while they are read one after the other: a socket that enters on one and leaves on
 * another may be seen only leaving, so a negative sum is 0.
 */
void summary_row_sum(struct summary_row *row, const struct summary_state *states, size_t count)
{
	int64_t open = 0;

	*row = (struct summary_row){0};
	for (size_t cpu = 0; cpu < count; cpu++) {
		const struct summary_state *state = &states[cpu];

		for (size_t i = 0; i < SUMMARY_SLOTS; i++)
			row->slots[i] += state->slots[i];
		row->sum_ns += state->sum_ns;
		row->unknown += state->unknown;
		open += state->entered - state->left;
		for (size_t i = 0; i < SUMMARY_PROGRAMS; i++)
			if (state->max_ns[i] > row->max_ns)
				row->max_ns = state->max_ns[i];
	}
	row->open = open > 0 ? open : 0;
	row->count = times_count(row->slots) + row->unknown;
}

bool summary_row_is_empty(const struct summary_row *row)
{
	return !row->count && !row->open;
}

/* In microseconds; below the lower bound of the next slot. */
static uint64_t slot_low(size_t slot)
{
	return slot ? 1ULL << slot : 0;
}

uint64_t times_count(const __u64 slots[SUMMARY_SLOTS])
{
	uint64_t sum = 0;

	for (size_t i = 0; i < SUMMARY_SLOTS; i++)
		sum += slots[i];
	return sum;
}

uint64_t times_percentile_ns(const __u64 slots[SUMMARY_SLOTS], uint64_t max_ns,
			     unsigned int percent)
{
	uint64_t timed = times_count(slots), before = 0, low, high;
	uint64_t rank = timed / 100 * percent + (timed % 100 * percent + 99) / 100;
	size_t slot = 0;

	while (before + slots[slot] < rank)
		before += slots[slot++];
	low = slot_low(slot) * 1000;
	high = slot_low(slot + 1) * 1000;
	/* No time is longer than the longest, and the last slot has no other bound. */
	if (max_ns != TIME_UNKNOWN && (max_ns < high || slot == SUMMARY_SLOTS - 1))
		high = max_ns > low ? max_ns : low;
	return low + (unsigned __int128)(high - low) * (rank - before) / slots[slot];
}

/* A slot's upper bound is not the longest time, so an interval may have none. */
static void row_since(struct summary_row *row, const struct summary_row *before)
{
	row->count -= before->count;
	row->unknown -= before->unknown;
	row->sum_ns -= before->sum_ns;
	for (size_t i = 0; i < SUMMARY_SLOTS; i++)
		row->slots[i] -= before->slots[i];
	if (row->max_ns == before->max_ns)
		row->max_ns = TIME_UNKNOWN;
}

void summary_since(struct summary *summary, const struct summary *before)
{
	for (size_t state = 0; state < SUMMARY_STATES; state++)
		row_since(&summary->rows[state], &before->rows[state]);
	for (size_t why = 0; why < WHYS; why++)
		summary->whys[why] -= before->whys[why];
	summary->start_ns = before->now_ns;
	summary->is_interval = true;
}

void summary_begin(struct line_format *format, struct text *text)
{
	(void)format;
	text_str(text, "Counting TCP session state changes... Hit Ctrl-C to end.\n");
}

void summary_title(struct line_format *format, uint64_t since_ns, uint64_t now_ns, bool is_interval,
		   struct text *text)
{
	char seconds[DIGITS_FIXED_ROOM + 1];

	*digits_thousandths(seconds, (now_ns - since_ns) / (NS_PER_SECOND / 1000)) = '\0';
	text_char(text, '\n');
	if (format->time)
		text_printf(text, "%s ", wall_clock_text(&format->clock, now_ns));
	text_printf(text, is_interval ? "in the last %s s:\n" : "since the start, %s s:\n",
		    seconds);
}

void time_column_append(struct text *text, int width, uint64_t ns)
{
	char ms[DIGITS_FIXED_ROOM + 1] = "-";

	if (ns != TIME_UNKNOWN)
		*digits_thousandths(ms, ns / 1000) = '\0';
	text_printf(text, " %*s", width, ms);
}

/* Byte for byte like print_log2_hist() of BCC's Python module. */
static void histogram_append(struct text *text, unsigned int state, const struct summary_row *row)
{
	uint64_t most = 0;
	size_t last = 0;
	bool narrow;

	for (size_t i = 0; i < SUMMARY_SLOTS; i++) {
		if (row->slots[i])
			last = i;
		if (row->slots[i] > most)
			most = row->slots[i];
	}
	if (!most)
		return;
	narrow = last <= NARROW_SLOT;
	text_str(text, "\noldstate = ");
	state_append(text, state);
	text_printf(text, "\n%*s%-*s : count     distribution\n", narrow ? 5 : 15, "",
		    narrow ? 19 : 29, "usecs");
	for (size_t i = 0; i <= last; i++) {
		static const char stars[] = "****************************************";
		int width = narrow ? STARS : STARS / 2, bound = narrow ? 10 : 20;
		int filled = (double)width * row->slots[i] / most;

		text_printf(text, "%*llu -> %-*llu : %-8llu |%-*.*s|\n", bound,
			    (unsigned long long)slot_low(i), bound,
			    (unsigned long long)slot_low(i + 1) - 1,
			    (unsigned long long)row->slots[i], width, filled, stars);
	}
}

void summary_show(struct line_format *format, const struct summary *summary, struct text *text)
{
	bool titled = false;

	summary_title(format, summary->start_ns, summary->now_ns, summary->is_interval, text);
	text_printf(text, "%-12s %10s %8s %8s %12s %12s %12s %12s\n", "OLDSTATE", "COUNT", "OPEN",
		    "UNKNOWN", "P50_MS", "P95_MS", "P99_MS", "MAX_MS");
	for (size_t state = 0; state < SUMMARY_STATES; state++) {
		const struct summary_row *row = &summary->rows[state];
		bool known = times_count(row->slots);
		size_t begin = text->len;

		if (summary_row_is_empty(row))
			continue;
		state_append(text, state);
		text_printf(text, "%*s %10llu %8llu %8llu", (int)(begin + 12 - text->len), "",
			    (unsigned long long)row->count, (unsigned long long)row->open,
			    (unsigned long long)row->unknown);
		for (size_t i = 0; i < SUMMARY_PERCENTS; i++)
			time_column_append(text, 12,
					   known ? times_percentile_ns(row->slots, row->max_ns,
								       summary_percents[i])
						 : TIME_UNKNOWN);
		time_column_append(text, 12, known ? row->max_ns : TIME_UNKNOWN);
		text_char(text, '\n');
	}
	for (int why = 0; why < WHYS; why++) {
		const char *word = why_word(why);

		if (!summary->whys[why])
			continue;
		if (!titled)
			text_printf(text, "\n%-13s %9s\n", "WHY", "COUNT");
		titled = true;
		text_printf(text, "%-13s %9llu\n", word ? word : "-",
			    (unsigned long long)summary->whys[why]);
	}
	for (size_t state = 0; format->histogram && state < SUMMARY_STATES; state++)
		histogram_append(text, state, &summary->rows[state]);
}
