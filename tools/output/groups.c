/* SPDX-License-Identifier: Apache-2.0 */
#include "output/groups.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/nearest.h"
#include "base/text.h"
#include "event/words.h"
#include "output/format.h"
#include "output/json.h"
#include "output/summary.h"
#include "output/value.h"

#define KEY_END	      '\t' /* of a field in a key, which shows no control character */
#define OTHER	      "(other)"
#define WHY_WIDTH     24 /* "  reset-by-peer 12345678" */
#define GROUP_NUMBERS (sizeof(struct group) / sizeof(__u64))

_Static_assert(sizeof(struct group) % sizeof(__u64) == 0, "group: more than 64-bit counts");

static const struct {
	const char *name; /* in JSON */
	const char *title;
	int width;
	bool is_time; /* in nanoseconds */
} columns[GROUP_COLUMNS] = {
	[GROUP_SESSIONS] = {"sessions", "SESSIONS", 9, false},
	[GROUP_FAILED] = {"failed", "FAILED", 7, false},
	[GROUP_OPEN] = {"open", "OPEN", 7, false},
	[GROUP_STUCK] = {"stuck", "STUCK", 6, false},
	[GROUP_CONNECT_P50] = {"connect_p50", "CONN-P50(ms)", 12, true},
	[GROUP_CONNECT_P95] = {"connect_p95", "P95(ms)", 10, true},
	[GROUP_CONNECT_P99] = {"connect_p99", "P99(ms)", 10, true},
	[GROUP_ESTABLISHED_P50] = {"established_p50", "ESTAB-P50(ms)", 13, true},
	[GROUP_TX_BYTES] = {"tx_bytes", "TX-BYTES", 12, false},
	[GROUP_RX_BYTES] = {"rx_bytes", "RX-BYTES", 12, false},
	[GROUP_RETRANS] = {"retrans", "RETRANS", 7, false},
};

static void row_free(struct group_row *row)
{
	if (!row)
		return;
	free(row->key);
	free(row);
}

void groups_free(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		row_free(groups->rows[i]);
	free(groups->rows);
	free(groups->sorted);
	*groups = (struct groups){0};
}

/* Writes the key's fields as a table shows them, each with an end. The line has room for them. */
static char *columns_put(char *at, const struct line_format *line, const struct event *event,
			 uint8_t widths[GROUP_FIELDS_MAX])
{
	struct line_format format = *line;

	/* As in CSV: with the whole unit. Unknown values are -. */
	format.kind = FORMAT_CSV;
	format.extended = true;
	for (size_t i = 0; i < format.list->count; i++) {
		const struct field *field = format.list->fields[i];
		size_t width;
		char *end = name_put(at, field, &format, event, SIZE_MAX, &width);

		if (!end) {
			end = value_put(at, field, &format, event);
			width = end - at;
		}
		widths[i] = width < UINT8_MAX ? width : UINT8_MAX;
		at = end;
		*at++ = KEY_END;
	}
	return at;
}

/* The key of the event, with a NUL. */
static void key_append(struct line_format *format, const struct event *event, struct text *text,
		       uint8_t widths[GROUP_FIELDS_MAX])
{
	size_t room = format->list->count * (VALUE_ROOM + 1) + value_parts_find(format, event);
	char *at;

	if (format->kind == FORMAT_JSON) {
		json_members(format, event, text);
		return;
	}
	at = text_reserve(text, room);
	if (at)
		text_commit(text, columns_put(at, format, event, widths));
}

