/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a summary's program has counted, which may be one of the user's own, as it is shown.
 *
 * Input: the format (a byte), why sessions ended (8 bytes each), the states of two CPUs.
 */
#include "output/summary.h"

#include "base/text.h"
#include "fuzz.h"
#include "judge.h"
#include "output/format.h"

#define CPUS 2

static void lines_judge(const struct text *text, enum output_format kind)
{
	const char *end;

	PROMISE(!text->err && judge_ascii(text->len ? text->data : "", text->len, "\n"));
	if (kind != FORMAT_JSON)
		return;
	for (const char *line = text->data; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		PROMISE(end && judge_json_object(line, end - line));
	}
}

static void rows_read(struct summary *summary, struct input *input)
{
	struct summary_state states[CPUS];

	for (size_t i = 0; i < SUMMARY_STATES && input->left; i++) {
		size_t len = input->left < sizeof(states) ? input->left : sizeof(states);

		memset(states, 0, sizeof(states));
		memcpy(states, input->at, len);
		input->at += len;
		input->left -= len;
		summary_row_sum(&summary->rows[i], states, CPUS);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	unsigned int how = input_number(&input, 1);
	struct line_format line = {
		.kind = how & 1 ? FORMAT_JSON : FORMAT_COLUMNS,
		.time = how & 2,
	};
	struct summary *summary = calloc(1, sizeof(*summary));
	_cleanup_text_ struct text text = {0};

	PROMISE(summary);
	summary->start_ns = input_number(&input, 8);
	summary->now_ns = input_number(&input, 8);
	for (size_t i = 0; i < WHYS; i++)
		summary->whys[i] = input_number(&input, 8);
	rows_read(summary, &input);
	format_of_summary(line.kind)->summary(&line, summary, &text);
	lines_judge(&text, line.kind);
	free(summary);
	return 0;
}
