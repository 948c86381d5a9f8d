/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded: somebody sets the clock back by an hour once the file $CLOCK_BACK begins with a 1. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static int (*real)(clockid_t, struct timespec *);
static const volatile char *back; /* shared, since the tracer can open no file later */

__attribute__((constructor)) static void begin(void)
{
	int fd = open(getenv("CLOCK_BACK"), O_RDONLY | O_CLOEXEC);

	real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	back = mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
	if (back == MAP_FAILED)
		abort();
	close(fd);
}

int clock_gettime(clockid_t clock, struct timespec *time)
{
	int err = real(clock, time);

	if (!err && clock == CLOCK_REALTIME && *back == '1')
		time->tv_sec -= 3600;
	return err;
}
