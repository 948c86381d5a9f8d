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
	int err; /* 0: with the descriptors */
	int count, places[HELPER_FDS]; /* of them, and where each belongs */
	struct diag diag;
};

union control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(HELPER_FDS * sizeof(int))];
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
	union control control = {.header = {0, SOL_SOCKET, SCM_RIGHTS}};
	struct msghdr message = message_of(&data, &control);
	int null, fds[HELPER_FDS];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(1);
	/* If stderr were only closed, the next file that is opened would get its number. */
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDERR_FILENO) < 0)
		answer.err = diag_errno(&answer.diag, -errno, "/dev/null");
	if (null >= 0)
		close(null);
	memset(fds, -1, sizeof(fds));
	if (!answer.err)
		answer.err = fetch(arg, fds, &answer.diag);
	for (int i = 0; !answer.err && i < HELPER_FDS; i++) {
		if (fds[i] < 0)
			continue;
		memcpy(CMSG_DATA(&control.header) + answer.count * sizeof(int), &fds[i],
		       sizeof(int));
		answer.places[answer.count++] = i;
	}
	control.header.cmsg_len = CMSG_LEN(answer.count * sizeof(int));
	message.msg_controllen = answer.count ? CMSG_SPACE(answer.count * sizeof(int)) : 0;
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

int helper_receive(struct helper *helper, int fds[HELPER_FDS], struct diag *diag)
{
	struct answer answer = {0};
	struct iovec data = {&answer, sizeof(answer)};
	union control control = {0};
	struct msghdr message = message_of(&data, &control);
	int err, count = 0;
	ssize_t got;

	memset(fds, -1, HELPER_FDS * sizeof(*fds));
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
	if (message.msg_controllen)
		count = (control.header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
	for (int i = 0; i < count; i++)
		memcpy(&fds[answer.places[i]], CMSG_DATA(&control.header) + i * sizeof(int),
		       sizeof(int));
	if (count == answer.count)
		return 0;
	/* No number was left for one of them. */
	for (int i = 0; i < HELPER_FDS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return diag_errno(diag, -EMFILE, "waiting for the helper process");
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
