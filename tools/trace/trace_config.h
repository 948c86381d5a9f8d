/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration of a trace. A plain value. */
#ifndef TRACE_CONFIG_H
#define TRACE_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "output/groups.h"
#include "output/writer.h"
#include "program/program.h"
#include "trace/stuck.h"

struct trace_config {
	struct program_spec program;
	struct output_config output;
	uint64_t duration_ns; /* from when it is attached, or 0: no end */
	uint64_t summary_ns; /* between two summaries, or 0: only one, at the end */
	bool top; /* they are screens */
	size_t top_key; /* the first key on them: 0: all fields of --by; n: the nth */
	uint64_t buffer_pages; /* of 4 KiB, of each CPU's perf buffer */
	struct stuck_limit stuck; /* 0: no reports */
	struct stuck_limit group_stuck; /* an open session that --by counts as stuck */
	enum group_column sort;
	bool keep_privileges;
};

#endif
