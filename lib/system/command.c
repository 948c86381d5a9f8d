/* SPDX-License-Identifier: Apache-2.0 */
#include "system/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"

/* The signals that this process blocks or ignores. */
static void signals_restore(posix_spawnattr_t *attributes)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
	posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int command_start(char *const argv[], int to, pid_t *pid)
{
	static char *const environment[] = {"LC_ALL=C", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int err;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&files, to, STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	signals_restore(&attributes);
	err = -posix_spawn(pid, argv[0], &files, &attributes, argv, environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return err;
}

static int output_read(int from, command_output *output, void *arg)
{
	char bytes[16384];
	ssize_t got;

	while ((got = read(from, bytes, sizeof(bytes))) != 0) {
		if (got < 0 && errno != EINTR)
			return -errno;
		if (got > 0)
			output(arg, bytes, got);
	}
	return 0;
}

int command_run(char *const argv[], command_output *output, void *arg, struct diag *diag)
{
	int pipe[2], err, status = 0;
	pid_t pid;

	if (pipe2(pipe, O_CLOEXEC))
		return diag_errno(diag, -errno, "%s", argv[0]);
	err = command_start(argv, pipe[1], &pid);
	close(pipe[1]);
	if (!err) {
		err = output_read(pipe[0], output, arg);
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
	}
	close(pipe[0]);
	if (err)
		return diag_errno(diag, err, "%s", argv[0]);
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	return diag_set(diag, -ECHILD, "%s failed", argv[0]);
}
