/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/top.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "log/message.h"
#include "output/top.h"
#include "output/writer.h"
#include "system/terminal.h"
#include "trace/groups_read.h"
#include "trace/trace_config.h"

#define CONTROL(letter) ((letter) - '@')

struct top {
	const struct trace_config *config;
	struct writer *writer;
	struct terminal terminal;
	struct top_screen screen;
	size_t key; /* as in struct trace_config */
	bool is_interval;
	struct groups before; /* at the last tick, by the same key */
	uint64_t start_ns;
};

void top_free(struct top *top)
{
	if (!top)
		return;
	terminal_close(&top->terminal);
	message_release();
	groups_free(&top->before);
	free(top);
}

/* Steps forwards or backwards in a circle of count. */
static size_t step(size_t at, size_t count, bool forwards)
{
	return (at + (forwards ? 1 : count - 1)) % count;
}

/* The fields that sessions are counted by on the screen. The kernel's key has all of them. */
static void key_choose(struct top *top, size_t key)
{
	const struct field_list *all = &top->config->output.fields;
	struct field_list *list = &top->writer->fields;

	top->key = key;
	*list = *all;
	if (top->key) {
		list->fields[0] = all->fields[top->key - 1];
		list->widths[0] = all->widths[top->key - 1];
		list->count = 1;
	}
	/* By this key nothing was counted at the last tick, so the interval begins with the trace.
	 */
	groups_free(&top->before);
	top->before.now_ns = top->start_ns;
}

int top_open(struct top **top, const struct trace_config *config, struct writer *writer,
	     uint64_t start_ns, struct diag *diag)
{
	struct top *new = *top = calloc(1, sizeof(*new));
	int err;

	if (!new)
		return diag_errno(diag, -ENOMEM, "starting");
	new->config = config;
	new->writer = writer;
	new->start_ns = new->before.now_ns = start_ns;
	new->screen.sort = config->sort;
	key_choose(new, config->top_key);
	err = terminal_open(&new->terminal, diag);
	if (err == -ENOTTY)
		diag_set(diag, err, "--top requires a terminal as stdin and stdout");
	if (new->terminal.is_open)
		message_hold();
	return err;
}

bool top_keys(struct top *top)
{
	size_t fields = top->config->output.fields.count;
	char keys[64];
	ssize_t count = read(STDIN_FILENO, keys, sizeof(keys));

	if (count <= 0) /* the terminal is gone */
		return count < 0 && (errno == EAGAIN || errno == EINTR);
	for (ssize_t i = 0; i < count; i++) {
		switch (keys[i]) {
		case 'q':
		case CONTROL('C'):
			return false;
		case 's':
		case 'S':
			top->screen.sort = step(top->screen.sort, GROUP_COLUMNS, keys[i] == 's');
			break;
		case 'k':
		case 'K':
			key_choose(top, step(top->key, fields + 1, keys[i] == 'k'));
			break;
		case 'i':
			top->is_interval = !top->is_interval;
			break;
		}
	}
	return true;
}

int top_draw(struct top *top, const struct loader *loader, struct sockets *sockets, bool is_tick,
	     struct diag *diag)
{
	struct groups groups = {.since_ns = top->start_ns};
	struct line_format *line = &top->writer->line;
	struct top_screen *screen = &top->screen;
	int err = groups_read(&groups, top->config, loader, sockets, line, diag);

	if (!err)
		err = groups_prepare(&groups, top->is_interval ? &top->before : NULL, screen->sort,
				     diag);
	if (err) {
		groups_free(&groups);
		return err;
	}
	terminal_size(&screen->rows, &screen->columns);
	screen->message = message_last(&screen->message_len);
	top_show(line, &groups, screen, &top->writer->output.lines);
	if (!is_tick) {
		groups_free(&groups);
		return 0;
	}
	memcpy(screen->before, groups.states, sizeof(screen->before));
	screen->has_before = groups.has_open;
	groups_free(&top->before);
	top->before = groups;
	return 0;
}
