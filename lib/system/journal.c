/* SPDX-License-Identifier: Apache-2.0 */
#include "system/journal.h"

#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"
#include "system/wait_writable.h"

#define SOCKET	    "/run/systemd/journal/socket"
#define BUFFER_SIZE (256 << 10) /* bytes: more than any entry has (socket(7), SO_SNDBUF) */

static int journald = -1; /* connected to it */
static bool has_stderr;
static bool given_up;
static uint64_t sent;

int journal_open(struct diag *diag)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
	const char *stream = getenv("JOURNAL_STREAM");
	int size = BUFFER_SIZE;
	char stderr_stream[64];
	struct stat st;

	journald = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (journald < 0 || connect(journald, (struct sockaddr *)&address, sizeof(address))) {
		int err = diag_errno(diag, -errno, "journal: " SOCKET);

		diag_hint(diag, "is systemd-journald running?");
		journal_close();
		return err;
	}
	setsockopt(journald, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	/* systemd.exec(5): journald's end of stderr, as DEVICE:INODE. */
	if (stream && !fstat(STDERR_FILENO, &st)) {
		snprintf(stderr_stream, sizeof(stderr_stream), "%llu:%llu",
			 (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
		has_stderr = !strcmp(stream, stderr_stream);
	}
	return 0;
}

bool journal_has_stderr(void)
{
	return has_stderr;
}

void journal_close(void)
{
	if (journald >= 0)
		close(journald);
	journald = -1;
}

/* "NAME=value" and a newline; or the name, a newline, the value's length, and the value. */
static void field_append(struct text *entry, const struct iovec *field)
{
	const char *name = field->iov_base, *value = memchr(name, '=', field->iov_len);
	size_t name_len = value ? (size_t)(value++ - name) : field->iov_len;
	size_t len = value ? field->iov_len - name_len - 1 : 0;
	uint64_t size = htole64(len);

	text_bytes(entry, name, name_len);
	if (len && memchr(value, '\n', len)) {
		text_char(entry, '\n');
		text_bytes(entry, (const char *)&size, sizeof(size));
	} else {
		text_char(entry, '=');
	}
	text_bytes(entry, value, len);
	text_char(entry, '\n');
}

int journal_send(const struct iovec *fields, int count, int end)
{
	_cleanup_text_ struct text entry = {0};

	if (given_up)
		return -ECANCELED;
	for (int i = 0; i < count; i++)
		field_append(&entry, &fields[i]);
	if (entry.err)
		return entry.err;
	for (;;) {
		int err = wait_writable(journald, end);

		given_up = err == -ECANCELED;
		if (err)
			return err;
		if (write(journald, entry.data, entry.len) >= 0) {
			sent++;
			return 0;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

uint64_t journal_sent(void)
{
	return sent;
}
