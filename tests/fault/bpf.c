/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: the kernel is one that does not know the constant of bpf(2) that $FAIL_BPF names. Each
 * time it is asked for adds a line to the file $FAIL_LOG.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

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
	static long (*real)(long, ...);
	const char *name = getenv("FAIL_BPF");
	long args[6];
	va_list list;

	va_start(list, number);
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_bpf && is_unknown(name, args[0], (const union bpf_attr *)args[1]))
		return refuse(name);
	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return real(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}