/* Returns the place of the first row whose key is not smaller. */
static size_t row_place(const struct groups *groups, const char *key)
{
	size_t low = 0, high = groups->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(groups->rows[middle]->key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct group_row *row_find(const struct groups *groups, const char *key)
{
	size_t place = row_place(groups, key);

	if (place == groups->count || strcmp(groups->rows[place]->key, key))
		return NULL;
	return groups->rows[place];
}

/* Returns NULL without memory. */
static struct group_row *row_insert(struct groups *groups, const char *key)
{
	size_t place = row_place(groups, key);
	struct group_row *row = calloc(1, sizeof(*row));

	if (groups->count == groups->room) {
		size_t room = groups->room ? 2 * groups->room : 64;
		struct group_row **rows =
			reallocarray(groups->rows, room, sizeof(struct group_row *));

		if (rows) {
			groups->rows = rows;
			groups->room = room;
		}
	}
	if (row)
		row->key = strdup(key);
	if (!row || !row->key || groups->count == groups->room) {
		row_free(row);
		return NULL;
	}
	memmove(&groups->rows[place + 1], &groups->rows[place],
		(groups->count - place) * sizeof(struct group_row *));
	groups->rows[place] = row;
	groups->count++;
	return row;
}

/* The row of the event's key. Of a key beyond the limit it is that of all others. */
static struct group_row *row_of(struct groups *groups, struct line_format *format,
				const struct event *event)
{
	uint8_t widths[GROUP_FIELDS_MAX] = {0};
	_cleanup_text_ struct text key = {0};
	struct group_row *row;

	key_append(format, event, &key, widths);
	if (key.err) {
		groups->err = key.err;
		return NULL;
	}
	row = row_find(groups, key.data);
	if (row)
		return row;
	if (groups->count >= groups->max)
		return &groups->other;
	row = row_insert(groups, key.data);
	if (row)
		memcpy(row->columns, widths, sizeof(widths));
	else
		groups->err = -ENOMEM;
	return row;
}

void groups_add(struct groups *groups, struct line_format *format, const struct event *key,
		const struct group *cpus, size_t count)
{
	struct group_row *row = key ? row_of(groups, format, key) : &groups->other;
	__u64 *sums;

	if (!row)
		return;
	sums = (__u64 *)&row->total;
	for (size_t cpu = 0; cpu < count; cpu++)
		for (size_t i = 0; i < GROUP_NUMBERS; i++)
			sums[i] += ((const __u64 *)&cpus[cpu])[i];
}

void groups_add_open(struct groups *groups, struct line_format *format, const struct event *event,
		     bool is_stuck)
{
	struct group_row *row;

	if (event->oldstate < SUMMARY_STATES)
		groups->states[event->oldstate]++;
	row = event->oldstate == TCP_LISTEN ? NULL : row_of(groups, format, event);
	if (!row)
		return;
	row->open++;
	row->stuck += is_stuck;
}

static void row_since(struct group_row *row, const struct group_row *before)
{
	static const struct group none;
	const __u64 *total = (const __u64 *)&row->total;
	const __u64 *less = (const __u64 *)(before ? &before->total : &none);
	__u64 *counts = (__u64 *)&row->counts;

	for (size_t i = 0; i < GROUP_NUMBERS; i++)
		counts[i] = total[i] - less[i];
	row->sessions = row->failed = 0;
	for (int why = 0; why < WHYS; why++) {
		row->sessions += row->counts.whys[why];
		if (why != WHY_UNKNOWN && why != WHY_FIN)
			row->failed += row->counts.whys[why];
	}
}

static void groups_since(struct groups *groups, const struct groups *before)
{
	for (size_t i = 0; i < groups->count; i++) {
		struct group_row *row = groups->rows[i];

		row_since(row, before ? row_find(before, row->key) : NULL);
	}
	row_since(&groups->other, before ? &before->other : NULL);
	groups->is_interval = before;
	if (before)
		groups->since_ns = before->now_ns;
}

const char *group_column_name(enum group_column column)
{
	return columns[column].name;
}

int group_column_find(const char *option, const char *name, enum group_column *column,
		      struct diag *diag)
{
	struct nearest nearest = nearest_begin(name, strlen(name));
	_cleanup_text_ struct text all = {0};

	for (int i = 0; i < GROUP_COLUMNS; i++) {
		*column = i;
		if (!strcmp(columns[i].name, name))
			return 0;
		nearest_try(&nearest, columns[i].name);
		text_printf(&all, "%s%s", i ? ", " : "", columns[i].name);
	}
	if (nearest.word)
		return diag_set(diag, -EINVAL, "%s: no such column: '%s' (did you mean %s?)",
				option, name, nearest.word);
	diag_set(diag, -EINVAL, "%s: no such column: '%s'", option, name);
	diag_hint(diag, "columns: %s", all.err ? "" : all.data);
	return -EINVAL;
}

/* TIME_UNKNOWN if there is none. */
static uint64_t percentile_of(const struct group_time *time, unsigned int percent)
{
	return times_count(time->slots) ? times_percentile_ns(time->slots, TIME_UNKNOWN, percent)
					: TIME_UNKNOWN;
}

static uint64_t row_value(const struct group_row *row, enum group_column column)
{
	switch (column) {
	case GROUP_SESSIONS:
		return row->sessions;
	case GROUP_FAILED:
		return row->failed;
	case GROUP_OPEN:
		return row->open;
	case GROUP_STUCK:
		return row->stuck;
	case GROUP_CONNECT_P50:
		return percentile_of(&row->counts.connect, 50);
	case GROUP_CONNECT_P95:
		return percentile_of(&row->counts.connect, 95);
	case GROUP_CONNECT_P99:
		return percentile_of(&row->counts.connect, 99);
	case GROUP_ESTABLISHED_P50:
		return percentile_of(&row->counts.established, 50);
	case GROUP_TX_BYTES:
		return row->counts.tx_bytes;
	case GROUP_RX_BYTES:
		return row->counts.rx_bytes;
	case GROUP_RETRANS:
		return row->counts.retrans;
	case GROUP_COLUMNS:
		break;
	}
	return 0;
}

/* > 0: right comes first. An unknown time comes last. */
static int value_compare(const struct group_row *left, const struct group_row *right,
			 enum group_column column)
{
	uint64_t unknown = columns[column].is_time; /* TIME_UNKNOWN + 1 is 0 */
	uint64_t a = row_value(left, column) + unknown, b = row_value(right, column) + unknown;

	return a < b ? 1 : -(a > b);
}

static int rows_compare(const void *left, const void *right, void *arg)
{
	static const enum group_column then[] = {GROUP_FAILED, GROUP_STUCK, GROUP_SESSIONS,
						 GROUP_OPEN};
	const struct group_row *a = *(struct group_row *const *)left;
	const struct group_row *b = *(struct group_row *const *)right;
	int order = value_compare(a, b, *(const enum group_column *)arg);

	for (size_t i = 0; !order && i < sizeof(then) / sizeof(*then); i++)
		order = value_compare(a, b, then[i]);
	return order ? order : strcmp(a->key, b->key);
}

int groups_prepare(struct groups *groups, const struct groups *before, enum group_column sort,
		   struct diag *diag)
{
	size_t size = groups->count * sizeof(struct group_row *);

	groups_since(groups, before);
	groups->sorted = malloc(size + 1);
	if (!groups->sorted)
		return diag_errno(diag, -ENOMEM, "sorting the keys");
	if (size)
		memcpy(groups->sorted, groups->rows, size);
	qsort_r(groups->sorted, groups->count, sizeof(struct group_row *), rows_compare, &sort);
	return 0;
}

static bool row_is_empty(const struct group_row *row)
{
	return !row->sessions && !row->open;
}

static bool is_known(const struct groups *groups, enum group_column column)
{
	return groups->has_open || (column != GROUP_OPEN && column != GROUP_STUCK);
}

/* "refused 12, timeout 2": the most frequent first. */
static void whys_append(struct text *text, const struct group_row *row)
{
	__u64 left[WHYS];
	const char *before = "";

	memcpy(left, row->counts.whys, sizeof(left));
	left[WHY_FIN] = 0;
	for (;;) {
		int most = 0;

		for (int why = 1; why < WHYS; why++)
			if (left[why] > left[most])
				most = why;
		if (!left[most])
			return;
		text_printf(text, "%s%s %llu", before, why_word(most) ? why_word(most) : "unknown",
			    (unsigned long long)left[most]);
		before = ", ";
		left[most] = 0;
	}
}

static void blanks_append(struct text *text, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++)
		text_char(text, ' ');
}

static void key_show(struct text *text, const struct group_row *row, const struct field_list *list)
{
	const char *at = row->key;

	for (size_t i = 0; i < list->count; i++) {
		const char *end = strchr(at, KEY_END);

		text_bytes(text, at, end - at);
		blanks_append(text, row->columns[i], list->widths[i] + 1);
		at = end + 1;
	}
}

static void other_show(struct text *text, const struct field_list *list)
{
	size_t width = 0;

	for (size_t i = 0; i < list->count; i++)
		width += list->widths[i] + 1;
	text_str(text, OTHER);
	blanks_append(text, strlen(OTHER), width);
}

/* The columns that fit, a bit each. Those that matter less go first; WHY keeps some room. */
static unsigned int columns_fitting(const struct line_format *format)
{
	static const enum group_column order[] = {
		GROUP_RX_BYTES,	   GROUP_TX_BYTES,    GROUP_CONNECT_P95, GROUP_ESTABLISHED_P50,
		GROUP_CONNECT_P99, GROUP_CONNECT_P50, GROUP_RETRANS,
	};
	unsigned int fitting = (1U << GROUP_COLUMNS) - 1;
	size_t width = WHY_WIDTH;

	for (size_t i = 0; i < format->list->count; i++)
		width += format->list->widths[i] + 1;
	for (int i = 0; i < GROUP_COLUMNS; i++)
		width += columns[i].width + 1;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		if (!format->table_width || width <= format->table_width)
			break;
		width -= columns[order[i]].width + 1;
		fitting &= ~(1U << order[i]);
	}
	return fitting;
}

