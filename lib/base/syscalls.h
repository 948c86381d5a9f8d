/* SPDX-License-Identifier: Apache-2.0 */
/* System calls that glibc has functions for only since 2.36. -1 with errno set. */
#ifndef SYSCALLS_H
#define SYSCALLS_H

#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

static inline int sys_pidfd_open(pid_t pid, unsigned int flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

static inline int sys_pidfd_send_signal(int pidfd, int signal, siginfo_t *info, unsigned int flags)
{
	return syscall(SYS_pidfd_send_signal, pidfd, signal, info, flags);
}

static inline int sys_fsopen(const char *type, unsigned int flags)
{
	return syscall(SYS_fsopen, type, flags);
}

static inline int sys_fsconfig(int fd, unsigned int command, const char *key, const void *value,
			       int aux)
{
	return syscall(SYS_fsconfig, fd, command, key, value, aux);
}

static inline int sys_fsmount(int fd, unsigned int flags, unsigned int attributes)
{
	return syscall(SYS_fsmount, fd, flags, attributes);
}

#endif
