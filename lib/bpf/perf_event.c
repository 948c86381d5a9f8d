/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/perf_event.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/parse.h"
#include "system/host.h"

#define KPROBE_RETURNS 1 /* "config:0" in the file format/retprobe beside KPROBE_PMU */

/*
 * The system call requires one CPU, though what is attached runs on all. ENODEV: it is offline, so
 * the next one is tried; EINVAL: there is no such CPU.
 */
static int event_open(struct perf_event_attr *attr)
{
	for (int cpu = 0;; cpu++) {
		int fd = syscall(SYS_perf_event_open, attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

		if (fd >= 0 || errno != ENODEV)
			return fd < 0 ? -errno : fd;
	}
}

int perf_event_tracepoint(int id, struct diag *diag)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_TRACEPOINT,
		.config = id,
	};
	int fd = event_open(&attr);

	return fd < 0 ? host_explain(fd, "opening the tracepoint", diag) : fd;
}

int perf_event_kprobe(const char *function, bool returns, struct diag *diag)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.config = returns ? KPROBE_RETURNS : 0,
		.kprobe_func = (uintptr_t)function,
	};
	int fd = open(KPROBE_PMU, O_RDONLY | O_CLOEXEC), err;
	char digits[16];
	uint64_t type;
	ssize_t len;

	if (fd < 0)
		return host_explain(-errno, function, diag);
	len = read(fd, digits, sizeof(digits));
	err = len < 0 ? -errno : 0;
	close(fd);
	if (len > 0 && digits[len - 1] == '\n')
		len--;
	if (!err)
		err = parse_number(digits, len, 0, UINT_MAX, &type);
	if (err)
		return host_explain(err, function, diag);
	attr.type = type;
	fd = event_open(&attr);
	return fd < 0 ? host_explain(fd, function, diag) : fd;
}
