/* SPDX-License-Identifier: Apache-2.0 */
#include "clock.h"

uint64_t clock_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void wall_clock_update(struct wall_clock *clock)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	clock->offset_ns = wall.tv_sec * NS_PER_SECOND + wall.tv_nsec - (int64_t)clock_now_ns();
}

int64_t wall_clock_ns(const struct wall_clock *clock, uint64_t ts_ns)
{
	return clock->offset_ns + (int64_t)ts_ns;
}

const char *wall_clock_text(struct wall_clock *clock, uint64_t ts_ns)
{
	time_t second = wall_clock_ns(clock, ts_ns) / NS_PER_SECOND;
	struct tm tm;

	if (second != clock->second || !clock->text[0]) {
		localtime_r(&second, &tm);
		strftime(clock->text, sizeof(clock->text), "%H:%M:%S", &tm);
		clock->second = second;
	}
	return clock->text;
}
