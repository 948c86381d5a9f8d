/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program has counted by key, which may be one of the user's own, as it is shown.
 *
 * Input: the format, the column that sorts and the fields of the key (a byte each, the fields in
 * two), then keys, each with the counts of two CPUs.
 */
#include "output/groups.h"

#include "base/diag.h"
#include "base/text.h"
#include "fuzz.h"
#include "judge.h"
#include "output/fields.h"
#include "output/format.h"

#define CPUS 2

static void lines_judge(const struct text *text, enum output_format kind)
{
	const char *end;

	PROMISE(!text->err && judge_visible(text->len ? text->data : "", text->len, "\n"));
	if (kind != FORMAT_JSON)
		return;
	for (const char *line = text->data; line && *line; line = end + 1) {
		end = strchr(line, '\n');
		PROMISE(end && judge_json_object(line, end - line));
	}
}

/* At least one. */
static void key_choose(struct group_by *by, struct field_list *list, unsigned int fields)
{
	const struct line_format format = {0};
	struct diag diag;

	for (size_t i = 0; group_field_name(i); i++) {
		if (i && !(fields >> i & 1))
			continue;
		PROMISE(!group_by_add(by, "", group_field_name(i), &diag));
		PROMISE(!field_list_add(list, &format, group_field_name(i), &diag));
	}
}

static void keys_read(struct groups *groups, struct line_format *format, const struct group_by *by,
		      struct input *input)
{
	struct event *event = calloc(1, format->event_layout->size);
	size_t size = group_key_size(by);
	char *key = calloc(1, size);

	PROMISE(event && key);
	while (input->left) {
		struct group cpus[CPUS] = {0};
		size_t got;
		void *copy = input_copy(input, size, &got);
		bool is_other = got && *(char *)copy == '?';

		memcpy(key, copy, got);
		free(copy);
		copy = input_copy(input, sizeof(cpus), &got);
		memcpy(cpus, copy, got);
		free(copy);
		group_key_read(by, key, format->event_layout, event);
		groups_add(groups, format, is_other ? NULL : event, cpus, CPUS);
		groups_add_open(groups, format, event, got & 1);
	}
	free(event);
	free(key);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	unsigned int how = input_number(&input, 1), column = input_number(&input, 1);
	struct groups groups = {.max = 4, .has_open = how & 4}, empty = {0};
	_cleanup_text_ struct text text = {0};
	struct field_list list = {0};
	struct event_layout layout;
	struct group_by by = {0};
	struct diag diag;
	struct line_format line = {
		.kind = how & 1 ? FORMAT_JSON : FORMAT_COLUMNS,
		.time = how & 2,
		.limit = 3,
		.list = &list,
		.event_layout = &layout,
	};

	key_choose(&by, &list, input_number(&input, 2));
	event_layout_init(&layout, field_list_optionals(&list) | group_by_optionals(&by));
	keys_read(&groups, &line, &by, &input);
	PROMISE(!groups.err && groups.count <= groups.max);
	PROMISE(!groups_prepare(&groups, how & 8 ? &empty : NULL, column % GROUP_COLUMNS, &diag));
	format_of_summary(line.kind)->groups(&line, &groups, &text);
	lines_judge(&text, line.kind);
	groups_free(&groups);
	return 0;
}
