/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. Every option is one row of a table, from which its parsing and -h are made. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "trace/trace_config.h"

struct diag;

#define BUFFER_PAGES_DEFAULT  256 /* tests/bench/run --only pages */
#define MAX_SOCKETS_DEFAULT   65536
#define MAX_COMPILE_S_DEFAULT 30
#define MAX_GROUPS_DEFAULT    1000
#define LIMIT_DEFAULT	      20
/* SYN_SENT, SYN_RECV, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT, LAST_ACK, CLOSING: meant to be short. */
#define STUCK_STATES_DEFAULT 0xb3cU
#define CACHE_DIR_DEFAULT    "/var/cache/tcpstates"

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER }; /* when_words */

struct options {
	bool help;
	bool version;
	bool fields_help;
	bool ebpf; /* only print the program's text */
	bool check; /* only whether it would trace */
	bool now; /* the sockets that are there, in place of events */
	bool verbose;
	const char *bpf_text; /* the file to run in place of our own text, or NULL */
	struct trace_config trace;

	/* Options from which trace_finish() derives members of trace. */
	bool wide;
	bool csv;
	bool json;
	bool otel;
	enum when color; /* auto: on a terminal */
	enum when csv_safe; /* auto: where stdout is a file */
	const char *output; /* the names of fields, or NULL: the format's own */
	bool skaddr; /* the kernel's addresses of sockets in every format ... */
	bool no_skaddr; /* ... or in none */
	bool no_cache;
};

/*
 * Parses argv. -EINVAL with diag filled for bad usage. options_free() in any case. Strings are
 * those of argv, except the filter's.
 */
int options_parse(int argc, char **argv, struct options *options, struct diag *diag);
void options_free(struct options *options);

void options_help(FILE *file);
void options_manual(FILE *file); /* the rows, in roff */

#endif
