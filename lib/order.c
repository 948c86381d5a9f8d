/* SPDX-License-Identifier: Apache-2.0 */
#include "order.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_MIN 256

/* A record's time and where it is; the number keeps equal times in the order of their coming. */
struct key {
	uint64_t time;
	size_t number;
};

struct order {
	size_t record_size;
	size_t count, room;
	unsigned char *records; /* room records, in the order of their coming */
	unsigned char *spare;	/* room records, to move what stays to */
	struct key *keys;	/* room keys */
	bool sorted;		/* what has come so far is in order */
	uint64_t newest_out;
	uint64_t late;
};

struct order *order_new(size_t record_size)
{
	struct order *order = calloc(1, sizeof(*order));

	if (order) {
		order->record_size = record_size;
		order->sorted = true;
	}
	return order;
}

void order_free(struct order *order)
{
	if (!order)
		return;
	free(order->records);
	free(order->spare);
	free(order->keys);
	free(order);
}

static int array_grow(void *array, size_t room, size_t size)
{
	void *grown = reallocarray(*(void **)array, room, size);

	if (!grown)
		return -ENOMEM;
	*(void **)array = grown;
	return 0;
}

static int order_grow(struct order *order)
{
	size_t room = order->room ? 2 * order->room : ROOM_MIN;

	if (array_grow(&order->records, room, order->record_size) ||
	    array_grow(&order->spare, room, order->record_size) ||
	    array_grow(&order->keys, room, sizeof(*order->keys)))
		return -ENOMEM;
	order->room = room;
	return 0;
}

int order_add(struct order *order, const void *record)
{
	struct key *key;

	if (order->count == order->room && order_grow(order))
		return -ENOMEM;
	memcpy(order->records + order->count * order->record_size, record, order->record_size);
	key = &order->keys[order->count];
	memcpy(&key->time, record, sizeof(key->time));
	key->number = order->count;
	if (order->count && key->time < key[-1].time)
		order->sorted = false;
	if (key->time < order->newest_out)
		order->late++;
	order->count++;
	return 0;
}

static int key_compare(const void *a, const void *b)
{
	const struct key *one = a, *two = b;

	if (one->time != two->time)
		return one->time < two->time ? -1 : 1;
	return one->number < two->number ? -1 : one->number > two->number;
}

/* Moves the records that stay to the front, in the order of their keys. */
static void order_keep(struct order *order, size_t out)
{
	size_t size = order->record_size, left = order->count - out;
	unsigned char *kept = order->spare;

	for (size_t i = 0; i < left; i++) {
		memcpy(kept + i * size, order->records + order->keys[out + i].number * size, size);
		order->keys[i] = (struct key){order->keys[out + i].time, i};
	}
	order->spare = order->records;
	order->records = kept;
	order->count = left;
}

void order_flush(struct order *order, uint64_t until, order_record_fn *fn, void *arg)
{
	size_t out = 0;

	if (!order->sorted)
		qsort(order->keys, order->count, sizeof(*order->keys), key_compare);
	order->sorted = true;
	for (; out < order->count && order->keys[out].time <= until; out++) {
		fn(arg, order->records + order->keys[out].number * order->record_size);
		if (order->keys[out].time > order->newest_out)
			order->newest_out = order->keys[out].time;
	}
	order_keep(order, out);
}

size_t order_waiting(const struct order *order)
{
	return order->count;
}

uint64_t order_late(const struct order *order)
{
	return order->late;
}
