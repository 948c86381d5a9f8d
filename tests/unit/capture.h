/* SPDX-License-Identifier: Apache-2.0 */
/* What is written to stderr, which a file in memory takes the place of. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include "unit.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

struct capture {
	int file, stderr_fd;
};

static struct capture capture_begin(void)
{
	struct capture capture;

	fflush(stderr);
	capture.file = memfd_create("stderr", MFD_CLOEXEC);
	capture.stderr_fd = dup(STDERR_FILENO);
	assert_true(capture.file >= 0 && capture.stderr_fd >= 0);
	assert_int_equal(dup2(capture.file, STDERR_FILENO), STDERR_FILENO);
	return capture;
}

/* Nothing may be asserted until stderr is back. */
static void capture_read(struct capture *capture, char *got, size_t room)
{
	ssize_t len;

	fflush(stderr);
	dup2(capture->stderr_fd, STDERR_FILENO);
	len = pread(capture->file, got, room - 1, 0);
	assert_true(len >= 0);
	got[len] = '\0';
	close(capture->file);
	close(capture->stderr_fd);
}

static void capture_end(struct capture *capture, const char *expected)
{
	char got[8192];

	capture_read(capture, got, sizeof(got));
	assert_string_equal(got, expected);
}

#endif
