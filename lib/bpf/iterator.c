/* SPDX-License-Identifier: Apache-2.0 */
#include "bpf/iterator.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"

#define BUFFER_SIZE 8192 /* bytes of one read */

int iterator_start(int iterator, struct diag *diag)
{
	int fd = bpf_iter_create(iterator);

	return fd < 0 ? diag_errno(diag, fd, "starting the iterator") : fd;
}

int iterator_read(int fd, size_t size, int (*on_record)(void *arg, const void *record), void *arg,
		  struct diag *diag)
{
	char buffer[BUFFER_SIZE];
	size_t len = 0;

	for (;;) {
		ssize_t got = read(fd, buffer + len, sizeof(buffer) - len);
		size_t at = 0;
		int err;

		/* EAGAIN: the iterator yields its CPU after many objects without a record. */
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got < 0)
			return diag_errno(diag, -errno, "reading the iterator");
		if (!got)
			return len ? diag_set(diag, -EPROTO, "incomplete record from the iterator")
				   : 0;
		len += got;
		for (; len - at >= size; at += size) {
			err = on_record(arg, buffer + at);
			if (err)
				return err;
		}
		len -= at;
		memmove(buffer, buffer + at, len);
		err = on_record(arg, NULL);
		if (err)
			return err;
	}
}

bool iterator_may_run(int iterator)
{
	int fd = bpf_iter_create(iterator);

	if (fd >= 0)
		close(fd);
	return fd != -EPERM;
}

int iterator_run(int iterator, size_t size, int (*on_record)(void *arg, const void *record),
		 void *arg, struct diag *diag)
{
	int fd = iterator_start(iterator, diag), err;

	if (fd < 0)
		return fd;
	err = iterator_read(fd, size, on_record, arg, diag);
	close(fd);
	return err;
}
