/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches a file descriptor by a process of its own, so that nobody waits for it, and so that it
 * may take rights that this process has given up meanwhile. What the process holds of this one's it
 * holds until it has ended. Its stderr is /dev/null: what it has to say is its answer.
 */
#ifndef HELPER_H
#define HELPER_H

struct diag;
struct helper;

/* Sets *fd. 0, or -errno with diag filled. */
typedef int helper_fetch(void *arg, int *fd, struct diag *diag);

/* Starts it. -errno with diag filled; helper_free() in any case, which ends it where it is. */
int helper_start(struct helper **helper, helper_fetch *fetch, void *arg, struct diag *diag);
void helper_free(struct helper *helper);

/* A descriptor that can be read from when it is done; the helper's own. */
int helper_fd(const struct helper *helper);

/* Waits for it: the descriptor, which is then the caller's, or -errno with diag filled. */
int helper_receive(struct helper *helper, int *fd, struct diag *diag);

#endif
