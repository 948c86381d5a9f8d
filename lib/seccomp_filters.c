/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes seccomp_filters.h: the filters of privileges.c, as the kernel takes them. libseccomp makes
 * them when this is built, so that a start has neither to load it nor to wait for it.
 *
 *	seccomp_filters >seccomp_filters.h
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "privileges.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { ARG_ANY, ARG_0, ARG_1, ARG_2 }; /* the argument that is looked at */

/* A system call that is let through, if one of its arguments is so. */
struct allowed {
	const char *name;
	unsigned int may; /* one of these is granted; 0: always */
	int arg;
	uint32_t mask, value;
};

/* What the tracer's loop does, its end, and what libc may do meanwhile. */
static const struct allowed tracer[] = {
	{.name = "read"},
	{.name = "write"},
	{.name = "writev"},
	{.name = "close"},
	{.name = "poll"},
	{.name = "ppoll"},
	{.name = "restart_syscall"}, /* ppoll(2) after SIGCONT */
	{.name = "clock_gettime"}, /* where there is no vDSO */
	{.name = "gettimeofday"},
	{.name = "recvmsg"},
	{.name = "lseek"},
	{.name = "fstat"},
	{.name = "newfstatat"}, /* /etc/localtime, by localtime(3) */
	{.name = "statx"},
	{.name = "brk"},
	{.name = "munmap"},
	{.name = "madvise"},
	{.name = "mremap"},
	{.name = "mmap", .arg = ARG_2, .mask = PROT_EXEC},
	{.name = "mprotect", .arg = ARG_2, .mask = PROT_EXEC},
	{.name = "futex"},
	{.name = "getpid"},
	{.name = "gettid"},
	{.name = "getrandom"},
	{.name = "wait4"},
	{.name = "waitid"},
	{.name = "pidfd_send_signal"}, /* to whom there is a descriptor of: its own child */
	{.name = "tgkill", .arg = ARG_2, .mask = UINT32_MAX, .value = SIGABRT}, /* abort(3) */
	{.name = "rt_sigaction"},
	{.name = "rt_sigprocmask"},
	{.name = "rt_sigreturn"},
	{.name = "exit"},
	{.name = "exit_group"},
	{.name = "capget"},
	{.name = "ioctl", .arg = ARG_1, .mask = UINT32_MAX, .value = PERF_EVENT_IOC_DISABLE},
	{.name = "prctl", .arg = ARG_0, .mask = UINT32_MAX, .value = PR_GET_SECCOMP},
	{.name = "prctl", .arg = ARG_0, .mask = UINT32_MAX, .value = PR_GET_NO_NEW_PRIVS},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_MAP_LOOKUP_ELEM},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_MAP_LOOKUP_BATCH},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_OBJ_GET_INFO_BY_FD},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_ITER_CREATE},

	/* lib/cgroup.c: names, but nothing in them. */
	{"open_by_handle_at", MAY_FIND_CGROUPS, ARG_2, O_PATH, O_PATH},
	{.name = "readlink", .may = MAY_FIND_CGROUPS},
	{.name = "readlinkat", .may = MAY_FIND_CGROUPS},
	{.name = "faccessat", .may = MAY_FIND_CGROUPS},
	{.name = "faccessat2", .may = MAY_FIND_CGROUPS},

	/* sd_journal_sendv(3): a large entry is a sealed file. */
	{"socket", MAY_LOG, ARG_0, UINT32_MAX, AF_UNIX},
	{.name = "connect", .may = MAY_LOG},
	{.name = "sendmsg", .may = MAY_LOG},
	{.name = "getsockopt", .may = MAY_LOG},
	{.name = "setsockopt", .may = MAY_LOG},
	{.name = "memfd_create", .may = MAY_LOG},
	{.name = "ftruncate", .may = MAY_LOG},
	{"fcntl", MAY_LOG, ARG_1, UINT32_MAX, F_ADD_SEALS},
};

/* What no compiler needs: the network, other processes, the kernel. The last only for an archive.
 */
static const char *const not_the_compiler[] = {
	"socket socketcall connect bind listen accept accept4 io_uring_setup "
	"io_uring_enter ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf "
	"perf_event_open init_module finit_module delete_module kexec_load "
	"kexec_file_load umount2 move_mount open_tree fsopen fsmount fspick "
	"mount_setattr pivot_root chroot setns add_key request_key keyctl "
	"userfaultfd reboot swapon swapoff settimeofday clock_settime adjtimex "
	"clock_adjtime sethostname setdomainname acct quotactl open_by_handle_at iopl "
	"ioperm syslog",
	"mount unshare",
};

static void die(const char *what, int err)
{
	fprintf(stderr, "seccomp_filters: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void rule_add(scmp_filter_ctx filter, uint32_t action, const struct allowed *allowed)
{
	int number = seccomp_syscall_resolve_name(allowed->name), err;

	if (number == __NR_SCMP_ERROR) /* younger than this libseccomp */
		return;
	if (allowed->arg == ARG_ANY)
		err = seccomp_rule_add(filter, action, number, 0);
	else
		err = seccomp_rule_add(filter, action, number, 1,
				       SCMP_CMP(allowed->arg - ARG_0, SCMP_CMP_MASKED_EQ,
						allowed->mask, allowed->value));
	if (err)
		die(allowed->name, err);
}

/* Names with a blank in between. */
static void names_add(scmp_filter_ctx filter, uint32_t action, const char *names)
{
	char name[64];

	for (int len; sscanf(names, "%63s%n", name, &len) == 1; names += len)
		rule_add(filter, action, &(struct allowed){.name = name});
}

/* Writes it as an array of struct sock_filter. */
static void filter_write(scmp_filter_ctx filter, const char *name, unsigned int number)
{
	FILE *file = tmpfile();
	struct sock_filter step;
	int err = file ? seccomp_export_bpf(filter, fileno(file)) : -errno;

	if (err)
		die("the filter", err);
	rewind(file);
	printf("static const struct sock_filter %s_%u[] = {\n", name, number);
	while (fread(&step, sizeof(step), 1, file) == 1)
		printf("\t{%#x, %u, %u, %#x},\n", step.code, step.jt, step.jf, step.k);
	puts("};");
	fclose(file);
	seccomp_release(filter);
}

static scmp_filter_ctx filter_new(uint32_t action)
{
	scmp_filter_ctx filter = seccomp_init(action);

	if (!filter || seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2))
		die("libseccomp", -ENOMEM);
	return filter;
}

int main(void)
{
	const uint32_t refuse = SCMP_ACT_ERRNO(EPERM);
	scmp_filter_ctx filter;

	puts("/* Made by seccomp_filters.c. */");
	for (unsigned int may = 0; may <= (MAY_FIND_CGROUPS | MAY_LOG); may++) {
		filter = filter_new(refuse);
		for (size_t i = 0; i < COUNT(tracer); i++)
			if (!tracer[i].may || tracer[i].may & may)
				rule_add(filter, SCMP_ACT_ALLOW, &tracer[i]);
		filter_write(filter, "tracer", may);
	}
	for (unsigned int may_mount = 0; may_mount <= 1; may_mount++) {
		filter = filter_new(SCMP_ACT_ALLOW);
		for (size_t i = 0; i < COUNT(not_the_compiler) - may_mount; i++)
			names_add(filter, refuse, not_the_compiler[i]);
		filter_write(filter, "compiler", may_mount);
	}
	return fflush(stdout) ? 1 : 0;
}
