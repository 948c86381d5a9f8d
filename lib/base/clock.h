/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel time (CLOCK_MONOTONIC, what bpf_ktime_get_ns() reads) and the time of day it was. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_SECOND	   1000000000LL
#define WALL_CLOCK_LEN	   8 /* "HH:MM:SS" */
#define WALL_CLOCK_ISO_LEN 32 /* "YYYY-MM-DDTHH:MM:SS.mmmmmm+HH:MM" */

struct wall_clock {
	int64_t offset_ns; /* CLOCK_REALTIME less CLOCK_MONOTONIC */
	time_t second; /* the one that the texts show */
	char text[WALL_CLOCK_LEN + 1];
	char iso[sizeof("YYYY-MM-DDTHH:MM:SS")];
	char zone[sizeof("+HH:MM")];
};

uint64_t clock_now_ns(void); /* CLOCK_MONOTONIC */

/* Reads the difference of the two clocks. Repeat it, since the time of day can be set. */
void wall_clock_update(struct wall_clock *clock);

/* Nanoseconds since the Epoch at kernel time ts_ns. */
int64_t wall_clock_ns(const struct wall_clock *clock, uint64_t ts_ns);

/* The time of day in the local zone at kernel time ts_ns; valid until the next call. */
const char *wall_clock_text(struct wall_clock *clock, uint64_t ts_ns);

/*
 * Date, time and zone at kernel time ts_ns, to the microsecond (RFC 3339, 5.6), of
 * WALL_CLOCK_ISO_LEN characters and not ended by a NUL.
 */
void wall_clock_iso(struct wall_clock *clock, uint64_t ts_ns, char *at);

#endif
