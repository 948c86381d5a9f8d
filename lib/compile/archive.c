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

/* In the child. The archive comes by stdin, so that its name means nothing to tar. */
static void tar_exec(pid_t parent, int archive, int dir, int words, unsigned int seconds)
{
	if (dup2(archive, STDIN_FILENO) < 0 || dup2(words, STDOUT_FILENO) < 0 ||
	    dup2(words, STDERR_FILENO) < 0 || fchdir(dir) || privileges_unpack(seconds, dir))
		_exit(127);
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* a change of the user takes it back */
	if (getppid() == parent)
		execlp("tar", "tar", "--no-same-owner", "-xJf", "-", NULL);
	_exit(127);
}

/* A tmpfs of that user's on dir, in a mount namespace of its own. */
static int tmpfs_mount(const char *dir)
{
	struct unprivileged user = unprivileged_find();
	char options[128];

	snprintf(options, sizeof(options), "size=1g,mode=755,uid=%u,gid=%u", user.uid, user.gid);
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) ||
	    mount("headers", dir, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options))
		return -errno;
	return 0;
}

static int tar_fails(const char *name, int words, struct diag *diag)
{
	char text[sizeof(diag->detail)];
	ssize_t len = pread(words, text, sizeof(text) - 1, 0);

	text[len > 0 ? len : 0] = '\0';
	diag_set(diag, -EIO, "unpacking %s: tar failed", name);
	diag_detail(diag, text);
	return -EIO;
}

/* 0 if tar has unpacked all of it into root. */
static int tar_run(int archive, const char *name, int root, unsigned int seconds, struct diag *diag)
{
	int words = memfd_create("tar", MFD_CLOEXEC), status = 0, err = 0;
	pid_t parent = getpid(), pid;

	if (words < 0)
		return diag_errno(diag, -errno, "starting tar");
	pid = fork();
	if (!pid)
		tar_exec(parent, archive, root, words, seconds);
	if (pid < 0)
		err = diag_errno(diag, -errno, "starting tar");
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!err && (!WIFEXITED(status) || WEXITSTATUS(status)))
		err = tar_fails(name, words, diag);
	close(words);
	return err;
}

int archive_unpack(int archive, const char *name, const char *dir, unsigned int seconds,
		   struct diag *diag)
{
	int err = tmpfs_mount(dir), root;

	if (err)
		return diag_errno(diag, err, "mounting a tmpfs for %s", name);
	root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root < 0)
		return diag_errno(diag, -errno, "%s", dir);
	err = tar_run(archive, name, root, seconds, diag);
	if (err)
		close(root);
	return err ? err : root;
}
