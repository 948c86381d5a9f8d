/* SPDX-License-Identifier: Apache-2.0 */
#include "system/tracefs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/parse.h"
#include "base/syscalls.h"
#include "system/host.h"

#define TRACEFS	    "/sys/kernel/tracing"
#define FORMAT_SIZE 16384

bool tracefs_is_mounted(void)
{
	struct statfs fs;

	return !statfs(TRACEFS, &fs) && fs.f_type == TRACEFS_MAGIC;
}

/* Not /sys/kernel/debug/tracing: a look at it makes the kernel mount tracefs there. */
static int tracefs_open(struct diag *diag)
{
	int fd = tracefs_is_mounted() ? open(TRACEFS, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	int config, err;

	if (fd >= 0)
		return fd;
	/*
	 * If the kernel has been locked down since it booted, tracefs is empty, and it has no mount
	 * of its own. To drop the only mount is a BUG() in Linux 7.3 (fs/tracefs/inode.c,
	 * tracefs_destroy_inode()).
	 */
	if (host_may_read(diag))
		return -EPERM;
	config = sys_fsopen("tracefs", FSOPEN_CLOEXEC);
	if (config >= 0 && !sys_fsconfig(config, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		fd = sys_fsmount(config, FSMOUNT_CLOEXEC, 0);
	err = -errno;
	if (config >= 0)
		close(config);
	if (fd >= 0)
		return fd;
	diag_errno(diag, err, "tracefs is not mounted and cannot be");
	diag_hint(diag, "mount -t tracefs nodev " TRACEFS);
	return err;
}

/* The whole of a small file, NUL-terminated. */
static int file_read(int dir, const char *event, const char *name, char *buf, size_t size)
{
	char path[256];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "events/%s/%s", event, name);
	fd = openat(dir, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = read(fd, buf, size - 1);
	close(fd);
	if (got < 0)
		return -errno;
	buf[got] = '\0';
	return 0;
}

/* The number behind name, which must be at *at. Moves *at behind the number. */
static int number_parse(const char **at, const char *name, unsigned int *number)
{
	size_t len = strlen(name);
	uint64_t value;

	if (strncmp(*at, name, len))
		return -EPROTO;
	*at += len;
	len = strcspn(*at, ";\n");
	if (parse_number(*at, len, 0, UINT_MAX, &value))
		return -EPROTO;
	*at += len;
	*number = value;
	return 0;
}

/* "\tfield:__u8 saddr[4];\toffset:32;\tsize:4;\tsigned:0;" */
static int field_parse(const char *line, struct tracepoint_field *field)
{
	const char *end = line + strcspn(line, ";\n"), *start = end, *behind = end;
	size_t len;

	if (number_parse(&behind, ";\toffset:", &field->offset) ||
	    number_parse(&behind, ";\tsize:", &field->size))
		return -EPROTO;
	while (start > line && start[-1] != ' ')
		start--;
	len = strcspn(start, "[;");
	if (!len || len >= sizeof(field->name))
		return -EPROTO;
	memcpy(field->name, start, len);
	field->name[len] = '\0';
	return 0;
}

int tracepoint_parse(const char *format, struct tracepoint *tracepoint)
{
	tracepoint->field_count = 0;
	for (const char *line = format; (line = strstr(line, "\tfield:")); line++) {
		if (tracepoint->field_count == TRACEPOINT_FIELDS_MAX ||
		    field_parse(line, &tracepoint->fields[tracepoint->field_count]))
			return -EPROTO;
		tracepoint->field_count++;
	}
	return tracepoint->field_count;
}

const struct tracepoint_field *tracepoint_field(const struct tracepoint *tracepoint,
						const char *name)
{
	for (int i = 0; i < tracepoint->field_count; i++)
		if (!strcmp(tracepoint->fields[i].name, name))
			return &tracepoint->fields[i];
	return NULL;
}

int tracepoint_read(const char *event, struct tracepoint *tracepoint, struct diag *diag)
{
	char buf[FORMAT_SIZE];
	uint64_t id;
	int err, dir = tracefs_open(diag);

	if (dir < 0)
		return dir;
	err = file_read(dir, event, "id", buf, sizeof(buf));
	if (!err)
		err = parse_number(buf, strcspn(buf, "\n"), 0, INT_MAX, &id);
	if (!err) {
		tracepoint->id = id;
		err = file_read(dir, event, "format", buf, sizeof(buf));
	}
	close(dir);
	/* Locked down for confidentiality as it boots, the kernel leaves tracefs empty. */
	if (err == -ENOENT && host_may_read(diag))
		return -EPERM;
	if (err == -ENOENT)
		return diag_set(diag, err, "this kernel has no tracepoint %s", event);
	if (err)
		return diag_errno(diag, err, "tracefs: events/%s", event);
	if (tracepoint_parse(buf, tracepoint) < 0)
		return diag_set(diag, -EPROTO, "tracefs: events/%s/format is not understood",
				event);
	return 0;
}