static void counts_show(struct text *text, const struct groups *groups, const struct group_row *row,
			unsigned int fitting)
{
	for (int i = 0; i < GROUP_COLUMNS; i++) {
		uint64_t value = row_value(row, i);

		if (!(fitting >> i & 1))
			continue;
		if (columns[i].is_time)
			time_column_append(text, columns[i].width, value);
		else if (is_known(groups, i))
			text_printf(text, " %*llu", columns[i].width, (unsigned long long)value);
		else
			text_printf(text, " %*s", columns[i].width, "-");
	}
	text_str(text, "  ");
	whys_append(text, row);
	text_char(text, '\n');
}

/* The columns of the key grow to fit; the first one may have to hold OTHER. */
static void widths_grow(struct field_list *list, const struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		for (size_t field = 0; field < list->count; field++)
			if (groups->rows[i]->columns[field] > list->widths[field])
				list->widths[field] = groups->rows[i]->columns[field];
	if (list->widths[0] < strlen(OTHER))
		list->widths[0] = strlen(OTHER);
}

void groups_table(struct line_format *format, const struct groups *groups, struct text *text)
{
	struct field_list *list = format->list;
	size_t shown = 0, hidden = 0;
	unsigned int fitting;

	widths_grow(list, groups);
	fitting = columns_fitting(format);
	for (size_t i = 0; i < list->count; i++) {
		text_str(text, list->fields[i]->title);
		blanks_append(text, strlen(list->fields[i]->title), list->widths[i] + 1);
	}
	for (int i = 0; i < GROUP_COLUMNS; i++)
		if (fitting >> i & 1)
			text_printf(text, " %*s", columns[i].width, columns[i].title);
	text_str(text, "  WHY\n");
	for (size_t i = 0; i < groups->count; i++) {
		const struct group_row *row = groups->sorted[i];

		if (row_is_empty(row))
			continue;
		if (shown == format->limit) {
			hidden++;
			continue;
		}
		key_show(text, row, list);
		counts_show(text, groups, row, fitting);
		shown++;
	}
	if (!row_is_empty(&groups->other)) {
		other_show(text, list);
		counts_show(text, groups, &groups->other, fitting);
	}
	if (hidden)
		text_printf(text, "%zu more\n", hidden);
}

