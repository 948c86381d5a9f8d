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
#include "privileges.h"
#include "text.h"

#define HELPER	       "bcc-compile"
#define ARGS_MAX       4
#define NS_PER_MS      1000000
#define READ_SIZE      65536
#define STATUS_REFUSED 1 /* the helper's word: what it wrote is a diagnosis */
#define STATUS_EXEC    127 /* as a shell and ld.so say it: the helper could not start */

struct helper {
	char path[PATH_MAX];
	const char *args[ARGS_MAX + 1];
	int source; /* a file, its stdin */
	unsigned int deadline_s;
	bool may_mount; /* it unpacks an archive */
};

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

static void helper_args(struct helper *helper, const struct headers *headers)
{
	static const char *const kinds[] =
		{[HEADERS_OWN] = "own", [HEADERS_TREE] = "tree", [HEADERS_ARCHIVE] = "archive"};
	const char **args = helper->args;
	int count = 0;

	helper->may_mount = headers->kind == HEADERS_ARCHIVE;
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
 * compiled, so the environment is empty but for a PATH. It needs none of the caller's rights.
 */
static void helper_exec(const struct helper *helper, pid_t parent, int out)
{
	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	int err;

	setpgid(0, 0); /* so that what it starts can be ended with it */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(STATUS_EXEC);
	if (dup2(helper->source, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0)
		_exit(STATUS_EXEC);
	err = privileges_compile(helper->deadline_s, helper->may_mount);
	if (err) {
		dprintf(STDERR_FILENO, "giving up privileges: %s\n", strerror(-err));
		_exit(STATUS_EXEC);
	}
	execve(helper->path, (char *const *)helper->args, environment);
	dprintf(STDERR_FILENO, "%s: %s\n", helper->path, strerror(errno));
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

static int helper_run(const struct helper *helper, struct text *result, int *status)
{
	uint64_t deadline_ns = clock_now_ns() + helper->deadline_s * NS_PER_SECOND;
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
		helper_exec(helper, parent, pipe_fds[1]);
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
	struct helper helper = {.deadline_s = deadline_s};
	int err, status = 0;

	err = compiler_path(helper.path);
	if (err) {
		diag_errno(diag, err, "the compiler is not installed: %s", helper.path);
		diag_hint(diag, "it is looked for beside this program as well");
		return -ENOEXEC;
	}
	helper.source = source_file(source);
	if (helper.source < 0)
		return diag_errno(diag, helper.source, "keeping the program text");
	helper_args(&helper, headers);
	err = helper_run(&helper, &result, &status);
	close(helper.source);
	err = result_judge(err, status, deadline_s, &result, diag);
	if (err)
		return err;
	text_bytes(object, result.data, result.len);
	return object->err ? diag_errno(diag, object->err, "the compiled object") : 0;
}
