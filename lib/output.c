/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

void output_free(struct output *output)
{
	text_free(&output->lines);
}

/* A terminal or pipe that somebody else made non-blocking is waited for. */
static int writable_wait(int fd)
{
	struct pollfd poller = {.fd = fd, .events = POLLOUT};

	return poll(&poller, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

int output_flush(struct output *output)
{
	size_t done = 0;
	int err = output->lines.err;

	while (!err && done < output->lines.len) {
		ssize_t put =
			write(output->fd, output->lines.data + done, output->lines.len - done);

		if (put >= 0)
			done += put;
		else if (errno == EAGAIN)
			err = writable_wait(output->fd);
		else if (errno != EINTR)
			err = errno == EBADF ? -EPIPE : -errno;
	}
	text_clear(&output->lines);
	return err;
}
