/* SPDX-License-Identifier: Apache-2.0 */
#include "compile/compile.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "base/syscalls.h"
#include "base/text.h"
#include "compile/archive.h"
#include "system/privileges.h"

#define COMPILER       "bcc-compile"
#define FD_NAME_SIZE   32
#define NS_PER_MS      1000000
#define READ_SIZE      65536
#define STATUS_REFUSED 1 /* what it wrote is a diagnosis */
#define STATUS_EXEC    127 /* as a shell and ld.so say it: it could not start */

/* What the compiler is started with. Descriptors are O_PATH but for an archive's; -1: none. */
struct launch {
	char path[PATH_MAX];
	char own[PATH_MAX]; /* the folder of headers beside it */
	const struct headers *headers;
	int source;
	int build;
	unsigned int deadline_s;
};

/*
 * Beside this program in a build tree, in the libexec of its installation, or in the one that it
 * was built for; with raised privileges only there, since who runs this program may have linked it
 * to a folder of their own.
 */
int compiler_path(char path[PATH_MAX])
{
	static const char *const places[] = {"", TO_LIBEXECDIR "/"};
	char exe[PATH_MAX], *dir;
	ssize_t len =
		privileges_are_raised() ? 0 : readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[len > 0 ? len : 0] = '\0';
	dir = dirname(exe);
	for (size_t i = 0; len > 0 && i < sizeof(places) / sizeof(*places); i++)
		if (snprintf(path, PATH_MAX, "%s/%s" COMPILER, dir, places[i]) < PATH_MAX &&
		    !access(path, X_OK))
			return 0;
	snprintf(path, PATH_MAX, "%s/" COMPILER, LIBEXECDIR);
	return access(path, X_OK) ? -errno : 0;
}

static int headers_folder_open(const char *path, int *fd, struct diag *diag)
{
	*fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? diag_errno(diag, -errno, "%s", path) : 0;
}

/* Opens the headers with this process's rights: the compiler has fewer. */
static int launch_open(struct launch *launch, struct diag *diag)
{
	const struct headers *headers = launch->headers;
	char path[PATH_MAX];
	int err;

	if (!realpath(launch->path, path))
		return diag_errno(diag, -errno, "%s", launch->path);
	snprintf(launch->own, sizeof(launch->own), "%s/headers", dirname(path));
	if (headers->kind == HEADERS_OWN) {
		launch->source = open(launch->own, O_PATH | O_DIRECTORY | O_CLOEXEC);
		return 0; /* a compiler without them says so itself */
	}
	if (headers->kind == HEADERS_ARCHIVE) {
		launch->source =
			open(headers->source, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		return launch->source < 0 ? diag_errno(diag, -errno, "%s", headers->source) : 0;
	}
	err = headers_folder_open(headers->source, &launch->source, diag);
	return err ? err : headers_folder_open(headers->build, &launch->build, diag);
}

/* A name that leads to an open file, for a user who cannot reach it by path. */
static void fd_name(int fd, char name[FD_NAME_SIZE])
{
	fcntl(fd, F_SETFD, 0); /* it goes to the compiler */
	snprintf(name, FD_NAME_SIZE, "/proc/self/fd/%d", fd);
}

/* In the child: it ends with its parent. */
static void parent_follow(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(STATUS_EXEC);
}

/* In the child. The message goes where the compiler's would. */
static void launch_refuse(int status, const struct diag *diag)
{
	dprintf(STDOUT_FILENO, "%s\n%s", diag->what, diag->detail);
	_exit(status);
}

/*
 * In the child. The caller's working directory, in which libbcc looks for headers before all else,
 * and its ARCH, BCC_*, TMPDIR, LD_* and the like must not change what is compiled: it runs in /,
 * and the environment is empty but for a PATH. It needs none of the caller's rights.
 */
static void launch_exec(struct launch *launch, pid_t parent, int in, int out)
{
	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", NULL};
	char source[FD_NAME_SIZE], build[FD_NAME_SIZE];
	const char *own[] = {COMPILER, "own", launch->source < 0 ? NULL : source, NULL};
	const char *tree[] = {COMPILER, "tree", source, build, NULL};
	struct diag diag;
	int err;

	setpgid(0, 0); /* so that what it starts can be ended with it */
	parent_follow(parent);
	if (dup2(in, STDIN_FILENO) < 0 || dup2(out, STDOUT_FILENO) < 0 ||
	    dup2(out, STDERR_FILENO) < 0 || chdir("/"))
		_exit(STATUS_EXEC);
	if (launch->headers->kind == HEADERS_ARCHIVE) {
		launch->source = archive_unpack(launch->source, launch->headers->source,
						launch->own, launch->deadline_s, &diag);
		if (launch->source < 0)
			launch_refuse(STATUS_REFUSED, &diag);
		launch->build = launch->source;
	}
	if (launch->source >= 0)
		fd_name(launch->source, source);
	if (launch->build >= 0)
		fd_name(launch->build, build);
	err = privileges_compile(launch->deadline_s);
	if (err) {
		diag_errno(&diag, err, "dropping privileges");
		launch_refuse(STATUS_EXEC, &diag);
	}
	parent_follow(parent); /* a change of the user cleared it */
	execve(launch->path, (char *const *)(launch->headers->kind == HEADERS_OWN ? own : tree),
	       environment);
	diag_errno(&diag, -errno, "%s", launch->path);
	launch_refuse(STATUS_EXEC, &diag);
}

/* What has been closed already is -1. */
static void files_close(struct compiler *compiler)
{
	if (compiler->source >= 0)
		close(compiler->source);
	if (compiler->result >= 0)
		close(compiler->result);
	*compiler = COMPILER_NONE;
}

/* Starts it. A socket for the text, unlike a pipe, raises no signal when the compiler is gone. */
static int launch_start(struct launch *launch, struct compiler *compiler)
{
	pid_t parent = getpid();
	int source[2], result[2], err;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, source))
		return -errno;
	if (pipe2(result, O_CLOEXEC)) {
		err = -errno;
		close(source[0]);
		close(source[1]);
		return err;
	}
	compiler->pid = fork();
	if (!compiler->pid)
		launch_exec(launch, parent, source[1], result[1]);
	err = compiler->pid < 0 ? -errno : 0;
	close(source[1]);
	close(result[1]);
	compiler->source = source[0];
	compiler->result = result[0];
	if (err)
		files_close(compiler);
	return err;
}

