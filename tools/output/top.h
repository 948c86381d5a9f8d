/* SPDX-License-Identifier: Apache-2.0 */
/* A screen of --top: open sockets by state, sessions by key, the keys of the keyboard. */
#ifndef TOP_H
#define TOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "output/groups.h"

struct line_format;
struct text;

struct top_screen {
	size_t rows, columns; /* of the terminal */
	enum group_column sort;
	uint64_t before[SUMMARY_STATES]; /* open sockets by state, on the screen before */
	bool has_before;
	const char *message; /* for the last line, in place of the keys; or empty */
	size_t message_len;
};

/*
 * Appends the whole screen: rows lines, of at most as many characters as there are columns. The
 * groups are sorted; format->list has the fields of the key.
 */
void top_show(struct line_format *format, const struct groups *groups,
	      const struct top_screen *screen, struct text *text);

#endif
