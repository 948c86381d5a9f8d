/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches a file descriptor by a process of its own, so that nobody waits for it, and so that it
 * may take rights that this process has given up meanwhile. What the process holds of this one's it
 * holds until it has ended. Its stderr is /dev/null: what it has to say is its answer.
 */
#ifndef ERRAND_H
#define ERRAND_H

struct diag;
struct errand;

/* Sets *fd. 0, or -errno with diag filled. */
typedef int errand_fetch(void *arg, int *fd, struct diag *diag);

/* Starts it. -errno with diag filled; errand_free() in any case, which ends it where it is. */
int errand_start(struct errand **errand, errand_fetch *fetch, void *arg, struct diag *diag);
void errand_free(struct errand *errand);

/* A descriptor that can be read from when it is done; the errand's own. */
int errand_fd(const struct errand *errand);

/* Waits for it: the descriptor, which is then the caller's, or -errno with diag filled. */
int errand_take(struct errand *errand, int *fd, struct diag *diag);

#endif
