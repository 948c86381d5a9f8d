/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/verifier_log.h"

#include <errno.h>
#include <string.h>

#include "base/diag.h"
#include "system/host.h"

/*
 * The verifier's last message, before its statistics. The errno would say less, and is -ENOSPC if
 * the log did not fit (Linux 6.4, kernel/bpf/log.c).
 */
static const char *last_message(const char *log, int *len)
{
	const char *message = "";

	*len = 0;
	while (*log) {
		int line = strcspn(log, "\n");

		if (line && strncmp(log, "processed ", strlen("processed "))) {
			message = log;
			*len = line;
		}
		log += line + !!log[line];
	}
	return message;
}

bool verifier_log_explain(int err, const char *log, struct diag *diag)
{
	int len;
	const char *message = last_message(log, &len);
	/* A locked-down kernel reports this helper as unknown (kernel/trace/bpf_trace.c). */
	bool reads = memmem(message, len, "bpf_probe_read", strlen("bpf_probe_read"));

	if (!len)
		return false;
	if (reads && host_may_read(diag)) {
		host_explain(-EPERM, "loading the program", diag);
		return true;
	}
	diag_set(diag, err, "the kernel's verifier refused the program: %.*s", len, message);
	diag_hint(diag,
		  reads ? "is it locked down? see kernel_lockdown(7)" : "-v shows its last lines");
	diag_detail(diag, log);
	return true;
}
