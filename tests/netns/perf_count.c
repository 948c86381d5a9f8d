/* SPDX-License-Identifier: Apache-2.0 */
/*
 * perf_count COMMAND...: runs it on one CPU, and prints how often perf counted the tracepoint
 * sock:inet_sock_set_state there meanwhile, and how many BPF programs are attached to it.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "bpf/perf_event.h"
#include "system/tracefs.h"

#define PROGRAMS_MAX 64 /* BPF_TRACE_MAX_PROGS in kernel/trace/bpf_trace.c */

static void command_run(char **command)
{
	cpu_set_t cpu;
	int status = 0;
	pid_t pid = fork();

	if (!pid) {
		CPU_ZERO(&cpu);
		CPU_SET(0,
			&cpu); /* perf_event_tracepoint() counts on the first one that is online */
		if (!sched_setaffinity(0, sizeof(cpu), &cpu))
			execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status)
		exit(EXIT_FAILURE);
}

int main(int argc, char **argv)
{
	uint32_t words[2 + PROGRAMS_MAX] = {PROGRAMS_MAX};
	struct perf_event_query_bpf *programs = (void *)words;
	struct tracepoint tracepoint;
	struct diag diag = {};
	uint64_t count;
	int fd;

	if (argc < 2)
		return 2;
	fd = tracepoint_read("sock/inet_sock_set_state", &tracepoint, &diag);
	if (!fd)
		fd = perf_event_tracepoint(tracepoint.id, &diag);
	if (fd < 0) {
		fprintf(stderr, "%s\n", diag.what);
		return EXIT_FAILURE;
	}
	command_run(argv + 1);
	if (read(fd, &count, sizeof(count)) != sizeof(count) ||
	    ioctl(fd, PERF_EVENT_IOC_QUERY_BPF, programs)) {
		perror("perf event");
		return EXIT_FAILURE;
	}
	printf("%" PRIu64 " %" PRIu32 "\n", count, programs->prog_cnt);
	return EXIT_SUCCESS;
}
