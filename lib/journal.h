/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The systemd journal, through libsystemd, which is loaded only here and only when asked for. One
 * journal a process; it stays open until the end.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>

struct diag;
struct iovec;

/*
 * Loads libsystemd and looks for journald's socket, which libsystemd itself would miss in silence
 * (sd_journal_send(3), "returns 0 ... if journald is not available"). -errno with diag filled.
 */
int journal_open(struct diag *diag);

/* Whether stderr ends there too (systemd.exec(5), "$JOURNAL_STREAM"). */
bool journal_has_stderr(void);

/* For whoever only wanted to know. */
void journal_close(void);

/*
 * Sends one entry: count fields, each "NAME=value" (sd_journal_sendv(3)). A journald that takes
 * nothing is waited for, until end can be read from: -ECANCELED from then on. 0 or -errno.
 */
int journal_send(const struct iovec *fields, int count, int end);

#endif
