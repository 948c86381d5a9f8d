/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

#include "base/digits.h"

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
	return (uint64_t)clock->offset_ns + ts_ns;
}

/* Rounded down, also before the Epoch: a record may hold any time. */
static int64_t second_of(int64_t ns)
{
	return ns / NS_PER_SECOND - (ns % NS_PER_SECOND < 0);
}

/* The texts of a second are made once for all its events. */
static void second_show(struct wall_clock *clock, time_t second)
{
	char zone[8];
	struct tm tm;

	if (second == clock->second && clock->text[0])
		return;
	localtime_r(&second, &tm);
	strftime(clock->text, sizeof(clock->text), "%H:%M:%S", &tm);
	strftime(clock->iso, sizeof(clock->iso), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(zone, sizeof(zone), "%z", &tm); /* "+HHMM" */
	snprintf(clock->zone, sizeof(clock->zone), "%.3s:%.2s", zone, zone + 3);
	clock->second = second;
}

const char *wall_clock_text(struct wall_clock *clock, uint64_t ts_ns)
{
	second_show(clock, second_of(wall_clock_ns(clock, ts_ns)));
	return clock->text;
}

void wall_clock_iso(struct wall_clock *clock, uint64_t ts_ns, char *at)
{
	int64_t ns = wall_clock_ns(clock, ts_ns), rest = ns % NS_PER_SECOND;
	const size_t seconds = sizeof(clock->iso) - 1;

	second_show(clock, second_of(ns));
	memcpy(at, clock->iso, seconds);
	digits_fraction(at + seconds, (rest < 0 ? rest + NS_PER_SECOND : rest) / 1000, 6);
	memcpy(at + seconds + 7, clock->zone, sizeof(clock->zone) - 1);
}
