/* SPDX-License-Identifier: Apache-2.0 */
#include "system/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/diag.h"
#include "seccomp_filters.h"
#include "system/landlock.h"

#define HINT	       "--keep-privileges goes on with all of them"
#define PASSWD	       "/etc/passwd"
#define OVERFLOW_ID    65534 /* DEFAULT_OVERFLOWUID, include/linux/highuid.h */
#define COMPILE_MEMORY (4ULL << 30) /* bytes of address space; Clang takes some 0.5 GB */
#define COMPILE_FILE   (256ULL << 20) /* bytes; the kernel's headers are unpacked one by one */
#define FILTER(array)  sizeof(array) / sizeof(*(array)), (struct sock_filter *)(array)

static const struct sock_fprog tracer_filters[] = {
	[KEPT_NOTHING] = {FILTER(tracer_0)},
	[KEPT_CGROUPS] = {FILTER(tracer_1)},
	[KEPT_MAPS] = {FILTER(tracer_2)},
	[KEPT_NOTHING | KEPT_TERMINAL] = {FILTER(tracer_4)},
	[KEPT_CGROUPS | KEPT_TERMINAL] = {FILTER(tracer_5)},
	[KEPT_MAPS | KEPT_TERMINAL] = {FILTER(tracer_6)},
};
static const struct sock_fprog compiler_filter = {FILTER(compiler_0)};

#ifndef __has_feature /* Clang's; gcc defines the other */
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
/* At the end it stops its own process with ptrace(2), and its shadow memory is 20 TB of addresses.
 */
static const bool is_sanitized = true;
#else
static const bool is_sanitized = false;
#endif

bool privileges_are_raised(void)
{
	return getauxval(AT_SECURE);
}

int privileges_have(int capability)
{
	cap_flag_value_t value = CAP_CLEAR;
	cap_t caps = cap_get_proc();

	if (!caps)
		return -errno;
	cap_get_flag(caps, capability, CAP_EFFECTIVE, &value);
	cap_free(caps);
	return value == CAP_SET;
}

/* Of one set, the capabilities among kept become the whole of the other. */
static void set_copy(cap_t caps, cap_flag_t from, cap_flag_t to, const cap_value_t *kept, int count)
{
	cap_clear_flag(caps, to);
	for (int i = 0; i < count; i++) {
		cap_flag_value_t value = CAP_CLEAR;

		cap_get_flag(caps, kept[i], from, &value);
		cap_set_flag(caps, to, 1, &kept[i], value);
	}
}

/* Those of kept that are permitted, and no other, in every set, or only in the effective one. */
static int caps_set(const cap_value_t *kept, int count, bool for_good)
{
	cap_t caps = cap_get_proc(), now = NULL;
	int err = 0;

	if (!caps)
		return -errno;
	set_copy(caps, CAP_PERMITTED, CAP_EFFECTIVE, kept, count);
	if (for_good) { /* what is not permitted is not ambient either (capabilities(7)) */
		set_copy(caps, CAP_EFFECTIVE, CAP_PERMITTED, kept, count);
		cap_clear_flag(caps, CAP_INHERITABLE);
	}
	now = cap_set_proc(caps) ? NULL : cap_get_proc();
	if (!now)
		err = -errno;
	else if (cap_compare(now, caps))
		err = -EPERM;
	cap_free(now);
	cap_free(caps);
	return err;
}

static int filter_set(const struct sock_fprog *filter)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter))
		return -errno;
	return 0;
}

/* The filter of the tracer allows no socket. */
static bool filter_holds(void)
{
	int fd;

	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1 ||
	    prctl(PR_GET_SECCOMP) != SECCOMP_MODE_FILTER)
		return false;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EPERM;
}

static int refusal(int err, const char *what, struct diag *diag)
{
	diag_errno(diag, err, "%s", what);
	diag_hint(diag, HINT);
	return err;
}

int privileges_may_drop(struct diag *diag)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		return refusal(-errno, "seccomp", diag);
	return 0;
}

