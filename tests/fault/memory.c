/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded: of all allocations after main() began, number $FAIL_AT fails, and with a second number
 * ("40-60") all up to that. How many there were is written to the file $FAIL_COUNT at the end.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long first, last, count;
static pid_t only; /* this process, and no child */

static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);

/* dlsym(3) may allocate while calloc() is not known yet. */
static char early[4096];
static size_t early_used;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("FAIL_AT");

	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	if (at && sscanf(at, "%lu-%lu", &first, &last) == 1)
		last = first;
	count = 0;
	only = getpid();
}

__attribute__((destructor)) static void end(void)
{
	const char *path = getenv("FAIL_COUNT");
	FILE *file = path && only == getpid() ? fopen(path, "we") : NULL;

	if (!file)
		return;
	fprintf(file, "%lu\n", count);
	fclose(file);
}

static int fails(void)
{
	unsigned long number = only == getpid() ? ++count : 0;

	if (!number || number < first || number > last)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (!real_malloc)
		return calloc(1, size);
	return fails() ? NULL : real_malloc(size);
}

void *calloc(size_t members, size_t size)
{
	if (!real_calloc) {
		void *at = early + early_used;

		early_used += (members * size + 15) & ~15UL;
		return early_used <= sizeof(early) ? at : NULL;
	}
	return fails() ? NULL : real_calloc(members, size);
}

void *realloc(void *at, size_t size)
{
	return fails() ? NULL : real_realloc(at, size);
}
