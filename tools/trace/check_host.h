/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of --check that examine only the host. */
#ifndef CHECK_HOST_H
#define CHECK_HOST_H

struct check;
struct diag;

enum verdict {
	VERDICT_OK,
	VERDICT_WITHOUT,
	VERDICT_UNTRIED,
	VERDICT_NO,
	VERDICT_NONE, /* no line */
};

/* Each as a row's judge (tools/trace/check.c); they do not use check. */
enum verdict kernel_check(struct check *check, struct diag *diag);
enum verdict lockdown_check(struct check *check, struct diag *diag);
enum verdict memlock_check(struct check *check, struct diag *diag);
enum verdict files_check(struct check *check, struct diag *diag);

#define PARANOID_ROOM 16

/* Reads kernel.perf_event_paranoid, or "" if it cannot be read. */
void paranoid_read(char paranoid[PARANOID_ROOM]);

#endif
