/* SPDX-License-Identifier: Apache-2.0 */
/* Which Linux runs, as its release says it (uname(2)). */
#ifndef KERNEL_RELEASE_H
#define KERNEL_RELEASE_H

#include <stdbool.h>

/*
 * Whether the kernel is older than Linux VERSION.PATCHLEVEL. What a distribution has put into an
 * older one is not seen so; a release that is no number counts as the oldest.
 */
bool kernel_before(unsigned long version, unsigned long patchlevel);

/* Whether it is built with PREEMPT_RT: most of what a softirq does is preempted by other tasks. */
bool kernel_is_realtime(void);

#endif
