/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --by: sessions by key. The program counts those that have ended (bpf_text/summary_groups_wire.h),
 * trace/groups_read.h reads the counts and adds the open ones.
 */
#ifndef GROUPS_H
#define GROUPS_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event/group_key.h"
#include "summary_groups_wire.h"

struct diag;
struct event;
struct line_format;
struct text;

struct group_row {
	char *key; /* the fields of the key, as the format shows them */
	uint8_t columns[GROUP_FIELDS_MAX]; /* of each field, in a table */
	struct group total; /* since the start */
	struct group counts; /* to show */
	uint64_t open, stuck; /* now */
	uint64_t sessions, failed; /* of counts: all, and those for another known reason than FIN */
};

/* Zeroed: none. A plain value that groups_free() ends. */
struct groups {
	struct group_row **rows; /* in the order of their keys */
	struct group_row **sorted; /* the same, to show */
	size_t count, room;
	struct group_row other; /* sessions for whose key there was no room */
	bool has_open; /* open sockets are known */
	uint64_t states[SUMMARY_STATES]; /* open sockets, with listeners, by state */
	uint64_t max; /* rows */
	uint64_t since_ns, now_ns; /* kernel time */
	bool is_interval; /* since those before; otherwise since the start of the trace */
	int err; /* 0 or -ENOMEM */
};

void groups_free(struct groups *groups);

/* Adds the counts of count CPUs; key: an event with the members of the key, or NULL: the others. */
void groups_add(struct groups *groups, struct line_format *format, const struct event *key,
		const struct group *cpus, size_t count);

/* Adds an open socket, to its state and, unless it listens, to its key. */
void groups_add_open(struct groups *groups, struct line_format *format, const struct event *event,
		     bool is_stuck);

/* What is shown of each key. By its name it is found in --sort and in JSON. */
enum group_column {
	GROUP_SESSIONS,
	GROUP_FAILED,
	GROUP_OPEN,
	GROUP_STUCK,
	GROUP_CONNECT_P50,
	GROUP_CONNECT_P95,
	GROUP_CONNECT_P99,
	GROUP_ESTABLISHED_P50,
	GROUP_TX_BYTES,
	GROUP_RX_BYTES,
	GROUP_RETRANS,
	GROUP_COLUMNS,
};

const char *group_column_name(enum group_column column);

/* -EINVAL with diag naming the option. */
int group_column_find(const char *option, const char *name, enum group_column *column,
		      struct diag *diag);

/*
 * To be called before they are shown: sets the counts to those since before, or NULL: since the
 * start, and sorts, largest first; equal ones by failed, stuck, sessions, open, key. -ENOMEM with
 * diag filled.
 */
int groups_prepare(struct groups *groups, const struct groups *before, enum group_column sort,
		   struct diag *diag);

/* The table without the line above it: of format->limit keys at most. */
void groups_table(struct line_format *format, const struct groups *groups, struct text *text);

/* The table, and the records of JSON. Rows of zeros are left out. */
void groups_show(struct line_format *format, const struct groups *groups, struct text *text);
void groups_json(struct line_format *format, const struct groups *groups, struct text *text);

#endif
