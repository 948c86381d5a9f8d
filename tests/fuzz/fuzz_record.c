/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records of the program, which may be one of the user's own, on their whole way: decoded, from a
 * map as --stuck finds them, put in order, and written in every format and for the journal.
 *
 * Input: which fields (5 bytes), the format (a byte), the clocks' difference (8), now (8), the path
 * of each cgroup up to a NUL, then the records.
 */
#include "trace/stuck.c"

#include <sys/uio.h>

#include "base/text.h"
#include "bpf/order.h"
#include "fuzz.h"
#include "judge.h"
#include "output/fields.h"
#include "output/journal_entry.h"
#include "system/cgroup.h"
#include "system/journal.h"

#define RECORDS_MAX 64

struct shown {
	const struct format *format;
	struct line_format line;
	struct field_list list;
	struct order *order;
	struct text text;
};

/* In the place of the one in lib/system/journal.c. A value is text, and an entry without one has no
 * field for it. */
int journal_send(const struct iovec *fields, int count, int end)
{
	(void)end;
	for (int i = 0; i < count; i++) {
		const char *field = fields[i].iov_base,
			   *sign = memchr(field, '=', fields[i].iov_len);

		PROMISE(sign && judge_visible(field, fields[i].iov_len, ""));
		PROMISE(sign + 1 < field + fields[i].iov_len || strstr(field, "COMM=") == sign - 4);
	}
	return 0;
}

static int path_find(void *arg, uint64_t id, char path[CGROUP_PATH_ROOM])
{
	(void)id;
	snprintf(path, CGROUP_PATH_ROOM, "%s", (const char *)arg);
	return *path ? 0 : -ESTALE;
}

/* The fields whose bits are set; the format's own if there are none. */
static void fields_choose(struct shown *shown, uint64_t bits)
{
	struct text names = {0};
	struct diag diag;

	for (size_t i = 0; i < FIELDS; i++)
		if (bits >> i & 1)
			text_printf(&names, "%s%s", names.len ? "," : "", field_table[i].name);
	if (names.len || shown->line.extended || shown->line.kind >= FORMAT_JSON) {
		PROMISE(!field_list_make(&shown->list, &shown->line, names.data, &diag));
		shown->line.list = &shown->list;
	}
	text_free(&names);
}

static void line_judge(const struct shown *shown)
{
	const char *line = shown->text.data;
	size_t len = shown->text.len;
	enum output_format kind = shown->line.kind;

	PROMISE(!shown->text.err && len && line[len - 1] == '\n');
	PROMISE(judge_visible(line, len - 1, shown->line.color ? "\033" : ""));
	if (kind >= FORMAT_JSON)
		PROMISE(judge_json_object(line, len - 1));
	if (kind == FORMAT_CSV && shown->line.list && shown->list.count > 1)
		PROMISE(judge_csv_values(line, len - 1) == shown->list.count);
}

static void event_show(void *arg, void *record)
{
	struct shown *shown = arg;

	text_clear(&shown->text);
	shown->format->event(&shown->line, record, &shown->text);
	line_judge(shown);
	PROMISE(!journal_entry_send(record, &shown->line, -1));
}

static int still_on_record(void *arg, const void *event)
{
	struct shown *shown = arg;
	void *slot;

	if (!event)
		return 0;
	slot = order_slot(shown->order);
	PROMISE(slot && ((const struct event *)event)->newstate == STATE_STUCK);
	memcpy(slot, event, shown->line.event_layout->size);
	order_add(shown->order);
	return 0;
}

static void records_take(struct shown *shown, struct stuck *stuck, struct input *input)
{
	const struct event_layout *layout = shown->line.event_layout;
	size_t got, entry = event_entry_size(layout, true);

	stuck->show = still_on_record;
	stuck->arg = shown;
	for (int i = 0; input->left && i < RECORDS_MAX; i++) {
		void *event = order_slot(shown->order);
		uint8_t *record = input_copy(input, i % 2 ? layout->sent : entry, &got);

		PROMISE(event &&
			(got < layout->sent) == !event_decode(layout, i, record, got, event));
		if (got >= layout->sent)
			order_add(shown->order);
		if (i % 2 == 0)
			PROMISE((entry_find(stuck, NULL, record, got) == -EINVAL) == (got < entry));
		if (stuck->due.len) {
			event_stuck(layout, due_at(stuck, 0), stuck->now_ns);
			still_on_record(shown, due_at(stuck, 0));
		}
		text_clear(&stuck->due);
		free(record);
	}
}

static void shown_begin(struct shown *shown, struct input *input)
{
	uint64_t bits = input_number(input, 5);
	unsigned int how = input_number(input, 1);

	shown->line = (struct line_format){
		.kind = how % FORMATS,
		.color = how & 8,
		.extended = how & 16,
		.time = how & 32,
		.timestamp = how & 64,
		.clock.offset_ns = input_number(input, 8),
	};
	shown->format = format_of(shown->line.kind);
	fields_choose(shown, bits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stuck_limit limit = {.after_ns = 1, .states = ~0U};
	struct input input = {data, size};
	struct shown shown = {0};
	struct event_layout layout;
	struct stuck *stuck;
	char *path;

	shown_begin(&shown, &input);
	event_layout_init(&layout, field_list_optionals(&shown.list));
	shown.line.event_layout = &layout;
	shown.order = order_new(layout.size);
	stuck = stuck_new(&limit, &layout, 0);
	PROMISE(shown.order && stuck);
	stuck->now_ns = input_number(&input, 8);
	path = input_string(&input);
	shown.line.cgroups = cgroups_new(path_find, path);
	records_take(&shown, stuck, &input);
	order_flush(shown.order, UINT64_MAX, event_show, &shown);
	PROMISE(!order_waiting(shown.order));
	stuck_free(stuck);
	order_free(shown.order);
	cgroups_free(shown.line.cgroups);
	text_free(&shown.text);
	free(path);
	return 0;
}
