/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts what journald has kept of this process's entries, since it says to nobody which ones it
 * dropped. By journalctl(1), in a helper process that keeps the privileges to read the journal.
 */
#ifndef JOURNAL_KEPT_H
#define JOURNAL_KEPT_H

#include <stdint.h>

struct diag;
struct journal_kept;

/*
 * Starts the helper, before the first entry is sent and while there are privileges. namespace: of
 * journald, or empty. -errno with diag filled; journal_kept_free() in any case.
 */
int journal_kept_begin(struct journal_kept **kept, const char *namespace, struct diag *diag);

/*
 * After the last entry: has journald write everything to the journal, and counts the entries there.
 * Takes 10 seconds at most. -errno with diag filled: the number is not known.
 */
int journal_kept_count(struct journal_kept *kept, uint64_t *count, struct diag *diag);
void journal_kept_free(struct journal_kept *kept);

#endif
