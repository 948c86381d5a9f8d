/* SPDX-License-Identifier: Apache-2.0 */
#include "system/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/diag.h"

#define DEADLINE_S 5

int loopback_address(uint32_t *address)
{
	uint8_t bytes[4];

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -errno;
	/* Neither the network's own address nor the broadcast address. */
	*address = htonl(127u << 24 | bytes[0] << 16 | bytes[1] << 8 | (bytes[2] % 254 + 1));
	return 0;
}

/* Returns a socket that is bound to a port of its own, with its name, or -errno. */
static int bound_socket(uint32_t address, struct sockaddr_in *name)
{
	socklen_t size = sizeof(*name);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*name = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = address};
	if (fd < 0 || bind(fd, (struct sockaddr *)name, sizeof(*name)) ||
	    getsockname(fd, (struct sockaddr *)name, &size))
		return -errno;
	return fd;
}

/*
 * The client resets the connection, and its peer reads that: then no change is left to a softirq.
 * The last one is made by closing the listener.
 */
static int connection_make(uint32_t address)
{
	const struct linger reset = {.l_onoff = 1};
	struct sockaddr_in server, unused;
	int listener = bound_socket(address, &server), client = bound_socket(address, &unused),
	    peer;
	socklen_t size = sizeof(unused);
	char byte;

	if (listener < 0 || client < 0)
		return listener < 0 ? listener : client;
	if (listen(listener, 1) || connect(client, (struct sockaddr *)&server, sizeof(server)))
		return -errno;
	peer = accept4(listener, (struct sockaddr *)&unused, &size, SOCK_CLOEXEC);
	if (peer < 0 || setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)))
		return -errno;
	close(client);
	if (read(peer, &byte, 1) < 0 && errno != ECONNRESET)
		return -errno;
	close(peer);
	close(listener);
	return 0;
}

/* In the child, which exits with an errno, or 0. */
static void connection_run(uint32_t address, pid_t parent)
{
	struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	sigset_t none;
	int fd;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent) /* gone before the line above */
		_exit(ESRCH);
	signal(SIGALRM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	alarm(DEADLINE_S);
	/* CAP_BPF and CAP_PERFMON without CAP_SYS_ADMIN need a user namespace. */
	if (unshare(CLONE_NEWNET) && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		_exit(errno);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &up))
		_exit(errno);
	_exit(-connection_make(address));
}

int loopback_connect(uint32_t address, struct diag *diag)
{
	static const char what[] = "a connection in a network namespace";
	pid_t parent = getpid(), pid = fork();
	int status;

	if (!pid)
		connection_run(address, parent);
	if (pid < 0)
		return diag_errno(diag, -errno, "%s", what);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return diag_errno(diag, -errno, "%s", what);
	if (WIFSIGNALED(status))
		return diag_errno(diag, WTERMSIG(status) == SIGALRM ? -ETIMEDOUT : -EINTR, "%s",
				  what);
	return WEXITSTATUS(status) ? diag_errno(diag, -WEXITSTATUS(status), "%s", what) : 0;
}
