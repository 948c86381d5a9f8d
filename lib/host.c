/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diag.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"

int host_may_trace(struct diag *diag)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = {};
	bool bpf, perfmon;
	uint64_t caps;

	if (syscall(SYS_capget, &header, sets))
		return diag_errno(diag, -errno, "capget");
	caps = sets[0].effective | (uint64_t)sets[1].effective << 32;
	bpf = caps & 1ULL << CAP_BPF;
	perfmon = caps & 1ULL << CAP_PERFMON;
	if (caps & 1ULL << CAP_SYS_ADMIN || (bpf && perfmon))
		return 0;
	diag_set(diag, -EPERM, "not permitted: %s missing",
		 bpf	   ? "CAP_PERFMON is"
		 : perfmon ? "CAP_BPF is"
			   : "CAP_BPF and CAP_PERFMON are");
	diag_hint(diag, "run it as root");
	return -EPERM;
}

/* The mode in brackets: "none [integrity] confidentiality" (kernel_lockdown(7)). */
static bool lockdown_is_on(char mode[32])
{
	FILE *file = fopen(LOCKDOWN, "re");
	char line[128] = "";
	bool found;

	if (!file)
		return false;
	found = fgets(line, sizeof(line), file) && strchr(line, '[') &&
		sscanf(strchr(line, '['), "[%31[^]]]", mode) == 1 && strcmp(mode, "none");
	fclose(file);
	return found;
}

int host_explain(int err, const char *what, struct diag *diag)
{
	char mode[32];

	if (err == -ENOSYS)
		return diag_set(diag, err, "%s: this kernel has no BPF (CONFIG_BPF_SYSCALL)", what);
	if (err == -EPERM && lockdown_is_on(mode)) {
		diag_set(diag, err, "%s: the kernel is locked down (%s)", what, mode);
		diag_hint(diag, "see kernel_lockdown(7)");
		return err;
	}
	return diag_errno(diag, err, "%s", what);
}
