/* SPDX-License-Identifier: Apache-2.0 */
#include "privileges.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/capability.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diag.h"
#include "seccomp_filters.h"

#define HINT	       "--keep-privileges goes on with all of them"
#define COMPILE_MEMORY (4ULL << 30) /* bytes of address space; Clang takes some 0.5 GB */
#define COMPILE_FILE   (256ULL << 20) /* bytes; the kernel's headers are unpacked one by one */
#define FILTER(array)                                                                              \
	{                                                                                          \
		sizeof(array) / sizeof(*(array)), (struct sock_filter *)(array)                    \
	}
#define KEPT_MAX 2

/* By what may be done. */
static const struct sock_fprog tracers[] = {
	[0] = FILTER(tracer_0),
	[MAY_FIND_CGROUPS] = FILTER(tracer_1),
	[MAY_LOG] = FILTER(tracer_2),
	[MAY_FIND_CGROUPS | MAY_LOG] = FILTER(tracer_3),
};
static const struct sock_fprog compilers[] = {FILTER(compiler_0), FILTER(compiler_1)};

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

/* Those of kept that are permitted, and no other, in every set, or only in the effective one. */
static int caps_set(const cap_value_t *kept, int count, bool for_good)
{
	cap_t caps = cap_get_proc(), now = NULL;
	int err = 0;

	if (!caps)
		return -errno;
	cap_clear_flag(caps, CAP_EFFECTIVE);
	for (int i = 0; i < count; i++) {
		cap_flag_value_t value = CAP_CLEAR;

		cap_get_flag(caps, kept[i], CAP_PERMITTED, &value);
		cap_set_flag(caps, CAP_EFFECTIVE, 1, &kept[i], value);
	}
	if (for_good) { /* what is not permitted is not ambient either (capabilities(7)) */
		cap_fill(caps, CAP_PERMITTED, CAP_EFFECTIVE);
		cap_clear_flag(caps, CAP_INHERITABLE);
	}
	if (cap_set_proc(caps))
		err = -errno;
	now = err ? NULL : cap_get_proc();
	if (!err)
		err = !now ? -errno : cap_compare(now, caps) ? -EPERM : 0;
	cap_free(now);
	cap_free(caps);
	return err;
}

/* What bpf(2) asks for where it lets in nobody else. */
static cap_value_t bpf_capability(void)
{
	return CAP_IS_SUPPORTED(CAP_BPF) ? CAP_BPF : CAP_SYS_ADMIN;
}

static int caps_drop(unsigned int may, bool (*may_read)(void *arg), void *arg)
{
	cap_value_t kept[KEPT_MAX];
	int count = 0, err;

	if (may & MAY_FIND_CGROUPS)
		kept[count++] = CAP_DAC_READ_SEARCH;
	err = caps_set(kept, count, false);
	if (err)
		return err;
	if (!may_read(arg))
		kept[count++] = bpf_capability();
	return caps_set(kept, count, true);
}

static int filter_set(const struct sock_fprog *filter)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter))
		return -errno;
	return 0;
}

/* None of the filters lets anybody into the network. */
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

static int refusal(int err, struct diag *diag)
{
	diag_errno(diag, err, "seccomp");
	diag_hint(diag, HINT);
	return err;
}

int privileges_may_drop(struct diag *diag)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) ? refusal(-errno, diag)
									  : 0;
}

int privileges_drop(unsigned int may, bool (*may_read)(void *arg), void *arg, struct diag *diag)
{
	int err = caps_drop(may, may_read, arg);

	if (err) {
		diag_errno(diag, err, "giving up capabilities");
		diag_hint(diag, HINT);
	} else if (!is_sanitized) {
		err = filter_set(&tracers[may]);
		if (err)
			refusal(err, diag);
		else if (!filter_holds())
			err = refusal(-ENOTSUP, diag);
	}
	return err;
}

static int limit_set(int resource, rlim_t value)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return -errno;
	if (limit.rlim_max < value) /* RLIM_INFINITY is the largest */
		value = limit.rlim_max;
	limit = (struct rlimit){value, value};
	return setrlimit(resource, &limit) ? -errno : 0;
}

int privileges_compile(unsigned int seconds, bool may_mount)
{
	const cap_value_t mounting[] = {CAP_SYS_ADMIN};
	const struct {
		int resource;
		rlim_t value;
	} limits[] = {
		{RLIMIT_AS, is_sanitized ? RLIM_INFINITY : COMPILE_MEMORY},
		{RLIMIT_CPU, seconds},
		{RLIMIT_FSIZE, COMPILE_FILE},
		{RLIMIT_CORE, 0},
	};
	int err = caps_set(mounting, may_mount, true);
	struct diag none;

	for (size_t i = 0; !err && i < sizeof(limits) / sizeof(*limits); i++)
		err = limit_set(limits[i].resource, limits[i].value);
	/* Whoever has a kernel without seccomp has been told, and gone on with --keep-privileges.
	 */
	return err || privileges_may_drop(&none) ? err : filter_set(&compilers[may_mount]);
}
