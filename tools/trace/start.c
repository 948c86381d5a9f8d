/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/start.h"

#include <stddef.h>

#include "system/host.h"
#include "system/journal.h"
#include "system/privileges.h"
#include "trace/trace_config.h"

static bool logs_to_journal(const struct trace_config *config)
{
	return config->output.journal;
}

static bool always(const struct trace_config *config)
{
	(void)config;
	return true;
}

static bool drops_privileges(const struct trace_config *config)
{
	return !config->keep_privileges;
}

const struct start_step start_steps[START_STEPS] = {
	[START_JOURNAL] = {"journal", logs_to_journal, journal_open, journal_close,
			   "accepts entries"},
	[START_CAPABILITIES] = {"capabilities", always, host_may_trace, NULL,
				"tracing is permitted"},
	/* Not only when they are dropped: a trace must not have begun by then. */
	[START_SECCOMP] = {"seccomp", drops_privileges, privileges_may_drop, NULL, "available"},
};

int start_prepare(const struct trace_config *config, struct diag *diag)
{
	for (size_t i = 0; i < START_STEPS; i++) {
		int err = start_steps[i].is_required(config) ? start_steps[i].run(diag) : 0;

		if (err)
			return err;
	}
	return 0;
}
