/* SPDX-License-Identifier: Apache-2.0 */
/* For libraries preloaded in place of libc's syscall(): its arguments, and the call itself. */
#ifndef FAULT_SYSCALL_H
#define FAULT_SYSCALL_H

#include <dlfcn.h>
#include <stdarg.h>

static inline void syscall_arguments(long args[6], va_list list)
{
	for (int i = 0; i < 6; i++)
		args[i] = va_arg(list, long);
}

static inline long syscall_real(long number, const long args[6])
{
	static long (*real)(long, ...);

	if (!real)
		real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return real(number, args[0], args[1], args[2], args[3], args[4], args[5]);
}

#endif
