/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for a slow reader, until the user ends the program. */
#ifndef WAIT_WRITABLE_H
#define WAIT_WRITABLE_H

/*
 * Waits until fd is writable, or broken, which the next write then reports. -ECANCELED: end, which
 * may be -1, is readable, and fd has taken nothing for a second since. -errno.
 */
int wait_writable(int fd, int end);

#endif
