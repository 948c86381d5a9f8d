/* SPDX-License-Identifier: Apache-2.0 */
#include "output/top.h"

#include <string.h>

#include "base/text.h"
#include "event/event.h"
#include "output/fields.h"
#include "output/format.h"
#include "output/summary.h"
#include "output/value.h"
#include "system/terminal.h"

#define HEAD_ROWS 3 /* the title, the states, an empty line */
#define LAST_ROWS 1
#define KEYS	  "q quit   s/S sort   k/K key   i interval or total   space refresh"

/* Appends the first characters, as many as there are columns. */
static void cut_append(struct text *screen, const char *line, size_t len, size_t columns)
{
	size_t at = 0;

	for (size_t shown = 0; at < len; at++) {
		bool begins = (line[at] & 0xc0) != 0x80; /* a character of UTF-8 */

		if (begins && shown++ == columns)
			break;
	}
	text_bytes(screen, line, at);
}

static void line_append(struct text *screen, const char *line, size_t len, size_t columns)
{
	cut_append(screen, line, len, columns);
	text_str(screen, TERMINAL_LINE_END);
}

static void title_append(struct text *line, struct line_format *format, const struct groups *groups,
			 enum group_column sort)
{
	const struct field_list *list = format->list;
	char seconds[DIGITS_FIXED_ROOM + 1];

	*digits_thousandths(seconds, (groups->now_ns - groups->since_ns) / (NS_PER_SECOND / 1000)) =
		'\0';
	text_printf(line, "tcpstates  %s  by ", wall_clock_text(&format->clock, groups->now_ns));
	for (size_t i = 0; i < list->count; i++)
		text_printf(line, "%s%s", i ? "," : "", list->fields[i]->name);
	text_printf(line, "  sorted by %s  ", group_column_name(sort));
	text_printf(line, groups->is_interval ? "the last %s s" : "since the start, %s s", seconds);
}

/* "ESTABLISHED 12 +3  CLOSE_WAIT 4": what there is, or was. */
static void states_append(struct text *line, const struct groups *groups,
			  const struct top_screen *screen)
{
	if (!groups->has_open)
		text_str(line, "open sockets are not known");
	for (unsigned int state = 0; state < SUMMARY_STATES; state++) {
		uint64_t now = groups->states[state], before = screen->before[state];

		if (!now && !(screen->has_before && before))
			continue;
		text_str(line, line->len ? "  " : "");
		state_append(line, state);
		text_printf(line, " %llu", (unsigned long long)now);
		if (screen->has_before && now != before)
			text_printf(line, " %+lld", (long long)(now - before));
	}
	text_str(line, line->len ? "" : "no open sockets");
}

void top_show(struct line_format *format, const struct groups *groups,
	      const struct top_screen *screen, struct text *text)
{
	_cleanup_text_ struct text title = {0}, states = {0}, table = {0};
	size_t head = HEAD_ROWS + LAST_ROWS, rows = 0;
	const char *line;

	title_append(&title, format, groups, screen->sort);
	states_append(&states, groups, screen);
	/* The table's own title, a line for (other), and one for how many more there are. */
	format->limit = screen->rows > head + 3 ? screen->rows - head - 3 : 1;
	format->table_width = screen->columns;
	groups_table(format, groups, &table);
	text->err |= title.err | states.err | table.err;
	if (text->err)
		return;
	text_str(text, TERMINAL_HOME);
	line_append(text, title.data, title.len, screen->columns);
	line_append(text, states.len ? states.data : "", states.len, screen->columns);
	text_str(text, TERMINAL_LINE_END);
	line = table.data;
	for (; *line && rows + head < screen->rows; rows++) {
		size_t len = strcspn(line, "\n");

		line_append(text, line, len, screen->columns);
		line += len + 1;
	}
	for (; rows + head < screen->rows; rows++)
		text_str(text, TERMINAL_LINE_END);
	if (screen->message_len)
		cut_append(text, screen->message, screen->message_len, screen->columns);
	else
		cut_append(text, KEYS, strlen(KEYS), screen->columns);
	text_str(text, TERMINAL_END);
}
