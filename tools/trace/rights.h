/* SPDX-License-Identifier: Apache-2.0 */
/* What each mode gives up before it reads or prints anything of others. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>

struct diag;
struct startup_log;

/*
 * Gives up all privileges but those of privileges_drop(), unless keep (--keep-privileges) is set;
 * cgroups: cgroups will be looked up. may_read is asked as there. 0 or -errno with diag filled.
 */
int rights_drop(bool keep, bool cgroups, bool (*may_read)(void *arg), void *arg,
		struct startup_log *log, struct diag *diag);

#endif
