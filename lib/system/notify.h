/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service manager, if one has started this process with NOTIFY_SOCKET: the protocol of
 * sd_notify(3), without libsystemd. One manager a process; it stays open until the end.
 */
#ifndef NOTIFY_H
#define NOTIFY_H

/* 0, also without NOTIFY_SOCKET, or -errno. */
int notify_open(void);

/* Lines of "NAME=value", as "READY=1". 0, also without NOTIFY_SOCKET, or -errno. */
int notify_send(const char *lines);

#endif
