/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prints --summary: for each old state, the changes out of it, the sockets in it, and the times;
 * then the sessions by close reason. The program counts (bpf_text/summary_wire.h),
 * trace/summary_read.h reads the counts.
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "summary_wire.h"

struct line_format;
struct text;

#define TIME_UNKNOWN UINT64_MAX

struct summary_row {
	uint64_t count; /* of changes; those after a known time are the slots' sum */
	uint64_t unknown;
	uint64_t open; /* sockets now in it */
	uint64_t max_ns; /* or TIME_UNKNOWN */
	uint64_t sum_ns; /* of the known times */
	__u64 slots[SUMMARY_SLOTS];
};

struct summary {
	uint64_t start_ns, now_ns; /* kernel time */
	bool is_interval; /* since the summary before; otherwise since the start of the trace */
	struct summary_row rows[SUMMARY_STATES]; /* by the old state */
	uint64_t whys[WHYS]; /* changes to CLOSE; all 0 without BTF */
};

/* The printed percentiles, at most 100. */
#define SUMMARY_PERCENTS 3
extern const unsigned int summary_percents[SUMMARY_PERCENTS];

/* Sums the counts of count CPUs. */
void summary_row_sum(struct summary_row *row, const struct summary_state *states, size_t count);

/* Whether all counts are 0. */
bool summary_row_is_empty(const struct summary_row *row);

/* The number of times in the slots. */
uint64_t times_count(const __u64 slots[SUMMARY_SLOTS]);

/*
 * The percentile, exact to its slot and interpolated within. There must be a time. max_ns: the
 * longest one, or TIME_UNKNOWN.
 */
uint64_t times_percentile_ns(const __u64 slots[SUMMARY_SLOTS], uint64_t max_ns,
			     unsigned int percent);

/* Leaves what was counted since the summary before, or since the start if that is zeroed. */
void summary_since(struct summary *summary, const struct summary *before);

/* Appends the line above a table, and a column of milliseconds, or - if they are TIME_UNKNOWN. */
void summary_title(struct line_format *format, uint64_t since_ns, uint64_t now_ns, bool is_interval,
		   struct text *text);
void time_column_append(struct text *text, int width, uint64_t ns);

/* Prints a table, and with histogram one per state, too, as BCC's tools draw them. */
void summary_begin(struct line_format *format, struct text *text);
void summary_show(struct line_format *format, const struct summary *summary, struct text *text);

#endif