/* events: poll(2)'s. */
static int ready_wait(int fd, short events, uint64_t deadline_ns)
{
	for (;;) {
		struct pollfd poller = {.fd = fd, .events = events};
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

/* One that ends before it has read all says why in its result. */
static int source_write(const struct compiler *compiler, const struct text *source)
{
	for (size_t sent = 0; sent < source->len;) {
		int err = ready_wait(compiler->source, POLLOUT, compiler->deadline_ns);
		ssize_t put;

		if (err)
			return err;
		put = send(compiler->source, source->data + sent, source->len - sent,
			   MSG_DONTWAIT | MSG_NOSIGNAL);
		if (put < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (put < 0 && errno != EAGAIN)
			return -errno;
		if (put > 0)
			sent += put;
	}
	return 0;
}

/* Reads until the other side is closed: -ETIMEDOUT past the deadline, -EFBIG past the limit. */
static int result_read(const struct compiler *compiler, struct text *result)
{
	for (;;) {
		int err = ready_wait(compiler->result, POLLIN, compiler->deadline_ns);
		ssize_t got;
		char *at;

		if (err)
			return err;
		at = text_reserve(result, READ_SIZE);
		if (!at)
			return result->err;
		got = read(compiler->result, at, READ_SIZE);
		if (got <= 0)
			return got ? -errno : 0;
		text_commit(result, at + got);
		if (result->len > COMPILE_RESULT_MAX)
			return -EFBIG;
	}
}

/* It has ended, or is made to. Its status, as waitpid(2) has it. */
static int compiler_reap(struct compiler *compiler, bool ended)
{
	int status = 0;

	if (!ended && kill(-compiler->pid, SIGKILL)) /* the group, or, before it made one, itself */
		kill(compiler->pid, SIGKILL);
	while (waitpid(compiler->pid, &status, 0) < 0 && errno == EINTR)
		;
	files_close(compiler);
	return status;
}

static bool is_object(const struct text *answer)
{
	return answer->len >= 4 && !memcmp(answer->data, "\177ELF", 4);
}

/* What the compiler's exit means, with its messages, if any. */
static int result_judge(int err, int status, unsigned int deadline_s, struct text *result,
			struct diag *diag)
{
	const char *message = result->len ? result->data : "", *rest = message;
	int line = strcspn(message, "\n");

	if (err == -ETIMEDOUT)
		return diag_set(diag, err, "the compiler timed out after %u s", deadline_s);
	if (err == -EFBIG)
		return diag_set(diag, -EPROTO, "the compiler wrote more than %d MB",
				COMPILE_RESULT_MAX >> 20);
	if (err)
		return diag_errno(diag, err, "asking the compiler");
	if (WIFSIGNALED(status)) {
		err = diag_set(diag, -EPROTO, "the compiler crashed: %s",
			       strsignal(WTERMSIG(status)));
	} else if (WEXITSTATUS(status) == STATUS_EXEC) {
		err = diag_set(diag, -ENOEXEC, "the compiler cannot start: %.*s", line, message);
		diag_hint(diag, "install libbcc (Debian: libbpfcc, Fedora: bcc)");
	} else if (WEXITSTATUS(status) == STATUS_REFUSED) {
		err = diag_set(diag, -EINVAL, "the compiler refused the program: %.*s", line,
			       message);
		rest += line + !!message[line];
	} else if (WEXITSTATUS(status)) {
		err = diag_set(diag, -EPROTO, "the compiler ended with status %d",
			       WEXITSTATUS(status));
	} else if (!is_object(result)) {
		return diag_set(diag, -EPROTO, "the compiler's output is not an object");
	} else {
		return 0;
	}
	diag_detail(diag, rest);
	return err;
}

/* Waits for its end unless something went wrong before; object is empty where it is not one. */
static int answer_end(struct compiler *compiler, int err, struct text *object, struct diag *diag)
{
	unsigned int deadline_s = compiler->deadline_s;
	/* It may close its output and still hang, which is not seen before Linux 5.3. */
	int fd = err ? -1 : sys_pidfd_open(compiler->pid, 0), status;

	if (fd >= 0) {
		err = ready_wait(fd, POLLIN, compiler->deadline_ns);
		close(fd);
	}
	status = compiler_reap(compiler, !err);
	err = result_judge(err, status, deadline_s, object, diag);
	if (err)
		text_clear(object);
	return err;
}

int compiler_start(struct compiler *compiler, const struct headers *headers,
		   unsigned int deadline_s, struct diag *diag)
{
	struct launch launch = {.headers = headers,
				.source = -1,
				.build = -1,
				.deadline_s = deadline_s};
	int err = compiler_path(launch.path);

	*compiler = COMPILER_NONE;
	if (err) {
		diag_errno(diag, err, "the compiler is not installed: %s", launch.path);
		diag_hint(diag, privileges_are_raised()
					? "with raised privileges no other path is searched"
					: "the directory of this program is searched as well");
		return -ENOEXEC;
	}
	err = launch_open(&launch, diag);
	if (!err) {
		compiler->deadline_s = deadline_s;
		compiler->deadline_ns = clock_now_ns() + deadline_s * NS_PER_SECOND;
		err = launch_start(&launch, compiler);
		if (err)
			diag_errno(diag, err, "starting the compiler");
	}
	if (launch.source >= 0)
		close(launch.source);
	if (launch.build >= 0)
		close(launch.build);
	return err;
}

int compiler_answer(struct compiler *compiler, const struct text *source, struct text *object,
		    struct diag *diag)
{
	int err;

	text_clear(object);
	err = source_write(compiler, source);
	if (!err) {
		close(compiler->source); /* that was all of it */
		compiler->source = -1;
		err = result_read(compiler, object);
	}
	return !err && is_object(object) ? 0 : answer_end(compiler, err, object, diag);
}

int compiler_end(struct compiler *compiler, struct text *object, struct diag *diag)
{
	return compiler->pid ? answer_end(compiler, 0, object, diag) : 0;
}

void compiler_stop(struct compiler *compiler)
{
	if (compiler->pid > 0)
		compiler_reap(compiler, false);
}
