/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. Every option is one row of a table, from which its parsing and -h are made. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fields.h"
#include "filter.h"
#include "filter_netns.h"

struct diag;

#define BUFFER_PAGES_DEFAULT  256 /* tests/bench/run --only pages */
#define MAX_SOCKETS_DEFAULT   65536
#define MAX_COMPILE_S_DEFAULT 30
#define CACHE_DIR_DEFAULT     "/var/cache/tcpstates"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER }; /* when_words */

/* How long a session may be in one of these states, before it is shown as being there still. */
struct stuck_limit {
	uint64_t after_ns; /* or 0: for ever */
	uint32_t states; /* a bit for each */
};

struct options {
	bool help;
	bool version;
	bool time;
	bool timestamp;
	bool wide;
	bool csv;
	bool journal;
	bool ipv4;
	bool ipv6;
	bool ebpf;
	bool verbose;
	bool kernel_headers; /* compile against them */
	const char *kernel_headers_path; /* or NULL: where they are by custom */
	bool no_cache; /* always compile */
	bool quiet; /* nothing on stdout */
	bool no_header;
	const char *cache_dir; /* of compiled objects */
	const char *expression; /* or NULL; all that must hold (expression.h) */
	const char *bpf_text; /* the file to run in place of our own text, or NULL */
	const char *probe; /* or NULL: the first that works */
	uint64_t count; /* of events to show, or 0: no end */
	uint64_t duration_ns; /* from when it is attached, or 0: no end */
	uint64_t max_sockets;
	uint64_t buffer_pages; /* of each CPU's perf buffer */
	uint64_t max_compile_s;
	struct port_filter lports;
	struct port_filter rports;
	struct address_filter laddrs;
	struct address_filter raddrs;
	struct netns_filter netns;
	bool netns_filtered; /* by netns, or by a text of the user's */
	struct state_filter old_states;
	struct state_filter new_states;
	struct state_filter states; /* either of the two */
	struct span_filter min_span;
	bool json;
	bool otel;
	enum when color; /* auto: on a terminal */
	enum when csv_safe; /* auto: where stdout is a file */
	const char *output; /* the names of fields, or NULL: the format's own */
	bool extended; /* the format's own are those of -x, and unknown times are told */
	bool fields_help;
	bool summary; /* of what is counted, in place of the events */
	uint64_t summary_ns; /* between two summaries, or 0: only one, at the end */
	bool now; /* the sockets that are there, in place of events */
	bool check; /* only whether it would trace */
	struct stuck_limit stuck;
	bool keep_privileges;
	bool skaddr; /* the kernel's addresses of sockets in every format ... */
	bool no_skaddr; /* ... or in none */
	bool numbered; /* by these and the format: lines show sockets by number */
	bool no_object_pid; /* nothing for which journald looks up the process */
	struct field_list fields; /* none: the format's own */
};

/*
 * Reads argv into options. -EINVAL with diag filled for bad usage. options_free() in any case. The
 * strings are argv's own, but for expression.
 */
int options_parse(int argc, char **argv, struct options *options, struct diag *diag);
void options_free(struct options *options);

/* The format that is asked for, with the fields; options must stay. */
void options_format(struct options *options, struct line_format *format);

void options_help(FILE *file);
void options_manual(FILE *file); /* the rows, in roff */

#endif
