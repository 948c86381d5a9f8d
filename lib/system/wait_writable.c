/* SPDX-License-Identifier: Apache-2.0 */
#include "system/wait_writable.h"

#include <errno.h>
#include <poll.h>

#define GRACE_MS 1000

int wait_writable(int fd, int end)
{
	struct pollfd pollers[] = {{.fd = fd, .events = POLLOUT}, {.fd = end, .events = POLLIN}};
	int ready;

	do
		ready = poll(pollers, 2, -1);
	while (ready < 0 && errno == EINTR);
	if (ready > 0 && !pollers[0].revents)
		ready = poll(pollers, 1, GRACE_MS);
	if (ready < 0)
		return -errno;
	return ready ? 0 : -ECANCELED;
}
