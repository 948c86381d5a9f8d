/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes seccomp_filters.h: the filters of privileges.c, as the kernel takes them. libseccomp makes
 * them when this is built, so that a start has neither to load it nor to wait for it.
 *
 *	seccomp_filters >seccomp_filters.h
 */
#include <asm/termbits.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/filter.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "privileges.h"

#define REFUSE	     SCMP_ACT_ERRNO(EPERM)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

enum { ARG_ANY, ARG_0, ARG_1, ARG_2 }; /* the argument that is compared; ARG_ANY: none */

/*
 * Which argument has the flags of clone(2) and which the protection of mmap(2). s390 has the stack
 * before the flags (CONFIG_CLONE_BACKWARDS2), and mmap(2) takes a pointer to its arguments, which a
 * filter does not see (arch/s390/kernel/syscall.c).
 */
#ifdef __s390x__
#define CLONE_FLAGS ARG_1
#define MMAP_PROT   ARG_ANY
#else
#define CLONE_FLAGS ARG_0
#define MMAP_PROT   ARG_2
#endif

/* A system call, if (arg & mask) == value. */
struct call_rule {
	const char *name;
	unsigned int kept; /* enum kept: KEPT_TERMINAL, or the least of the others */
	int arg;
	uint32_t mask, value;
};

/*
 * What the tracer's loop and its end need, and what libc may do meanwhile. abort(3) does not need
 * tgkill(2): it then ends the process by an instruction.
 */
static const struct call_rule tracer[] = {
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
	{.name = "brk"},
	{.name = "munmap"},
	{.name = "madvise"},
	{.name = "mremap"},
	{.name = "mmap", .arg = MMAP_PROT, .mask = PROT_EXEC},
	{.name = "mprotect", .arg = ARG_2, .mask = PROT_EXEC},
	{.name = "futex"},
	{.name = "uname"}, /* in the first record of JSON */
	{.name = "getpid"},
	{.name = "gettid"},
	{.name = "getrandom"},
	{.name = "wait4"},
	{.name = "waitid"},
	{.name = "pidfd_send_signal"}, /* to its own child, the only one it has a descriptor of */
	{.name = "rt_sigaction"},
	{.name = "rt_sigprocmask"},
	{.name = "rt_sigreturn"},
	{.name = "exit"},
	{.name = "exit_group"},
	{.name = "capget"},
	{.name = "ioctl", .arg = ARG_1, .mask = UINT32_MAX, .value = PERF_EVENT_IOC_DISABLE},
	/* lib/system/terminal.c; glibc uses the second pair from 2.42 on. */
	{"ioctl", KEPT_TERMINAL, ARG_1, UINT32_MAX, TIOCGWINSZ},
	{"ioctl", KEPT_TERMINAL, ARG_1, UINT32_MAX, TCGETS},
	{"ioctl", KEPT_TERMINAL, ARG_1, UINT32_MAX, TCSETSW},
	{"ioctl", KEPT_TERMINAL, ARG_1, UINT32_MAX, TCGETS2},
	{"ioctl", KEPT_TERMINAL, ARG_1, UINT32_MAX, TCSETSW2},
	{.name = "prctl", .arg = ARG_0, .mask = UINT32_MAX, .value = PR_GET_SECCOMP},
	{.name = "prctl", .arg = ARG_0, .mask = UINT32_MAX, .value = PR_GET_NO_NEW_PRIVS},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_MAP_LOOKUP_ELEM},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_MAP_LOOKUP_BATCH},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_OBJ_GET_INFO_BY_FD},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_ITER_CREATE},
	{.name = "bpf", .arg = ARG_0, .mask = UINT32_MAX, .value = BPF_PROG_TEST_RUN},

	/* lib/system/cgroup.c: paths, but no contents. */
	{"open_by_handle_at", KEPT_CGROUPS, ARG_2, O_PATH, O_PATH},
	{.name = "readlink", .kept = KEPT_CGROUPS},
	{.name = "readlinkat", .kept = KEPT_CGROUPS},
	/* What filters by their names know of new ones. */
	{"bpf", KEPT_MAPS, ARG_0, UINT32_MAX, BPF_MAP_UPDATE_ELEM},
	{"bpf", KEPT_MAPS, ARG_0, UINT32_MAX, BPF_MAP_DELETE_ELEM},
};

/*
 * What no compiler needs: the network, other processes, other namespaces, the kernel, changes of
 * files.
 */