void groups_show(struct line_format *format, const struct groups *groups, struct text *text)
{
	summary_title(format, groups->since_ns, groups->now_ns, groups->is_interval, text);
	groups_table(format, groups, text);
}

static void time_json(struct text *text, const char *name, const struct group_time *time)
{
	char member[32];

	snprintf(member, sizeof(member), "%s_sum", name);
	json_time(text, member, time->sum_ns);
	snprintf(member, sizeof(member), "%s_slots", name);
	json_slots(text, member, time->slots);
}

static void row_json(struct line_format *format, const struct groups *groups,
		     const struct group_row *row, struct text *text)
{
	const char *before = "";

	if (row_is_empty(row))
		return;
	json_record(format, "group", groups->now_ns, text);
	text_printf(text, ",\"other\":%s", row->key ? "false" : "true");
	for (size_t i = 0; !row->key && i < format->list->count; i++)
		text_printf(text, ",\"%s\":null", format->list->fields[i]->name);
	text_str(text, row->key ? row->key : "");
	for (int i = 0; i < GROUP_COLUMNS; i++) {
		if (columns[i].is_time)
			json_time(text, columns[i].name, row_value(row, i));
		else if (is_known(groups, i))
			text_printf(text, ",\"%s\":%llu", columns[i].name,
				    (unsigned long long)row_value(row, i));
		else
			text_printf(text, ",\"%s\":null", columns[i].name);
	}
	time_json(text, "connect", &row->counts.connect);
	time_json(text, "established", &row->counts.established);
	text_printf(text, ",\"active\":%llu,\"passive\":%llu,\"why\":{",
		    (unsigned long long)row->counts.opened[OPENED_ACTIVE],
		    (unsigned long long)row->counts.opened[OPENED_PASSIVE]);
	for (int why = 0; why < WHYS; why++) {
		if (!row->counts.whys[why])
			continue;
		text_printf(text, "%s\"%s\":%llu", before,
			    why_word(why) ? why_word(why) : "unknown",
			    (unsigned long long)row->counts.whys[why]);
		before = ",";
	}
	text_str(text, "}}\n");
}

void groups_json(struct line_format *format, const struct groups *groups, struct text *text)
{
	for (size_t i = 0; i < groups->count; i++)
		row_json(format, groups, groups->sorted[i], text);
	row_json(format, groups, &groups->other, text);
}
