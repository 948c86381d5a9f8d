/* SPDX-License-Identifier: Apache-2.0 */
#include "compile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "text.h"

#define HELPER	       "bcc-compile"
#define ARGS_MAX       4
#define NS_PER_MS      1000000
#define READ_SIZE      65536
#define STATUS_REFUSED 1 /* the helper's word: what it wrote is a diagnosis */
#define STATUS_EXEC    127 /* as a shell and ld.so say it: the helper could not start */

/* Beside this program in a build tree, else in libexec. */
int compiler_path(char path[PATH_MAX])
{
	char exe[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	if (len > 0) {
		exe[len] = '\0';
		if (snprintf(path, PATH_MAX, "%s/" HELPER, dirname(exe)) < PATH_MAX &&
		    !access(path, X_OK))
			return 0;
	}
	snprintf(path, PATH_MAX, "%s/" HELPER, LIBEXECDIR);
	return access(path, X_OK) ? -errno : 0;
}

/* The text goes in as a file, not through a pipe: no writing and reading by turns. */
static int source_file(const struct text *source)
{
	int fd = memfd_create("program text", MFD_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (write(fd, source->data, source->len) != (ssize_t)source->len ||
	    lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return -EIO;
	}
	return fd;
}

static void helper_args(const struct headers *headers, const char *args[ARGS_MAX + 1])
{
	static const char *const kinds[] =
		{[HEADERS_OWN] = "own", [HEADERS_TREE] = "tree", [HEADERS_ARCHIVE] = "archive"};
	int count = 0;

	args[count++] = HELPER;
	args[count++] = kinds[headers->kind];
	if (headers->kind != HEADERS_OWN)
		args[count++] = headers->source;
	if (headers->kind == HEADERS_TREE)
		args[count++] = headers->build;
	args[count] = NULL;
}

/*
 * In the child. The caller's ARCH, BCC_*, TMPDIR, LD_* and the like must not change what is
 * compiled, so the environment is empty but for a PATH.
 */
static void helper_exec(const char *path, const char *const args[], pid_t parent, int in, int out)
{
	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};

	setpgid(0, 0); /* so that what it starts can be ended with it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(STATUS_EXEC);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(STATUS_EXEC);
	execve(path, (char *const *)args, environment);
	dprintf(STDERR_FILENO, "%s: %s\n", path, strerror(errno));
	_exit(STATUS_EXEC);
}

static int ready_wait(int fd, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd poller = {.fd = fd, .events = POLLIN};
		int64_t left = (int64_t)(deadline_ns - clock_now_ns()) / NS_PER_MS;
		int ready = left > 0 ? poll(&poller, 1, left) : 0;

		if (ready > 0)
			return 0;
		if (!ready)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
	}
}

/* Reads until the other side is closed: -ETIMEDOUT past the deadline, -EFBIG past the limit. */
static int result_read(int fd, uint64_t deadline_ns, struct text *result)
{
	for (;;) {
		int err = ready_wait(fd, deadline_ns);
		ssize_t got;
		char *at;

		if (err)
			return err;
		at = text_reserve(result, READ_SIZE);
		if (!at)
			return result->err;
		got = read(fd, at, READ_SIZE);
		if (got <= 0)
			return got ? -errno : 0;
		result->len += got;
		if (result->len > COMPILE_RESULT_MAX)
			return -EFBIG;
	}
}

/* The helper may close its output and still hang. Before Linux 5.3 this is not seen. */
static int exit_wait(pid_t pid, uint64_t deadline_ns)
{
	int fd = pidfd_open(pid, 0), err;

	if (fd < 0)
		return 0;
	err = ready_wait(fd, deadline_ns);
	close(fd);
	return err;
}

static int helper_run(const char *path, const char *const args[], int source,
		      unsigned int deadline_s, struct text *result, int *status)
{
	uint64_t deadline_ns = clock_now_ns() + deadline_s * NS_PER_SECOND;
	pid_t parent = getpid(), pid;
	int pipe_fds[2], err;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid < 0) {
		err = -errno;
		close(pipe_fds[0]);
		close(pipe_fds[1]);
		return err;
	}
	if (!pid)
		helper_exec(path, args, parent, source, pipe_fds[1]);
	close(pipe_fds[1]);
	err = result_read(pipe_fds[0], deadline_ns, result);
	close(pipe_fds[0]);
	if (!err)
		err = exit_wait(pid, deadline_ns);
	if (err && kill(-pid, SIGKILL)) /* the group, or, before it made one, itself */
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
	return err;
}

/* What the helper's end means, with its words where it had any. */
static int result_judge(int err, int status, unsigned int deadline_s, struct text *result,
			struct diag *diag)
{
	const char *words = result->len ? result->data : "", *rest = words;
	int line;

	if (result->len) /* room for a NUL is always there */
		result->data[result->len] = '\0';
	line = strcspn(words, "\n");
	if (err == -ETIMEDOUT)
		return diag_set(diag, err, "the compiler did not end within %u s", deadline_s);
	if (err == -EFBIG)
		return diag_set(diag, -EPROTO, "the compiler wrote more than %d MB",
				COMPILE_RESULT_MAX >> 20);
	if (err)
		return diag_errno(diag, err, "reading from the compiler");
	if (WIFSIGNALED(status)) {
		err = diag_set(diag, -EPROTO, "the compiler crashed: %s",
			       strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) == STATUS_EXEC) {
		err = diag_set(diag, -ENOEXEC, "the compiler cannot start: %.*s", line, words);
		diag_hint(diag, "install libbcc (Debian: libbpfcc, Fedora: bcc)");
	} else if (WEXITSTATUS(status) == STATUS_REFUSED) {
		err = diag_set(diag, -EINVAL, "the compiler refused the program: %.*s", line,
			       words);
		rest += line + !!words[line];
	} else if (WEXITSTATUS(status)) {
		err = diag_set(diag, -EPROTO, "the compiler ended with status %d",
			       WEXITSTATUS(status));
	} else if (result->len < 4 || memcmp(result->data, "\177ELF", 4)) {
		return diag_set(diag, -EPROTO, "the compiler's answer is not an object");
	} else {
		return 0;
	}
	diag_detail(diag, rest);
	return err;
}

int compile_object(const struct text *source, const struct headers *headers,
		   unsigned int deadline_s, struct text *object, struct diag *diag)
{
	_cleanup_text_ struct text result = {0};
	const char *args[ARGS_MAX + 1];
	int err, status = 0, source_fd;
	char path[PATH_MAX];

	err = compiler_path(path);
	if (err) {
		diag_errno(diag, err, "the compiler is not installed: %s", path);
		return -ENOEXEC;
	}
	source_fd = source_file(source);
	if (source_fd < 0)
		return diag_errno(diag, source_fd, "keeping the program text");
	helper_args(headers, args);
	err = helper_run(path, args, source_fd, deadline_s, &result, &status);
	close(source_fd);
	err = result_judge(err, status, deadline_s, &result, diag);
	if (!err)
		text_bytes(object, result.data, result.len);
	return err ? err : object->err;
}
