/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "diag.h"

#define LIBRARY "libsystemd.so.0"
#define SOCKET	"/run/systemd/journal/socket"

static typeof(&sd_journal_sendv) sendv;

static int socket_probe(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		err = -errno;
	close(fd);
	return err;
}

int journal_open(struct diag *diag)
{
	int err = socket_probe();
	void *library;

	if (err) {
		diag_errno(diag, err, "journal: " SOCKET);
		diag_hint(diag, "is systemd-journald running?");
		return err;
	}
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	sendv = library ? (typeof(sendv))dlsym(library, "sd_journal_sendv") : NULL;
	if (!sendv)
		return diag_set(diag, -ELIBACC, "journal: %s", dlerror());
	return 0;
}

int journal_send(const struct iovec *fields, int count)
{
	return sendv(fields, count);
}
