/* SPDX-License-Identifier: Apache-2.0 */
/* Dropping privileges, before a mode reads or prints anything. */
#ifndef RIGHTS_H
#define RIGHTS_H

#include <stdbool.h>

#include "system/privileges.h"

struct diag;
struct startup_log;

/*
 * Drops all privileges except those of privileges_drop(), unless keep (--keep-privileges) is set.
 * kept: what will be needed. may_read as in privileges_drop(). 0 or -errno with
 * diag filled.
 */
int rights_drop(bool keep, enum kept kept, bool (*may_read)(void *arg), void *arg,
		struct startup_log *log, struct diag *diag);

#endif
