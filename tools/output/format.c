/* SPDX-License-Identifier: Apache-2.0 */
#include "output/format.h"

#include "output/groups.h"
#include "output/json.h"
#include "output/lines.h"
#include "output/summary.h"

static const struct format lines = {.begin = line_header, .event = line_event};

static const struct format tables = {.begin = summary_begin,
				     .summary = summary_show,
				     .groups = groups_show};

static const struct format json = {
	.begin = json_begin,
	.event = json_event,
	.summary = json_summary,
	.groups = groups_json,
	.lost = json_lost,
	.end = json_end,
};

const struct format *format_of(enum output_format kind)
{
	return kind == FORMAT_JSON || kind == FORMAT_OTEL ? &json : &lines;
}

const struct format *format_of_summary(enum output_format kind)
{
	return kind == FORMAT_JSON ? &json : &tables;
}
