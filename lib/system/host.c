/* SPDX-License-Identifier: Apache-2.0 */
#include "system/host.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/diag.h"
#include "system/privileges.h"

#define LOCKDOWN "/sys/kernel/security/lockdown"

int host_may_trace(struct diag *diag)
{
	int bpf = privileges_have(CAP_BPF), perfmon = privileges_have(CAP_PERFMON);
	int admin = privileges_have(CAP_SYS_ADMIN);
	const char *missing, *grant = "cap_bpf,cap_perfmon";

	if (bpf < 0)
		return diag_errno(diag, bpf, "reading the capabilities");
	if (perfmon < 0)
		return diag_errno(diag, perfmon, "reading the capabilities");
	if (admin < 0)
		return diag_errno(diag, admin, "reading the capabilities");
	if (admin || (bpf && perfmon))
		return 0;
	/* Before Linux 5.8 there is neither. */
	if (prctl(PR_CAPBSET_READ, CAP_BPF) < 0) {
		missing = "CAP_SYS_ADMIN is";
		grant = "cap_sys_admin";
	} else if (bpf) {
		missing = "CAP_PERFMON is";
	} else if (perfmon) {
		missing = "CAP_BPF is";
	} else {
		missing = "CAP_BPF and CAP_PERFMON are";
	}
	diag_set(diag, -EPERM, "not permitted: %s missing", missing);
	diag_hint(diag, "run as root, or grant capabilities to the file: setcap %s+ep", grant);
	return -EPERM;
}

/* The mode in brackets: "none [integrity] confidentiality" (kernel_lockdown(7)). */
bool host_is_locked_down(char mode[HOST_LOCKDOWN_ROOM])
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

int host_may_read(struct diag *diag)
{
	char mode[HOST_LOCKDOWN_ROOM];

	if (!host_is_locked_down(mode) || strcmp(mode, "confidentiality"))
		return 0;
	diag_set(diag, -EPERM, "the kernel is locked down (%s)", mode);
	diag_hint(diag, "see kernel_lockdown(7)");
	return -EPERM;
}

int host_explain(int err, const char *what, struct diag *diag)
{
	char mode[HOST_LOCKDOWN_ROOM];

	if (err == -ENOSYS)
		return diag_set(diag, err, "%s: this kernel has no BPF (CONFIG_BPF_SYSCALL)", what);
	if (err == -EPERM && host_is_locked_down(mode)) {
		diag_set(diag, err, "%s: the kernel is locked down (%s)", what, mode);
		diag_hint(diag, "see kernel_lockdown(7)");
		return err;
	}
	return diag_errno(diag, err, "%s", what);
}
