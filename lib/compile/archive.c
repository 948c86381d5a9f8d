/* SPDX-License-Identifier: Apache-2.0 */
#include "compile/archive.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "system/privileges.h"

/* 0 if tar has unpacked the whole archive into root. */
static int tar_run(int archive, const char *name, int root, unsigned int seconds, struct diag *diag)
{
	int output = memfd_create("tar", MFD_CLOEXEC), status = 0, err = 0;
	pid_t parent = getpid(), pid;

	if (output < 0)
		return diag_errno(diag, -errno, "starting tar");
	pid = fork();
	if (!pid) {
		/* The archive is its stdin, so that the archive's name means nothing to tar. */
		if (dup2(archive, STDIN_FILENO) < 0 || dup2(output, STDOUT_FILENO) < 0 ||
		    dup2(output, STDERR_FILENO) < 0 || fchdir(root) ||
		    privileges_unpack(seconds, root))
			_exit(127);
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* now, as a change of the user clears it */
		if (getppid() == parent)
			execlp("tar", "tar", "--no-same-owner", "-xJf", "-", NULL);
		_exit(127);
	}
	if (pid < 0)
		err = diag_errno(diag, -errno, "starting tar");
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!err && (!WIFEXITED(status) || WEXITSTATUS(status))) {
		char text[sizeof(diag->detail)];
		ssize_t len = pread(output, text, sizeof(text) - 1, 0);

		text[len > 0 ? len : 0] = '\0';
		err = diag_set(diag, -EIO, "unpacking %s: tar failed", name);
		diag_detail(diag, text);
	}
	close(output);
	return err;
}

int archive_unpack(int archive, const char *name, const char *dir, unsigned int seconds,
		   struct diag *diag)
{
	struct unprivileged user = unprivileged_find(); /* that tar runs as */
	char options[128];
	int err, root;

	snprintf(options, sizeof(options), "size=1g,mode=755,uid=%u,gid=%u", user.uid, user.gid);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    mount("headers", dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		return diag_errno(diag, -errno, "mounting a tmpfs for %s", name);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return diag_errno(diag, -errno, "%s", dir);
	err = tar_run(archive, name, root, seconds, diag);
	if (err)
		close(root);
	return err ? err : root;
}
