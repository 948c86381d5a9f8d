/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The systemd journal, by its native protocol (https://systemd.io/JOURNAL_NATIVE_PROTOCOL): each
 * entry is a datagram to journald. Not by libsystemd, which opens a socket of its own at the first
 * entry and names the receiver with each, so that it needs system calls that this process drops.
 * One journal a process; it stays open until the end.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

struct diag;
struct iovec;

/* Connects to journald. Only write(2) and poll(2) are needed from then on. -errno with diag filled.
 */
int journal_open(struct diag *diag);

/* Whether stderr ends there too (systemd.exec(5), "$JOURNAL_STREAM"). */
bool journal_has_stderr(void);

/* After a check that logs nothing. */
void journal_close(void);

/*
 * Sends one entry: count fields, each "NAME=value" of any bytes. Waits for a slow journald until
 * end is readable: -ECANCELED from then on. 0 or -errno: -ECONNREFUSED once journald has another
 * socket than at journal_open(); a restart by the service manager keeps the socket.
 */
int journal_send(const struct iovec *fields, int count, int end);

/* How many entries journald has accepted. */
uint64_t journal_sent(void);

#endif