int privileges_drop(enum kept keep, bool (*may_read)(void *arg), void *arg, struct diag *diag)
{
	cap_value_t kept[2];
	int count = 0, err;

	if ((keep & ~KEPT_TERMINAL) >= KEPT_CGROUPS)
		kept[count++] = CAP_DAC_READ_SEARCH;
	err = caps_set(kept, count, false);
	if (!err) {
		/* bpf(2) may require it even for a look-up. */
		if (!may_read(arg))
			kept[count++] = CAP_IS_SUPPORTED(CAP_BPF) ? CAP_BPF : CAP_SYS_ADMIN;
		err = caps_set(kept, count, true);
	}
	if (err)
		return refusal(err, "dropping capabilities", diag);
	if (is_sanitized)
		return 0;
	err = filter_set(&tracer_filters[keep]);
	if (!err && !filter_holds())
		err = -ENOTSUP;
	return err ? refusal(err, "seccomp", diag) : 0;
}

struct unprivileged unprivileged_find(void)
{
	struct unprivileged found = {OVERFLOW_ID, OVERFLOW_ID};
	struct passwd entry = {0}, *user;
	char strings[4096]; /* an entry that is longer ends the search */
	FILE *file;

	/* Changes the user, and ends its processes afterwards. */
	if (privileges_have(CAP_SETUID) != 1 || privileges_have(CAP_SETGID) != 1 ||
	    privileges_have(CAP_KILL) != 1)
		return (struct unprivileged){geteuid(), getegid()};
	/* Not by getpwnam(3), which loads what nsswitch.conf names into this process. */
	file = fopen(PASSWD, "re");
	while (file && !fgetpwent_r(file, &entry, strings, sizeof(strings), &user)) {
		bool ours = !strcmp(user->pw_name, COMPILE_USER);

		if (!user->pw_uid || (!ours && strcmp(user->pw_name, "nobody")))
			continue;
		found = (struct unprivileged){user->pw_uid, user->pw_gid};
		if (ours)
			break;
	}
	if (file)
		fclose(file);
	return found;
}

/*
 * Sets the user, the capabilities, the limits and the files of a child that only works on what it
 * reads. dir: the directory that it may write to, or -1.
 */
static int child_confine(unsigned int seconds, const cap_value_t *kept, int count, int dir)
{
	const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{RLIMIT_AS, is_sanitized ? RLIM_INFINITY : COMPILE_MEMORY},
		{RLIMIT_CPU, seconds},
		{RLIMIT_FSIZE, COMPILE_FILE},
		{RLIMIT_CORE, 0},
	};
	struct landlock_rule rules[] = {{-1, LANDLOCK_RUN}, {dir, LANDLOCK_ALL}};
	struct unprivileged user = unprivileged_find();
	int err;

	/* EINVAL: in a user namespace that does not map that user, root is nobody outside. */
	if (user.uid != geteuid() &&
	    (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || setgroups(0, NULL) ||
	     setresgid(user.gid, user.gid, user.gid) || setresuid(user.uid, user.uid, user.uid)) &&
	    errno != EINVAL)
		return -errno;
	err = caps_set(kept, count, true);
	if (err)
		return err;
	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i].resource, &limit))
			return -errno;
		if (limit.rlim_max > limits[i].value) /* RLIM_INFINITY is the largest */
			limit.rlim_max = limits[i].value;
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(limits[i].resource, &limit))
			return -errno;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	rules[0].fd = open("/", O_PATH | O_CLOEXEC);
	err = landlock_confine(rules, 2);
	if (rules[0].fd >= 0)
		close(rules[0].fd);
	return err;
}

int privileges_compile(unsigned int seconds)
{
	/* The user may have no access to the compiler's folder, as below /root. exec drops it. */
	const cap_value_t kept[] = {CAP_DAC_OVERRIDE};
	int err = child_confine(seconds, kept, 1, -1);
	struct diag none;

	/* Without seccomp in the kernel, only --keep-privileges gets here. */
	return err || privileges_may_drop(&none) ? err : filter_set(&compiler_filter);
}

int privileges_unpack(unsigned int seconds, int dir)
{
	return child_confine(seconds, NULL, 0, dir);
}
