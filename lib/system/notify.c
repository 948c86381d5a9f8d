/* SPDX-License-Identifier: Apache-2.0 */
#include "system/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int manager = -1; /* connected to it */

int notify_open(void)
{
	const char *path = secure_getenv("NOTIFY_SOCKET");
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t len = path ? strlen(path) : 0;
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + len;
	int fd;

	if (!path)
		return 0;
	if ((path[0] != '/' && path[0] != '@') || len > sizeof(address.sun_path))
		return -EAFNOSUPPORT;
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') /* abstract (unix(7)) */
		address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, size)) {
		int err = -errno;

		close(fd);
		return err;
	}
	manager = fd;
	return 0;
}

/* write(2), which a seccomp filter lets through; the manager's socket asks for credentials itself.
 */
int notify_send(const char *lines)
{
	return manager >= 0 && write(manager, lines, strlen(lines)) < 0 ? -errno : 0;
}
