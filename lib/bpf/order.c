/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN  256
#define ROOM_KEPT 4096 /* the usual need, not freed and allocated each time */

/* A record's time and where it is. */
struct key {
	uint64_t time;
	size_t number;
};

struct order {
	size_t record_size;
	size_t count, room;
	size_t most; /* count since order_trim() */
	unsigned char *records; /* room records, in the order of arrival */
	unsigned char *spare; /* room records, to move those that stay to */
	struct key *keys; /* room keys, in the order of arrival, once sorted of time */
	struct key *spare_keys; /* room keys, to merge into */
	uint64_t newest_out;
	uint64_t late;
};

struct order *order_new(size_t record_size)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order)
		order->record_size = record_size;
	return order;
}

void order_free(struct order *order)
{
	if (!order)
		return;
	free(order->records);
	free(order->spare);
	free(order->keys);
	free(order->spare_keys);
	free(order);
}

static int array_resize(void *array, size_t room, size_t size)
{
	void *resized = reallocarray(*(void **)array, room, size);

	if (!resized)
		return -ENOMEM;
	*(void **)array = resized;
	return 0;
}

static int arrays_resize(struct order *order, size_t room)
{
	if (array_resize(&order->records, room, order->record_size) ||
	    array_resize(&order->spare, room, order->record_size) ||
	    array_resize(&order->keys, room, sizeof(*order->keys)) ||
	    array_resize(&order->spare_keys, room, sizeof(*order->keys)))
		return -ENOMEM;
	order->room = room;
	return 0;
}

void *order_slot(struct order *order)
{
	if (order->count == order->room &&
	    arrays_resize(order, order->room ? 2 * order->room : ROOM_MIN))
		return NULL;
	return order->records + order->count * order->record_size;
}

void order_add(struct order *order)
{
	struct key *key = &order->keys[order->count];

	memcpy(&key->time, order->records + order->count * order->record_size, sizeof(key->time));
	key->number = order->count;
	if (key->time < order->newest_out)
		order->late++;
	order->count++;
}

void *order_latest(struct order *order, bool (*match)(const void *record, const void *arg),
		   const void *arg)
{
	for (size_t i = order->count; i-- > 0;) {
		void *record = order->records + i * order->record_size;

		if (match(record, arg))
			return record;
	}
	return NULL;
}

/* The end of the run of keys in order that begins at start. */
static size_t run_end(const struct key *keys, size_t start, size_t count)
{
	size_t end = start + 1;

	while (end < count && keys[end - 1].time <= keys[end].time)
		end++;
	return end < count ? end : count;
}

/* Merges the runs [start, middle) and [middle, end); of equal times, the first run's come first. */
static void runs_merge(const struct key *keys, size_t start, size_t middle, size_t end,
		       struct key *out)
{
	size_t one = start, two = middle;

	for (size_t at = start; at < end; at++)
		out[at] = two == end || (one < middle && keys[one].time <= keys[two].time)
				  ? keys[one++]
				  : keys[two++];
}

/*
 * A natural merge sort. The records of one buffer are in order, except for an event inside another:
 * there are few runs, and merging them two by two takes few passes.
 */
static void order_sort(struct order *order)
{
	size_t count = order->count;

	while (run_end(order->keys, 0, count) < count) {
		struct key *merged = order->spare_keys;

		for (size_t start = 0; start < count;) {
			size_t middle = run_end(order->keys, start, count);
			size_t end = middle < count ? run_end(order->keys, middle, count) : count;

			runs_merge(order->keys, start, middle, end, merged);
			start = end;
		}
		order->spare_keys = order->keys;
		order->keys = merged;
	}
}

static void most_note(struct order *order)
{
	if (order->count > order->most)
		order->most = order->count;
}

void order_flush(struct order *order, uint64_t until, order_record_fn *fn, void *arg)
{
	size_t size = order->record_size, out = 0, left;
	unsigned char *kept = order->spare;

	most_note(order);
	order_sort(order);
	for (; out < order->count && order->keys[out].time <= until; out++) {
		fn(arg, order->records + order->keys[out].number * size);
		if (order->keys[out].time > order->newest_out)
			order->newest_out = order->keys[out].time;
	}
	/* The rest moves to the front, in the order of its keys. */
	left = order->count - out;
	for (size_t i = 0; i < left; i++) {
		memcpy(kept + i * size, order->records + order->keys[out + i].number * size, size);
		order->keys[i] = (struct key){order->keys[out + i].time, i};
	}
	order->spare = order->records;
	order->records = kept;
	order->count = left;
}

void order_trim(struct order *order)
{
	size_t room = order->room;

	most_note(order);
	while (room > ROOM_KEPT && order->most <= room / 4)
		room /= 2;
	if (room < order->room && arrays_resize(order, room))
		order->room = room; /* what did not shrink has more */
	order->most = order->count;
}

size_t order_room(const struct order *order)
{
	return order->room;
}

size_t order_waiting(const struct order *order)
{
	return order->count;
}

uint64_t order_late(const struct order *order)
{
	return order->late;
}
