/* SPDX-License-Identifier: Apache-2.0 */
/*
 * journald's rate limit: in each interval it keeps a number of entries of each unit, and drops the
 * rest (journald.conf(5), RateLimitBurst=; systemd.exec(5), LogRateLimitBurst=).
 */
#ifndef JOURNAL_LIMIT_H
#define JOURNAL_LIMIT_H

#include <stdbool.h>

struct diag;

struct journal_limit {
	char unit[256];
	char namespace[256]; /* of journald (LogNamespace=), or empty */
	char interval[64], burst[64]; /* as configured: "30s", "10000" */
};

/*
 * Finds the limit for the entries of this process, and fills diag with it and with how to lift it.
 * False: there is none, which is so for a process outside of all units, too.
 */
bool journal_limit_find(struct journal_limit *limit, struct diag *diag);

/* Takes the settings from the text of journald.conf and its drop-ins, one after the other. */
void journal_limit_parse(struct journal_limit *limit, const char *text);

/* Whether the interval and the burst are one. journald takes 0 in either for "no limit". */
bool journal_limit_holds(const struct journal_limit *limit);

#endif
