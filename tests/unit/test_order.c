/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/order.h"

struct record {
	uint64_t time;
	uint32_t cpu;
	uint32_t number; /* of its coming */
};

struct seen {
	struct record records[100000];
	size_t count;
};

static void record_see(void *arg, void *record)
{
	struct seen *seen = arg;

	assert_true(seen->count < COUNT(seen->records));
	memcpy(&seen->records[seen->count++], record, sizeof(struct record));
}

static struct seen seen;

static int seen_reset(void **state)
{
	seen.count = 0;
	*state = order_new(sizeof(struct record));
	return *state ? 0 : -1;
}

static int order_end(void **state)
{
	order_free(*state);
	return 0;
}

static void record_add(struct order *order, const void *record, size_t size)
{
	void *slot = order_slot(order);

	assert_non_null(slot);
	memcpy(slot, record, size);
	order_add(order);
}

static void add(struct order *order, uint64_t time, uint32_t cpu)
{
	static uint32_t number;

	record_add(order, &(struct record){time, cpu, number++}, sizeof(struct record));
}

static void times_assert(const uint64_t *times, size_t count)
{
	assert_int_equal(seen.count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(seen.records[i].time, times[i]);
}

static void nothing_is_nothing(void **state)
{
	order_flush(*state, UINT64_MAX, record_see, &seen);
	assert_int_equal(seen.count, 0);
	assert_int_equal(order_waiting(*state), 0);
	assert_int_equal(order_late(*state), 0);
	order_free(NULL);
}

static void cpus_are_merged(void **state)
{
	static const uint64_t first[] = {10, 40, 70}, second[] = {5, 41, 42, 90},
			      all[] = {5, 10, 40, 41, 42, 70, 90};

	for (size_t i = 0; i < COUNT(first); i++)
		add(*state, first[i], 0);
	for (size_t i = 0; i < COUNT(second); i++)
		add(*state, second[i], 1);
	assert_int_equal(order_waiting(*state), 7);
	order_flush(*state, UINT64_MAX, record_see, &seen);
	times_assert(all, COUNT(all));
	assert_int_equal(order_waiting(*state), 0);
	assert_int_equal(order_late(*state), 0);
}

static void until_is_included(void **state)
{
	static const uint64_t all[] = {1, 2, 2, 3};

	add(*state, 3, 0);
	add(*state, 2, 1);
	add(*state, 1, 2);
	add(*state, 2, 3);
	order_flush(*state, 0, record_see, &seen);
	times_assert(all, 0);
	order_flush(*state, 1, record_see, &seen);
	times_assert(all, 1);
	order_flush(*state, 2, record_see, &seen);
	times_assert(all, 3);
	assert_int_equal(order_waiting(*state), 1);
	order_flush(*state, 3, record_see, &seen);
	times_assert(all, 4);
	assert_int_equal(order_late(*state), 0);
}

static void equal_times_keep_their_order(void **state)
{
	for (uint32_t i = 0; i < 1000; i++)
		add(*state, i % 2 ? 20 : 10, i);
	order_flush(*state, 10, record_see, &seen);
	assert_int_equal(seen.count, 500);
	/* More of the same time, behind those that wait; an older one makes it sort again. */
	for (uint32_t i = 1000; i < 1100; i++)
		add(*state, 20, i);
	add(*state, 15, 0);
	order_flush(*state, 20, record_see, &seen);
	assert_int_equal(seen.count, 1101);
	for (size_t i = 0; i < 500; i++)
		assert_int_equal(seen.records[i].cpu, 2 * i);
	assert_int_equal(seen.records[500].time, 15);
	for (size_t i = 0; i < 500; i++)
		assert_int_equal(seen.records[501 + i].cpu, 2 * i + 1);
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(seen.records[1001 + i].cpu, 1000 + i);
}

static void late_is_counted_and_given_out(void **state)
{
	static const uint64_t all[] = {100, 99, 100, 101};

	add(*state, 100, 0);
	order_flush(*state, 200, record_see, &seen);
	add(*state, 100, 1); /* as old as the newest that is out: in its place */
	assert_int_equal(order_late(*state), 0);
	add(*state, 99, 1);
	assert_int_equal(order_late(*state), 1);
	add(*state, 101, 1); /* older than the 200 of the flush, but nothing after it is out */
	assert_int_equal(order_late(*state), 1);
	order_flush(*state, 200, record_see, &seen);
	times_assert(all, COUNT(all));
	add(*state, 100, 0);
	assert_int_equal(order_late(*state), 2);
	order_flush(*state, 200, record_see, &seen);
	/* A late one that is out does not set the newest back. */
	add(*state, 100, 0);
	assert_int_equal(order_late(*state), 3);
}

/* The plain way to do it: all records in one array, the smallest is looked for each time. */
struct model {
	struct record waiting[4000];
	size_t count;
	uint64_t newest_out, late;
};

static int record_compare(const void *a, const void *b)
{
	const struct record *one = a, *two = b;

	if (one->time != two->time)
		return one->time < two->time ? -1 : 1;
	return one->number < two->number ? -1 : 1;
}

static void model_add(struct model *model, struct record record)
{
	assert_true(model->count < COUNT(model->waiting));
	model->waiting[model->count++] = record;
	model->late += record.time < model->newest_out;
}

/* Compares with what the order gave out: seen, from index on. */
static void model_flush(struct model *model, uint64_t until, size_t index)
{
	size_t out = 0;

	qsort(model->waiting, model->count, sizeof(*model->waiting), record_compare);
	for (; out < model->count && model->waiting[out].time <= until; out++) {
		assert_memory_equal(&seen.records[index + out], &model->waiting[out],
				    sizeof(struct record));
		if (model->waiting[out].time > model->newest_out)
			model->newest_out = model->waiting[out].time;
	}
	assert_int_equal(seen.count, index + out);
	model->count -= out;
	memmove(model->waiting, model->waiting + out, model->count * sizeof(*model->waiting));
}

static uint32_t random_next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void order_is_as_the_model(void **state)
{
	static struct model model;
	uint32_t seed = 20180320, number = 0;
	uint64_t begin = 1000;

	for (int round = 0; round < 60; round++) {
		size_t index = seen.count;
		uint64_t until;

		for (uint32_t cpu = 0; cpu < 8; cpu++) {
			/* Each CPU is in order; some begin before what the last flush let out. */
			uint64_t time = begin - random_next(&seed) % 60;

			for (uint32_t n = random_next(&seed) % 100; n; n--) {
				struct record record = {time, cpu, number++};

				time += random_next(&seed) % 4;
				model_add(&model, record);
				record_add(*state, &record, sizeof(record));
			}
		}
		until = round == 59 ? UINT64_MAX : begin + random_next(&seed) % 150;
		order_flush(*state, until, record_see, &seen);
		model_flush(&model, until, index);
		assert_int_equal(order_waiting(*state), model.count);
		assert_int_equal(order_late(*state), model.late);
		begin += 40;
	}
	assert_int_equal(model.count, 0);
	assert_int_equal(seen.count, number);
	assert_true(number > 10000 && model.late > 100);
}

static void size_see(void *arg, void *record)
{
	const char *bytes = record;

	(*(int *)arg)++;
	for (size_t i = sizeof(uint64_t); i < 84; i++)
		assert_int_equal(bytes[i], bytes[sizeof(uint64_t)]);
}

static bool is_of_cpu(const void *record, const void *cpu)
{
	return ((const struct record *)record)->cpu == *(const uint32_t *)cpu;
}

static void latest_is_the_last_to_come(void **state)
{
	static const uint32_t one = 1, other = 2, none = 3;
	struct record *record;

	assert_null(order_latest(*state, is_of_cpu, &one));
	add(*state, 30, 1);
	add(*state, 20, 1);
	add(*state, 10, 2);
	record = order_latest(*state, is_of_cpu, &one);
	assert_int_equal(record->time, 20);
	record->number = 4711;
	assert_null(order_latest(*state, is_of_cpu, &none));
	order_flush(*state, 10, record_see, &seen);
	assert_null(order_latest(*state, is_of_cpu, &other));
	assert_int_equal(((struct record *)order_latest(*state, is_of_cpu, &one))->time, 30);
	order_flush(*state, UINT64_MAX, record_see, &seen);
	assert_int_equal(seen.records[1].number, 4711);
}

static void records_may_be_of_any_size(void **state)
{
	struct order *order = order_new(84);
	int count = 0;

	assert_non_null(order);
	for (uint64_t i = 0; i < 600; i++) {
		char record[84];
		uint64_t time = i ^ 0x55;

		memset(record, 'a' + i % 26, sizeof(record));
		memcpy(record, &time, sizeof(time));
		record_add(order, record, sizeof(record));
	}
	order_flush(order, 300, size_see, &count);
	order_flush(order, UINT64_MAX, size_see, &count);
	assert_int_equal(count, 600);
	order_free(order);
}

static void many_add(struct order *order, uint64_t count)
{
	static uint64_t time;

	while (count--)
		add(order, ++time, 0);
}

static void room_of_many_is_given_back(void **state)
{
	static const uint64_t many = 60000, waiting = 1000;
	size_t most, kept;

	many_add(*state, many);
	most = order_room(*state);
	assert_true(most >= many);
	order_trim(*state); /* they are still there */
	order_flush(*state, many - waiting, record_see, &seen);
	assert_int_equal(order_room(*state), most);
	order_trim(*state); /* they were there since the last time */
	assert_int_equal(order_room(*state), most);
	order_trim(*state); /* some wait meanwhile */
	kept = order_room(*state);
	assert_true(kept < most / 8);
	assert_int_equal(order_waiting(*state), waiting);
	many_add(*state, kept - waiting);
	assert_int_equal(order_room(*state), kept);
	order_flush(*state, many + kept / 2, record_see, &seen);
	order_flush(*state, UINT64_MAX, record_see, &seen);
	assert_int_equal(seen.count, many + kept - waiting);
	for (size_t i = 0; i < seen.count; i++)
		assert_int_equal(seen.records[i].time, i + 1);
	order_trim(*state);
	order_trim(*state);
	assert_int_equal(order_room(*state), kept); /* what is usual stays */
}

#define ORDER_TEST(test) cmocka_unit_test_setup_teardown(test, seen_reset, order_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ORDER_TEST(nothing_is_nothing),
		ORDER_TEST(cpus_are_merged),
		ORDER_TEST(until_is_included),
		ORDER_TEST(equal_times_keep_their_order),
		ORDER_TEST(late_is_counted_and_given_out),
		ORDER_TEST(order_is_as_the_model),
		ORDER_TEST(latest_is_the_last_to_come),
		ORDER_TEST(room_of_many_is_given_back),
		cmocka_unit_test(records_may_be_of_any_size),
	};

	return cmocka_run_group_tests_name("order", tests, NULL, NULL);
}
