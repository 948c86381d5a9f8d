/* SPDX-License-Identifier: Apache-2.0 */
#include "host.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "diag.h"
#include "privileges.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"

int host_may_trace(struct diag *diag)
{
	bool bpf = privileges_have(CAP_BPF), perfmon = privileges_have(CAP_PERFMON);

	if (privileges_have(CAP_SYS_ADMIN) || (bpf && perfmon))
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
