/* SPDX-License-Identifier: Apache-2.0 */
#include "system/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/syscalls.h"

struct helper {
	pid_t pid; /* or 0: there is none any more */
	int pidfd; /* or -1 */
	int socket;
};

struct answer {
	int err; /* 0: with the descriptor */
	struct diag diag;
};

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static struct msghdr message_of(struct iovec *data, union control *control)
{
	return (struct msghdr){
		.msg_iov = data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(*control),
	};
}

/* In the child: calls fetch and sends its answer. */
static void helper_run(int to, pid_t parent, helper_fetch *fetch, void *arg)
{
	struct answer answer = {0};
	struct iovec data = {&answer, sizeof(answer)};
	union control control = {.header = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = message_of(&data, &control);
	int null, fd = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(1);
	/* If stderr were only closed, the next file that is opened would get its number. */
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		answer.err = diag_errno(&answer.diag, -errno, "/dev/null");
	if (null >= 0)
		close(null);
	if (!answer.err)
		answer.err = fetch(arg, &fd, &answer.diag);
	if (answer.err)
		message.msg_controllen = 0;
	else
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	_exit(sendmsg(to, &message, MSG_NOSIGNAL) == sizeof(answer) ? 0 : 1);
}

int helper_start(struct helper **helper, helper_fetch *fetch, void *arg, struct diag *diag)
{
	struct helper *new = *helper = calloc(1, sizeof(*new));
	pid_t parent = getpid();
	int pair[2];

	if (!new)
		return diag_errno(diag, -ENOMEM, "starting the helper process");
	new->pidfd = new->socket = -1;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return diag_errno(diag, -errno, "starting the helper process");
	new->socket = pair[0];
	new->pid = fork();
	if (!new->pid)
		helper_run(pair[1], parent, fetch, arg);
	close(pair[1]);
	if (new->pid < 0) {
		new->pid = 0;
		return diag_errno(diag, -errno, "starting the helper process");
	}
	new->pidfd = sys_pidfd_open(new->pid, 0); /* Linux 5.3; it is only waited for before */
	return 0;
}

int helper_fd(const struct helper *helper)
{
	return helper->socket;
}

static void child_reap(struct helper *helper)
{
	while (helper->pid && waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
		;
	helper->pid = 0;
}

int helper_receive(struct helper *helper, int *fd, struct diag *diag)
{
	struct answer answer = {0};
	struct iovec data = {&answer, sizeof(answer)};
	union control control = {0};
	struct msghdr message = message_of(&data, &control);
	ssize_t got;
	int err;

	do
		got = recvmsg(helper->socket, &message, MSG_CMSG_CLOEXEC);
	while (got < 0 && errno == EINTR);
	err = got < 0 ? -errno : answer.err;
	child_reap(helper);
	if (got < 0)
		return diag_errno(diag, err, "waiting for the helper process");
	if (got != sizeof(answer))
		return diag_set(diag, -ECHILD, "the helper process ended without an answer");
	if (err) {
		*diag = answer.diag;
		return err;
	}
	/* No number was left for the descriptor. */
	if (message.msg_flags & MSG_CTRUNC || !message.msg_controllen)
		return diag_errno(diag, -EMFILE, "waiting for the helper process");
	memcpy(fd, CMSG_DATA(&control.header), sizeof(*fd));
	return 0;
}

void helper_free(struct helper *helper)
{
	if (!helper)
		return;
	if (helper->pid && helper->pidfd >= 0)
		sys_pidfd_send_signal(helper->pidfd, SIGKILL, NULL, 0);
	child_reap(helper);
	if (helper->pidfd >= 0)
		close(helper->pidfd);
	if (helper->socket >= 0)
		close(helper->socket);
	free(helper);
}
