/* SPDX-License-Identifier: Apache-2.0 */
/* Records of a perf buffer in memory: what the kernel says of those that it has dropped. */
#include "bpf/ring.c"

#include "unit.h"

#define PAGE 4096

struct sample {
	struct perf_event_header header;
	uint32_t size;
	char data[4];
};

struct lost {
	struct perf_event_header header;
	uint64_t id, lost;
};

struct buffer {
	struct ring_set *set;
	unsigned char memory[2 * PAGE];
};

static void buffer_open(struct buffer *buffer, uint64_t at)
{
	memset(buffer, 0, sizeof(*buffer));
	buffer->set = calloc(1, sizeof(*buffer->set) + sizeof(*buffer->set->rings));
	assert_non_null(buffer->set);
	buffer->set->count = 1;
	buffer->set->page_size = buffer->set->data_size = PAGE;
	buffer->set->rings[0] = (struct ring){.fd = -1, .meta = (void *)buffer->memory};
	buffer->set->rings[0].meta->data_tail = buffer->set->rings[0].meta->data_head = at;
}

static void buffer_write(struct buffer *buffer, const void *record, size_t size)
{
	struct perf_event_mmap_page *meta = buffer->set->rings[0].meta;
	const unsigned char *bytes = record;

	for (size_t i = 0; i < size; i++)
		buffer->memory[PAGE + meta->data_head++ % PAGE] = bytes[i];
}

static void lost_write(struct buffer *buffer, uint64_t lost)
{
	const struct lost record = {{PERF_RECORD_LOST, 0, sizeof(record)}, 7, lost};

	buffer_write(buffer, &record, sizeof(record));
}

static void sample_write(struct buffer *buffer)
{
	const struct sample record = {{PERF_RECORD_SAMPLE, 0, sizeof(record)}, 4, "abc"};

	buffer_write(buffer, &record, sizeof(record));
}

static void sample_see(void *arg, int cpu, const void *data, size_t size)
{
	(void)cpu;
	assert_int_equal(size, 4);
	assert_memory_equal(data, "abc", 4);
	(*(int *)arg)++;
}

/* From each place at the buffer's end, so that each record is also one that wraps around. */
static void what_is_dropped_is_summed(void **state)
{
	struct buffer buffer;

	for (uint64_t at = PAGE - 64; at <= PAGE; at += 8) {
		int samples = 0;

		buffer_open(&buffer, at);
		sample_write(&buffer);
		lost_write(&buffer, 5);
		sample_write(&buffer);
		assert_int_equal(ring_set_drain(buffer.set, sample_see, &samples), 2);
		assert_int_equal(ring_set_lost(buffer.set), 5);
		lost_write(&buffer, 1ULL << 40);
		sample_write(&buffer);
		assert_int_equal(ring_set_drain(buffer.set, sample_see, &samples), 1);
		assert_int_equal(ring_set_lost(buffer.set), 5 + (1ULL << 40));
		assert_int_equal(samples, 3);
		free(buffer.set);
	}
	assert_int_equal(ring_set_lost(NULL), 0);
}

static void short_one_is_refused(void **state)
{
	const struct lost record = {{PERF_RECORD_LOST, 0, sizeof(record) - 8}, 7, 5};
	struct buffer buffer;

	buffer_open(&buffer, 0);
	buffer_write(&buffer, &record, record.header.size);
	assert_int_equal(ring_set_drain(buffer.set, sample_see, NULL), -EPROTO);
	assert_int_equal(ring_set_lost(buffer.set), 0);
	free(buffer.set);
}

/* A kernel's page may be larger than what is asked for, as where it has 64 KiB. */
static void size_is_in_bytes(void **state)
{
	const size_t page = sysconf(_SC_PAGESIZE), sizes[] = {0, page, 1 << 20};

	for (size_t i = 0; i < COUNT(sizes); i++) {
		struct ring_set *set = ring_set_new(2, sizes[i], RING_WAKE_RECORD);

		assert_non_null(set);
		assert_int_equal(set->data_size, sizes[i] ? sizes[i] : page);
		assert_int_equal(ring_set_memory(set), 0);
		set->count = 2;
		assert_int_equal(ring_set_memory(set), 2 * (page + set->data_size));
		free(set);
	}
	assert_int_equal(ring_set_memory(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_dropped_is_summed),
		cmocka_unit_test(short_one_is_refused),
		cmocka_unit_test(size_is_in_bytes),
	};

	return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
