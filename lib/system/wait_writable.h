/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for whoever is slow to take what is written, but not against the user's will. */
#ifndef WAIT_WRITABLE_H
#define WAIT_WRITABLE_H

/*
 * Waits until fd takes more, or is broken, which a write then tells. -ECANCELED: end, which may be
 * -1, can be read from, which says that it is time to end, and fd has taken nothing for a second
 * since. -errno.
 */
int wait_writable(int fd, int end);

#endif
