/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: CPU 0 is offline, as far as perf_event_open(2) goes. */
#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscall.h"

/* libc has no function for it, so it goes through this one: libbpf's, too. */
long syscall(long number, ...)
{
	long args[6];
	va_list list;

	va_start(list, number);
	syscall_arguments(args, list);
	va_end(list);
	if (number == SYS_perf_event_open && !(int)args[2]) {
		errno = ENODEV;
		return -1;
	}
	return syscall_real(number, args);
}
