/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: half a second after the start somebody sets the clock back, by an hour. */
#include <dlfcn.h>
#include <time.h>

static int (*real)(clockid_t, struct timespec *);
static struct timespec start;

__attribute__((constructor)) static void begin(void)
{
	real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	real(CLOCK_MONOTONIC, &start);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int err = real(clock, time);
	struct timespec now;

	if (err || clock != CLOCK_REALTIME)
		return err;
	real(CLOCK_MONOTONIC, &now);
	if ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 >= 500)
		time->tv_sec -= 3600;
	return 0;
}
