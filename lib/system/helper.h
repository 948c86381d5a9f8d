/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fetches file descriptors in a helper process, so that nothing waits for them, and so that it may
 * use privileges that this process has dropped meanwhile. The helper keeps what it inherits until
 * it exits. Its stderr is /dev/null: its result is its answer.
 */
#ifndef HELPER_H
#define HELPER_H

struct diag;
struct helper;

#define HELPER_FDS 3

/* Sets those of fds that it has, which are -1. 0, or -errno with diag filled. */
typedef int helper_fetch(void *arg, int fds[HELPER_FDS], struct diag *diag);

/* Starts the helper. -errno with diag filled; helper_free() in any case, which kills it. */
int helper_start(struct helper **helper, helper_fetch *fetch, void *arg, struct diag *diag);
void helper_free(struct helper *helper);

/* Returns a descriptor that becomes readable when it is done; owned by the helper. */
int helper_fd(const struct helper *helper);

/*
 * Waits for the result: the descriptors, which the caller then owns, each -1 if there is none; or
 * -errno with diag filled.
 */
int helper_receive(struct helper *helper, int fds[HELPER_FDS], struct diag *diag);

#endif
