/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: the kernel is one that does not know the constant of bpf(2) that $FAIL_BPF names. Each
 * time it is asked for adds a line to the file $FAIL_LOG.
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
	abort();
}

static long refuse(const char *name)
{
	int log = open(getenv("FAIL_LOG"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (log < 0 || dprintf(log, "%s\n", name) < 0)
		abort();
	close(log);
	errno = EINVAL;
	return -1;
}

/* All of bpf(2) goes through it, as there is no function of that name: libbpf's, too. */
long syscall(long number, ...)
{
	const char *name = getenv("FAIL_BPF");
	long args[6];
	va_list list;

	va_start(list, number);
	syscall_arguments(args, list);
	va_end(list);
	if (number == SYS_bpf && is_unknown(name, args[0], (const union bpf_attr *)args[1]))
		return refuse(name);
	return syscall_real(number, args);
}
