/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

#include "diag.h"
#include "errand.h"

/* In the process: says something, and fetches the two ends of a pipe. */
static int pipe_fetch(void *arg, int fds[ERRAND_FDS], struct diag *diag)
{
	int err = *(int *)arg;

	fprintf(stderr, "something\n");
	if (err)
		return diag_set(diag, err, "refused");
	if (pipe2(fds, O_CLOEXEC))
		return diag_errno(diag, -errno, "pipe");
	/* stderr must not be the name of a file that is opened here. */
	return fds[0] <= STDERR_FILENO ? diag_set(diag, -EBADF, "the pipe is %d", fds[0]) : 0;
}

static int fetch(int err, int fds[ERRAND_FDS], struct diag *diag)
{
	struct errand *errand;
	struct pollfd poller;

	err = errand_start(&errand, pipe_fetch, &err, diag);
	if (!err) {
		poller = (struct pollfd){.fd = errand_fd(errand), .events = POLLIN};
		poll(&poller, 1, -1);
		err = errand_take(errand, fds, diag);
	}
	errand_free(errand);
	return err;
}

static void descriptors_come_in_silence(void **state)
{
	struct capture capture = capture_begin();
	struct diag diag = {0};
	int fds[ERRAND_FDS] = {-1, -1}, err = fetch(0, fds, &diag);
	char got = 0;

	capture_end(&capture, "");
	assert_string_equal(diag.what, "");
	assert_int_equal(err, 0);
	assert_int_equal(write(fds[1], "x", 1), 1);
	assert_int_equal(read(fds[0], &got, 1), 1);
	assert_int_equal(got, 'x');
	assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC && fcntl(fds[1], F_GETFD) & FD_CLOEXEC);
	close(fds[0]);
	close(fds[1]);
}

static void an_error_comes_with_its_words(void **state)
{
	struct capture capture = capture_begin();
	struct diag diag = {0};
	int fds[ERRAND_FDS], err = fetch(-EPERM, fds, &diag);

	capture_end(&capture, "");
	assert_int_equal(err, -EPERM);
	assert_string_equal(diag.what, "refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(descriptors_come_in_silence),
		cmocka_unit_test(an_error_comes_with_its_words),
	};

	return cmocka_run_group_tests_name("errand", tests, NULL, NULL);
}
