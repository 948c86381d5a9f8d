/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: the kernel is one that does not know the constants of bpf(2) that $FAIL_BPF names,
 * with a blank between them. Each time one is asked for adds a line to the file $FAIL_LOG, with the
 * process that asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscall.h"

static int is_unknown(const char *name, int cmd, const union bpf_attr *attr)
{
	if (!strcmp(name, "BPF_F_MMAPABLE"))
		return cmd == BPF_MAP_CREATE && attr->map_flags & BPF_F_MMAPABLE;
	if (!strcmp(name, "BPF_MAP_LOOKUP_BATCH"))
		return cmd == BPF_MAP_LOOKUP_BATCH;
	if (!strcmp(name, "BPF_RAW_TRACEPOINT_OPEN"))
		return cmd == BPF_RAW_TRACEPOINT_OPEN;
	if (!strcmp(name, "BPF_PROG_TYPE_RAW_TRACEPOINT"))
		return cmd == BPF_PROG_LOAD && attr->prog_type == BPF_PROG_TYPE_RAW_TRACEPOINT;
	if (!strcmp(name, "BPF_PROG_TYPE_TRACEPOINT"))
		return cmd == BPF_PROG_LOAD && attr->prog_type == BPF_PROG_TYPE_TRACEPOINT;
	abort();
}

/* The first of the names that is asked for, or NULL. */
static const char *unknown_find(char *names, int cmd, const union bpf_attr *attr)
{
	char *rest;

	for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest))
		if (is_unknown(name, cmd, attr))
			return name;
	return NULL;
}

static long refuse(const char *name)
{
	int log = open(getenv("FAIL_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (log < 0 || dprintf(log, "%s %d\n", name, getpid()) < 0)
		abort();
	close(log);
	errno = EINVAL;
	return -1;
}

/* All of bpf(2) goes through it, as there is no function of that name: libbpf's, too. */
long syscall(long number, ...)
{
	char names[256];
	const char *name;
	long args[6];
	va_list list;

	va_start(list, number);
	syscall_arguments(args, list);
	va_end(list);
	if (number == SYS_bpf) {
		snprintf(names, sizeof(names), "%s", getenv("FAIL_BPF"));
		name = unknown_find(names, args[0], (const union bpf_attr *)args[1]);
		if (name)
			return refuse(name);
	}
	return syscall_real(number, args);
}
