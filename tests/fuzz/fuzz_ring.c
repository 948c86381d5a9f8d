/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A perf buffer of any content, between any two positions: its memory ends where a mapping would.
 *
 * Input: pages (a byte), head less tail (4 bytes), tail (8), the content from tail on.
 */
#include "bpf/ring.c"

#include "fuzz.h"

#define PAGE 4096

struct seen {
	size_t records, bytes;
};

static void record_see(void *arg, int cpu, const void *data, size_t size)
{
	struct seen *seen = arg;
	unsigned char *copy = malloc(size + 1);

	PROMISE(copy && size < RECORD_MAX && cpu == 1);
	memcpy(copy, data, size); /* all of it can be read */
	free(copy);
	seen->records++;
	seen->bytes += size;
}

static void content_fill(struct ring_set *set, uint64_t tail, const struct input *input)
{
	unsigned char *data = (unsigned char *)set->rings[0].meta + PAGE;

	memset(data, 0, set->data_size);
	for (size_t i = 0; i < input->left && i < set->data_size; i++)
		data[(tail + i) & (set->data_size - 1)] = input->at[i];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	struct ring_set *set = calloc(1, sizeof(*set) + sizeof(*set->rings));
	size_t pages = 1 << input_number(&input, 1) % 4;
	uint64_t filled = input_number(&input, 4), tail = input_number(&input, 8);
	struct seen seen = {0};
	int64_t got;

	PROMISE(set);
	set->count = 1;
	set->page_size = PAGE;
	set->data_size = pages * PAGE;
	set->rings[0] = (struct ring){.fd = -1, .cpu = 1, .meta = malloc(PAGE + set->data_size)};
	PROMISE(set->rings[0].meta);
	memset(set->rings[0].meta, 0, PAGE);
	set->rings[0].meta->data_tail = tail;
	set->rings[0].meta->data_head = tail + filled;
	content_fill(set, tail, &input);
	got = ring_set_drain(set, record_see, &seen);
	PROMISE(got == -EPROTO || got == (int64_t)seen.records);
	PROMISE(seen.bytes <= set->data_size);
	if (got >= 0)
		PROMISE(set->rings[0].meta->data_tail == tail + filled &&
			!ring_set_drain(set, record_see, &seen));
	free(set->rings[0].meta);
	free(set);
	return 0;
}
