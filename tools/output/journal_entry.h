/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events and losses as entries of the systemd journal, with the field names of BCC's tool and the
 * requested fields.
 */
#ifndef JOURNAL_ENTRY_H
#define JOURNAL_ENTRY_H

#include <stdint.h>

#include "output/losses.h"

struct event;
struct line_format;

/*
 * Sends an event; returns like journal_send(). Requested fields are included if they are known and
 * not in every entry anyway.
 */
int journal_entry_send(const struct event *event, struct line_format *format, int end);
int journal_entry_lost(enum loss cause, uint64_t count, int end);

#endif
