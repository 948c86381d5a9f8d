/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --summary prints: for each old state, how many changes there were out of it, how many
 * sockets are in it, and how long they were; then how many sessions ended why. The program counts
 * (bpf_text/summary_wire.h), and trace/summary_read.h reads it.
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

struct summary_row {
	uint64_t count; /* of changes; those after a known time are the slots' sum */
	uint64_t unknown;
	uint64_t open; /* sockets now in it */
	uint64_t max_ns;
	uint64_t slots[SUMMARY_SLOTS];
};

struct summary {
	uint64_t start_ns, now_ns; /* kernel time */
	struct summary_row rows[SUMMARY_STATES]; /* by the old state */
	uint64_t whys[WHYS]; /* changes to CLOSE; all 0 without BTF */
};

/* The percentiles that are shown, at most 100. */
#define SUMMARY_PERCENTS 3
extern const unsigned int summary_percents[SUMMARY_PERCENTS];

/* Adds up what count CPUs have. */
void summary_row_sum(struct summary_row *row, const struct summary_state *states, size_t count);

/* Nothing is to be said of it. */
bool summary_row_is_empty(const struct summary_row *row);

/* Times that are known. */
uint64_t summary_row_timed(const struct summary_row *row);

/*
 * The time that percent of the known ones do not exceed, right to its slot: within that, the times
 * are taken to be spread evenly. There must be one that is known.
 */
uint64_t summary_percentile_ns(const struct summary_row *row, unsigned int percent);

/* The format of columns: a table, then a histogram for each state, as BCC's tools draw them. */
void summary_begin(struct line_format *format, struct text *text);
void summary_show(struct line_format *format, const struct summary *summary, struct text *text);

#endif
