/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/rights.h"

#include <time.h>

#include "log/startup_log.h"
#include "system/privileges.h"

int rights_drop(bool keep, enum kept kept, bool (*may_read)(void *arg), void *arg,
		struct startup_log *log, struct diag *diag)
{
	int err;

	if (keep)
		return 0;
	tzset(); /* localtime_r(3) would open files later */
	err = privileges_drop(kept, may_read, arg, diag);
	if (!err)
		startup_log_step(log, "dropped privileges");
	return err;
}
