/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "room.h"

#define LIBRARY "libsystemd.so.0"
#define SOCKET	"/run/systemd/journal/socket"

static typeof(&sd_journal_sendv) sendv;
static int peer = -1; /* connected to journald, to see whether there is room for an entry */
static uint64_t connected_ns;
static bool given_up;

static int peer_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};

	if (peer < 0)
		peer = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (peer < 0 || connect(peer, (struct sockaddr *)&address, sizeof(address)))
		return -errno;
	connected_ns = clock_now_ns();
	return 0;
}

int journal_open(struct diag *diag)
{
	static void *library; /* for good */
	int err = peer_connect();

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

bool journal_has_stderr(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == device && st.st_ino == inode;
}

void journal_close(void)
{
	if (peer >= 0)
		close(peer);
	peer = -1;
}

/* sd_journal_sendv(3) waits as long as it takes. */
int journal_send(const struct iovec *fields, int count, int end)
{
	/* One that has been started anew has another socket there. */
	if (clock_now_ns() - connected_ns > NS_PER_SECOND)
		peer_connect();
	if (!given_up)
		given_up = room_wait(peer, end) == -ECANCELED;
	return given_up ? -ECANCELED : sendv(fields, count);
}
