/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/ring.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/diag.h"
#include "system/host.h"

#define RECORD_MAX 65536 /* perf_event_header.size is 16 bits wide */

/* PERF_RECORD_LOST: the header, 64 bits of the event's id, as many of the number of records. */
#define LOST_OFFSET (sizeof(struct perf_event_header) + sizeof(uint64_t))
/* PERF_RECORD_SAMPLE, of PERF_SAMPLE_RAW alone: the header, 32 bits of size, the data. */
#define SAMPLE_OFFSET (sizeof(struct perf_event_header) + sizeof(uint32_t))

struct ring {
	int fd;
	int cpu;
	struct perf_event_mmap_page *meta; /* followed by the data pages */
};

struct ring_set {
	enum ring_wake wake;
	int cpus;
	size_t count; /* of those that are open */
	uint64_t lost; /* records, of all buffers */
	size_t page_size;
	size_t data_size; /* bytes of one buffer, a power of 2 */
	unsigned char record[RECORD_MAX]; /* one that wraps around, put together: rarely touched */
	struct ring rings[];
};

void ring_set_free(struct ring_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->count; i++) {
		if (set->rings[i].meta)
			munmap(set->rings[i].meta, set->page_size + set->data_size);
		close(set->rings[i].fd);
	}
	free(set);
}

static int ring_open(struct ring *ring, const struct ring_set *set, int cpu)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_BPF_OUTPUT,
		.sample_type = PERF_SAMPLE_RAW,
		.sample_period = 1,
	};
	void *meta;

	if (set->wake == RING_WAKE_QUARTER) {
		attr.watermark = 1;
		attr.wakeup_watermark = set->data_size / 4;
	} else {
		attr.wakeup_events = 1;
	}
	ring->cpu = cpu;
	ring->fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
	if (ring->fd < 0)
		return -errno;
	meta = mmap(NULL, set->page_size + set->data_size, PROT_READ | PROT_WRITE, MAP_SHARED,
		    ring->fd, 0);
	if (meta == MAP_FAILED || ioctl(ring->fd, PERF_EVENT_IOC_ENABLE, 0)) {
		/* perf_event_open(2), "MMAP layout": of mmap, EPERM is the limit. */
		int err = meta == MAP_FAILED && errno == EPERM ? -ENOBUFS : -errno;

		if (meta != MAP_FAILED)
			munmap(meta, set->page_size + set->data_size);
		close(ring->fd);
		return err;
	}
	ring->meta = meta;
	return 0;
}

struct ring_set *ring_set_new(int cpus, size_t size, enum ring_wake wake)
{
	struct ring_set *set = malloc(sizeof(*set) + cpus * sizeof(*set->rings));

	if (!set)
		return NULL;
	set->wake = wake;
	set->cpus = cpus;
	set->count = 0;
	set->lost = 0;
	set->page_size = sysconf(_SC_PAGESIZE);
	set->data_size = size > set->page_size ? size : set->page_size;
	return set;
}

int ring_set_open(struct ring_set *set, struct diag *diag)
{
	for (int cpu = 0; cpu < set->cpus; cpu++) {
		int err = ring_open(&set->rings[set->count], set, cpu);
		char what[64];

		if (!err)
			set->count++;
		if (!err || err == -ENODEV) /* not online */
			continue;
		snprintf(what, sizeof(what), "opening the perf buffer of CPU %d", cpu);
		if (err != -ENOBUFS)
			return host_explain(err, what, diag);
		/* Without CAP_IPC_LOCK (kernel/events/core.c, perf_mmap()). */
		diag_set(diag, -EPERM, "%s: not enough locked memory (RLIMIT_MEMLOCK)", what);
		diag_hint(diag, "raise RLIMIT_MEMLOCK (ulimit -l), add CAP_IPC_LOCK, or ask for "
				"smaller perf buffers");
		return -EPERM;
	}
	return 0;
}

size_t ring_set_count(const struct ring_set *set)
{
	return set ? set->count : 0;
}

int ring_set_cpu(const struct ring_set *set, size_t index)
{
	return set->rings[index].cpu;
}

int ring_set_fd(const struct ring_set *set, size_t index)
{
	return set->rings[index].fd;
}

/* The record of size bytes at position tail, in one piece. */
static const unsigned char *record_at(struct ring_set *set, const struct ring *ring, uint64_t tail,
				      size_t size)
{
	const unsigned char *data = (const unsigned char *)ring->meta + set->page_size;
	size_t at = tail & (set->data_size - 1), first = set->data_size - at;

	if (size <= first)
		return data + at;
	memcpy(set->record, data + at, first);
	memcpy(set->record + first, data, size - first);
	return set->record;
}

static int64_t ring_drain(struct ring_set *set, struct ring *ring, ring_record_fn *fn, void *arg)
{
	uint64_t head = __atomic_load_n(&ring->meta->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = ring->meta->data_tail;
	int64_t records = 0;

	if (head - tail > set->data_size)
		return -EPROTO;
	while (tail != head) {
		struct perf_event_header header;
		const unsigned char *record;

		memcpy(&header, record_at(set, ring, tail, sizeof(header)), sizeof(header));
		if (header.size < sizeof(header) || header.size > head - tail)
			return -EPROTO;
		record = record_at(set, ring, tail, header.size);
		if (header.type == PERF_RECORD_LOST) {
			uint64_t lost;

			if (header.size < LOST_OFFSET + sizeof(lost))
				return -EPROTO;
			memcpy(&lost, record + LOST_OFFSET, sizeof(lost));
			set->lost += lost;
		} else if (header.type == PERF_RECORD_SAMPLE) {
			uint32_t size;

			if (header.size < SAMPLE_OFFSET)
				return -EPROTO;
			memcpy(&size, record + sizeof(header), sizeof(size));
			if (size > header.size - SAMPLE_OFFSET)
				return -EPROTO;
			fn(arg, ring->cpu, record + SAMPLE_OFFSET, size);
			records++;
		}
		tail += header.size;
	}
	/* Only now may the kernel write over what was read. */
	__atomic_store_n(&ring->meta->data_tail, tail, __ATOMIC_RELEASE);
	return records;
}

bool ring_set_has_records(const struct ring_set *set)
{
	for (size_t i = 0; i < ring_set_count(set); i++) {
		const struct perf_event_mmap_page *meta = set->rings[i].meta;

		if (__atomic_load_n(&meta->data_head, __ATOMIC_ACQUIRE) != meta->data_tail)
			return true;
	}
	return false;
}

int64_t ring_set_drain(struct ring_set *set, ring_record_fn *fn, void *arg)
{
	int64_t records = 0;

	for (size_t i = 0; i < ring_set_count(set); i++) {
		int64_t got = ring_drain(set, &set->rings[i], fn, arg);

		if (got < 0)
			return got;
		records += got;
	}
	return records;
}

uint64_t ring_set_lost(const struct ring_set *set)
{
	return set ? set->lost : 0;
}

size_t ring_set_memory(const struct ring_set *set)
{
	return ring_set_count(set) * (set ? set->page_size + set->data_size : 0);
}
