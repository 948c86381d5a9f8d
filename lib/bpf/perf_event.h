/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perf events for programs to be attached to, which then see every CPU. The caller closes the
 * descriptor. -errno with diag filled.
 */
#ifndef PERF_EVENT_H
#define PERF_EVENT_H

#include <stdbool.h>

struct diag;

#define KPROBE_PMU "/sys/bus/event_source/devices/kprobe/type" /* Linux 4.17 */

/* Of the tracepoint with that id. */
int perf_event_tracepoint(int id, struct diag *diag);

/* At the beginning of a kernel function, or where it returns. */
int perf_event_kprobe(const char *function, bool returns, struct diag *diag);

#endif
