/* SPDX-License-Identifier: Apache-2.0 */
/* The release of the running Linux (uname(2)). */
#ifndef KERNEL_RELEASE_H
#define KERNEL_RELEASE_H

#include <stdbool.h>

/*
 * Whether the kernel is older than Linux VERSION.PATCHLEVEL, by its release alone: backports of a
 * distribution do not show. A release that is not a number counts as the oldest.
 */
bool kernel_before(unsigned long version, unsigned long patchlevel);

/* Whether it is built with PREEMPT_RT: most of what a softirq does is preempted by other tasks. */
bool kernel_is_realtime(void);

#endif
