/* SPDX-License-Identifier: Apache-2.0 */
/* What this host permits, and why not. */
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>

struct diag;

#define HOST_LOCKDOWN_ROOM 32

/*
 * Whether this process may load tracing programs: CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN alone
 * (capabilities(7)). -EPERM with diag naming what is missing.
 */
int host_may_trace(struct diag *diag);

/*
 * Whether a tracing program may read the kernel's memory: not under lockdown for confidentiality
 * (kernel_lockdown(7)). -EPERM with diag filled. Without securityfs the mode is unknown.
 */
int host_may_read(struct diag *diag);

/*
 * Fills diag with "what: why" for the error of a bpf(2) or perf_event_open(2), with the likely
 * cause where it is known: no BPF in the kernel, lockdown. Returns err.
 */
int host_explain(int err, const char *what, struct diag *diag);

/*
 * Whether the kernel is locked down, and the mode: integrity or confidentiality
 * (kernel_lockdown(7)).
 */
bool host_is_locked_down(char mode[HOST_LOCKDOWN_ROOM]);

#endif
