/* SPDX-License-Identifier: Apache-2.0 */
#include "system/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/text.h"

/* proc_pid_stat(5): the name is in parentheses, and may have some itself. */
static int stat_read(uint32_t pid, struct process *process)
{
	char path[32], line[512], *end;
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	len = read(fd, line, sizeof(line) - 1);
	close(fd);
	if (len < 0)
		return -errno;
	line[len] = '\0';
	end = strrchr(line, ')');
	process->pid = pid;
	return end && sscanf(end, ") %*c %u", &process->parent) == 1 ? 0 : -EPROTO;
}

int processes_read(struct text *processes, struct diag *diag)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir)
		return diag_errno(diag, -errno, "/proc");
	while ((entry = readdir(dir))) {
		uint32_t pid = strtoul(entry->d_name, NULL, 10);
		struct process process;

		/* One that cannot be read has ended. */
		if (pid && !stat_read(pid, &process))
			text_bytes(processes, (const char *)&process, sizeof(process));
	}
	closedir(dir);
	return processes->err ? diag_errno(diag, processes->err, "/proc") : 0;
}
