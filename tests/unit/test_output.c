/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/output.h"

static void batches_arrive(void **state)
{
	static const char expected[] = "one\ntwo\nthree\n";
	struct output output;
	char got[100];
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	output = (struct output){.fd = fds[1]};
	assert_int_equal(output_flush(&output), 0);
	text_str(&output.lines, "one\ntwo\n");
	assert_int_equal(output_flush(&output), 0);
	assert_int_equal(output.lines.len, 0);
	assert_int_equal(output_flush(&output), 0);
	text_str(&output.lines, "three\n");
	assert_int_equal(output_flush(&output), 0);
	assert_int_equal(read(fds[0], got, sizeof(got)), strlen(expected));
	assert_memory_equal(got, expected, strlen(expected));
	output_free(&output);
	assert_null(output.lines.data);
	assert_int_equal(close(fds[1]), 0); /* it is ours still */
	close(fds[0]);
}

/* Reads until the end and compares with the pattern. */
static int pattern_read(int fd, size_t size)
{
	unsigned char buf[4096];
	size_t at = 0;
	ssize_t got;

	while ((got = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < got; i++, at++)
			if (buf[i] != at % 251)
				return 1;
	return got || at != size;
}

/* More than a pipe holds, into one that does not block: the reader is waited for. */
static void full_pipe_is_waited_for(void **state)
{
	const size_t size = 3 << 20;
	struct output output;
	int fds[2], status;
	pid_t reader;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	reader = fork();
	assert_true(reader >= 0);
	if (!reader) {
		close(fds[1]);
		_exit(pattern_read(fds[0], size));
	}
	close(fds[0]);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	output = (struct output){.fd = fds[1]};
	for (size_t i = 0; i < size; i++)
		text_char(&output.lines, i % 251);
	assert_int_equal(output_flush(&output), 0);
	close(fds[1]);
	assert_int_equal(waitpid(reader, &status, 0), reader);
	assert_int_equal(status, 0);
	output_free(&output);
}

static void flush_assert(int fd, int err)
{
	struct output output = {.fd = fd};

	text_str(&output.lines, "line\n");
	assert_int_equal(output_flush(&output), err);
	/* The lines are gone, so the next flush has nothing to fail with. */
	assert_int_equal(output.lines.len, 0);
	assert_int_equal(output_flush(&output), 0);
	output_free(&output);
}

static void closed_reader_is_epipe(void **state)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	flush_assert(fds[1], -EPIPE);
	close(fds[1]);
}

static void closed_descriptor_is_epipe(void **state)
{
	int fd = dup(STDERR_FILENO);

	flush_assert(-1, -EPIPE);
	assert_true(fd >= 0);
	close(fd);
	flush_assert(fd, -EPIPE);
}

static void full_disk_is_said(void **state)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		skip();
	flush_assert(fd, -ENOSPC);
	close(fd);
}

static void lost_memory_is_said(void **state)
{
	struct output output = {.fd = -1, .lines.err = -ENOMEM};

	assert_int_equal(output_flush(&output), -ENOMEM);
	assert_int_equal(output_flush(&output), 0);
	output_free(&output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(batches_arrive),
		cmocka_unit_test(full_pipe_is_waited_for),
		cmocka_unit_test(closed_reader_is_epipe),
		cmocka_unit_test(closed_descriptor_is_epipe),
		cmocka_unit_test(full_disk_is_said),
		cmocka_unit_test(lost_memory_is_said),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests_name("output", tests, NULL, NULL);
}
