/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An event as an entry of the systemd journal, with the field names of BCC's tool, and what was
 * asked for beside them; and what was lost, as entries among those.
 */
#ifndef JOURNAL_ENTRY_H
#define JOURNAL_ENTRY_H

#include <stdint.h>

#include "output/losses.h"

struct event;
struct line_format;

/*
 * Sends the event; 0 or -errno, as journal_send(). Of format's fields it has those that not every
 * entry has anyway, where they are known.
 */
int journal_entry_send(const struct event *event, struct line_format *format, int end);
int journal_entry_lost(enum loss cause, uint64_t count, int end);

#endif
