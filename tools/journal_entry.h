/* SPDX-License-Identifier: Apache-2.0 */
/* An event as an entry of the systemd journal, with the field names of BCC's tool. */
#ifndef JOURNAL_ENTRY_H
#define JOURNAL_ENTRY_H

struct event;
struct wall_clock;

/* Sends the event; 0 or -errno. */
int journal_entry_send(const struct event *event, const struct wall_clock *clock);

#endif
