/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/rights.h"

#include <time.h>

#include "log/startup_log.h"
#include "system/privileges.h"

int rights_drop(bool keep, bool cgroups, bool (*may_read)(void *arg), void *arg,
		struct steps *steps, struct diag *diag)
{
	int err;

	if (keep)
		return 0;
	tzset(); /* localtime_r(3) would open files later */
	err = privileges_drop(cgroups, may_read, arg, diag);
	if (!err)
		step_done(steps, "gave up privileges");
	return err;
}