static const char compiler_refused[] =
	"socket socketcall connect bind listen accept accept4 io_uring_setup "
	"io_uring_enter ptrace process_vm_readv process_vm_writev pidfd_getfd kcmp bpf "
	"perf_event_open init_module finit_module delete_module kexec_load "
	"kexec_file_load mount umount2 move_mount open_tree fsopen fsmount fspick "
	"mount_setattr pivot_root chroot setns unshare add_key request_key keyctl "
	"userfaultfd reboot swapon swapoff settimeofday clock_settime adjtimex "
	"clock_adjtime sethostname setdomainname acct quotactl open_by_handle_at iopl "
	"ioperm syslog kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo "
	"pidfd_open pidfd_send_signal process_madvise setpriority sched_setattr "
	"sched_setscheduler sched_setparam "
	"creat mkdir mkdirat mknod mknodat link linkat symlink symlinkat rename renameat "
	"renameat2 unlink unlinkat rmdir truncate chmod fchmod fchmodat fchmodat2 chown "
	"fchown lchown fchownat utime utimes utimensat futimesat setxattr lsetxattr "
	"fsetxattr removexattr lremovexattr fremovexattr setxattrat removexattrat "
	"inotify_init inotify_init1 fanotify_init mq_open shmget semget msgget";

/* Calls that it needs, with arguments that it does not need. */
static const struct call_rule compiler_refused_arguments[] = {
	{.name = "open", .arg = ARG_1, .mask = O_WRONLY, .value = O_WRONLY},
	{.name = "open", .arg = ARG_1, .mask = O_RDWR, .value = O_RDWR},
	{.name = "open", .arg = ARG_1, .mask = O_CREAT, .value = O_CREAT},
	{.name = "open", .arg = ARG_1, .mask = O_TRUNC, .value = O_TRUNC},
	{.name = "openat", .arg = ARG_2, .mask = O_WRONLY, .value = O_WRONLY},
	{.name = "openat", .arg = ARG_2, .mask = O_RDWR, .value = O_RDWR},
	{.name = "openat", .arg = ARG_2, .mask = O_CREAT, .value = O_CREAT},
	{.name = "openat", .arg = ARG_2, .mask = O_TRUNC, .value = O_TRUNC},
	{.name = "clone", .arg = CLONE_FLAGS, .mask = CLONE_NEWUSER, .value = CLONE_NEWUSER},
};

/* A filter does not see their arguments, which are in memory: libc then uses the older call. */
static const char compiler_unseen[] = "openat2 clone3";

static void die(const char *what, int err)
{
	fprintf(stderr, "seccomp_filters: %s: %s\n", what, strerror(-err));
	exit(1);
}

static void rule_apply(scmp_filter_ctx filter, uint32_t action, const struct call_rule *rule)
{
	int number = seccomp_syscall_resolve_name(rule->name), err;

	if (number == __NR_SCMP_ERROR) /* newer than this libseccomp */
		return;
	if (rule->arg == ARG_ANY)
		err = seccomp_rule_add(filter, action, number, 0);
	else
		err = seccomp_rule_add(filter, action, number, 1,
				       SCMP_CMP(rule->arg - ARG_0, SCMP_CMP_MASKED_EQ, rule->mask,
						rule->value));
	if (err)
		die(rule->name, err);
}

/* names: separated by blanks. */
static void names_add(scmp_filter_ctx filter, uint32_t action, const char *names)
{
	char name[64];

	for (int len; sscanf(names, "%63s%n", name, &len) == 1; names += len)
		rule_apply(filter, action, &(struct call_rule){.name = name});
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

static bool rule_applies(const struct call_rule *rule, unsigned int kept)
{
	if (rule->kept == KEPT_TERMINAL)
		return kept & KEPT_TERMINAL;
	return (kept & ~KEPT_TERMINAL) >= rule->kept;
}

static void tracer_write(unsigned int kept)
{
	scmp_filter_ctx filter = filter_new(REFUSE);

	for (size_t i = 0; i < COUNT(tracer); i++)
		if (rule_applies(&tracer[i], kept))
			rule_apply(filter, SCMP_ACT_ALLOW, &tracer[i]);
	filter_write(filter, "tracer", kept);
}

int main(void)
{
	scmp_filter_ctx filter;

	puts("/* Made by seccomp_filters.c. */");
	for (unsigned int kept = KEPT_NOTHING; kept <= KEPT_MAPS; kept++) {
		tracer_write(kept);
		tracer_write(kept | KEPT_TERMINAL);
	}
	filter = filter_new(SCMP_ACT_ALLOW);
	names_add(filter, REFUSE, compiler_refused);
	names_add(filter, SCMP_ACT_ERRNO(ENOSYS), compiler_unseen);
	for (size_t i = 0; i < COUNT(compiler_refused_arguments); i++)
		rule_apply(filter, REFUSE, &compiler_refused_arguments[i]);
	filter_write(filter, "compiler", 0);
	return fflush(stdout) ? 1 : 0;
}
