/* SPDX-License-Identifier: Apache-2.0 */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>

#include "base/diag.h"
#include "system/helper.h"

/* In the process: says something, and fetches an open file. */
static int null_fetch(void *arg, int fds[HELPER_FDS], struct diag *diag)
{
	int err = *(int *)arg;

	fprintf(stderr, "something\n");
	if (err)
		return diag_set(diag, err, "refused");
	fds[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	fds[2] = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	/* stderr must not be the name of a file that is opened here. */
	return fds[0] <= STDERR_FILENO ? diag_set(diag, -EBADF, "the file is %d", fds[0]) : 0;
}

static int fetch(int err, int fds[HELPER_FDS], struct diag *diag)
{
	struct helper *helper;
	struct pollfd poller;

	err = helper_start(&helper, null_fetch, &err, diag);
	if (!err) {
		poller = (struct pollfd){.fd = helper_fd(helper), .events = POLLIN};
		poll(&poller, 1, -1);
		err = helper_receive(helper, fds, diag);
	}
	helper_free(helper);
	return err;
}

static void descriptors_come_in_silence(void **state)
{
	struct capture capture = capture_begin();
	struct diag diag = {0};
	int fds[HELPER_FDS], err = fetch(0, fds, &diag);
	char got;

	capture_end(&capture, "");
	assert_string_equal(diag.what, "");
	assert_int_equal(err, 0);
	assert_int_equal(read(fds[0], &got, 1), 0);
	assert_int_equal(fds[1], -1);
	assert_int_equal(read(fds[2], &got, 1), 1);
	assert_true(fcntl(fds[0], F_GETFD) & fcntl(fds[2], F_GETFD) & FD_CLOEXEC);
	close(fds[0]);
	close(fds[2]);
}

static void an_error_comes_with_its_words(void **state)
{
	struct capture capture = capture_begin();
	struct diag diag = {0};
	int fds[HELPER_FDS], err = fetch(-EPERM, fds, &diag);

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

	return cmocka_run_group_tests_name("helper", tests, NULL, NULL);
}
