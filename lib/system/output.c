/* SPDX-License-Identifier: Apache-2.0 */
#include "system/output.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/wait_writable.h"

void output_free(struct output *output)
{
	text_free(&output->lines);
}

/* A pipe that can be written to has room for PIPE_BUF bytes (pipe(7)); a file is never waited for.
 */
void output_end_with(struct output *output, int end)
{
	struct stat stat;

	if (fstat(output->fd, &stat) ||
	    (!S_ISFIFO(stat.st_mode) && !S_ISSOCK(stat.st_mode) && !isatty(output->fd)))
		return;
	output->at_once = PIPE_BUF;
	output->end = end;
}

int output_flush(struct output *output)
{
	size_t done = 0;
	int err = output->dropped ? -ECANCELED : output->lines.err;

	while (!err && done < output->lines.len) {
		size_t left = output->lines.len - done;
		ssize_t put;

		if (output->at_once) {
			err = wait_writable(output->fd, output->end);
			if (err)
				break;
			left = left < output->at_once ? left : output->at_once;
		}
		put = write(output->fd, output->lines.data + done, left);
		if (put >= 0)
			done += put;
		else if (errno == EAGAIN) /* somebody else made it non-blocking */
			err = wait_writable(output->fd, -1);
		else if (errno != EINTR)
			err = errno == EBADF ? -EPIPE : -errno;
	}
	if (err == -ECANCELED) {
		const char *at = output->lines.data + done;
		const char *end = output->lines.data + output->lines.len;

		for (; (at = memchr(at, '\n', end - at)); at++)
			output->dropped++;
	}
	text_clear(&output->lines);
	return err;
}
