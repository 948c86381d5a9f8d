/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens, uses and closes the two ends of a loopback TCP session, each step blocking until the
 * event it is there for has happened.
 *
 * That a socket has made its last transition is known without a sleep:
 *  - read() that returned EOF or ECONNRESET took the socket's lock after the FIN or RST had been
 *    dealt with under it;
 *  - close() with SO_LINGER and a time does not return while the socket is in LAST_ACK, and the
 *    ACK that ends LAST_ACK arrives after the other end has dealt with the FIN.
 * sockets_wait_gone() checks the outcome in /proc/net/tcp and /proc/net/tcp6.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "ends.h"

union address {
	struct sockaddr sa;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

void error_die(const char *what, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "traffic: %s: %s\n", what, why);
	exit(1);
}

void error_die_errno(const char *what)
{
	error_die(what, strerror(errno));
}

static socklen_t address_fill(union address *addr, enum ip_mode mode, unsigned int port,
			      bool listener)
{
	memset(addr, 0, sizeof(*addr));
	if (mode == IP_V4) {
		addr->v4.sin_family = AF_INET;
		addr->v4.sin_port = htons(port);
		addr->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(addr->v4);
	}

	addr->v6.sin6_family = AF_INET6;
	addr->v6.sin6_port = htons(port);
	if (mode == IP_V6)
		addr->v6.sin6_addr = in6addr_loopback;
	else if (listener)
		addr->v6.sin6_addr = in6addr_any;
	else
		inet_pton(AF_INET6, "::ffff:127.0.0.1", &addr->v6.sin6_addr);
	return sizeof(addr->v6);
}

static void option_set(int fd, int level, int name, const void *value, socklen_t size)
{
	if (setsockopt(fd, level, name, value, size))
		error_die_errno("setsockopt");
}

static void linger_set(int fd, int seconds)
{
	struct linger linger = {.l_onoff = 1, .l_linger = seconds};

	option_set(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

/* Bounds connect(), accept(), send() and recv(); accepted sockets inherit it. */
static int socket_open(enum ip_mode mode)
{
	struct timeval bound = {.tv_sec = STEP_SECONDS};
	int fd = socket(mode == IP_V4 ? AF_INET : AF_INET6, SOCK_STREAM, 0);
	int off = 0;

	if (fd < 0)
		error_die_errno("socket");
	option_set(fd, SOL_SOCKET, SO_RCVTIMEO, &bound, sizeof(bound));
	option_set(fd, SOL_SOCKET, SO_SNDTIMEO, &bound, sizeof(bound));
	if (mode == IP_MAPPED)
		option_set(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	return fd;
}

int listener_open(enum ip_mode mode, unsigned int port)
{
	int fd = socket_open(mode);
	union address addr;
	socklen_t size = address_fill(&addr, mode, port, true);
	int on = 1;

	option_set(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, &addr.sa, size))
		error_die_errno("bind");
	if (listen(fd, 8))
		error_die_errno("listen");
	return fd;
}

int client_connect(enum ip_mode mode, unsigned int port)
{
	int fd = socket_open(mode);
	union address addr;
	socklen_t size = address_fill(&addr, mode, port, false);

	if (connect(fd, &addr.sa, size))
		error_die_errno("connect");
	return fd;
}

static void names_format(const union address *local, const union address *remote,
			 struct end_names *names)
{
	char laddr[INET6_ADDRSTRLEN] = "", raddr[INET6_ADDRSTRLEN] = "";
	const bool v4 = local->sa.sa_family == AF_INET;
	/* sin_port and sin6_port are at the same place */
	const unsigned int lport = ntohs(local->v4.sin_port), rport = ntohs(remote->v4.sin_port);

	if (v4) {
		inet_ntop(AF_INET, &local->v4.sin_addr, laddr, sizeof(laddr));
		inet_ntop(AF_INET, &remote->v4.sin_addr, raddr, sizeof(raddr));
	} else {
		inet_ntop(AF_INET6, &local->v6.sin6_addr, laddr, sizeof(laddr));
		inet_ntop(AF_INET6, &remote->v6.sin6_addr, raddr, sizeof(raddr));
	}
	snprintf(names->text, sizeof(names->text), "%d %s %u %s %u", v4 ? 4 : 6, laddr, lport,
		 raddr, rport);
}

static void local_read(int fd, union address *local)
{
	socklen_t size = sizeof(*local);

	if (getsockname(fd, &local->sa, &size))
		error_die_errno("getsockname");
}

/* A socket without a peer, such as a listener, is given the unspecified address and port 0. */
void names_read(int fd, struct end_names *names)
{
	union address local, remote = {0};
	socklen_t size = sizeof(remote);

	local_read(fd, &local);
	if (getpeername(fd, &remote.sa, &size) && errno != ENOTCONN)
		error_die_errno("getpeername");
	names_format(&local, &remote, names);
}

/* The local address after a refusal is what the kernel still keeps of it. */
void client_refuse(enum ip_mode mode, unsigned int port, struct end_names *names)
{
	int fd = socket_open(mode);
	union address local, remote;
	socklen_t size = address_fill(&remote, mode, port, false);

	if (connect(fd, &remote.sa, size) == 0)
		error_die("connect", "not refused: something listens on the port");
	if (errno != ECONNREFUSED)
		error_die_errno("connect");
	local_read(fd, &local);
	names_format(&local, &remote, names);
	end_close(fd);
}

int server_accept(int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		error_die_errno("accept");
	return fd;
}

static bool byte_read(int fd)
{
	char byte;
	ssize_t got = recv(fd, &byte, 1, 0);

	if (got < 0)
		error_die_errno("recv");
	return got == 1;
}

void byte_pass(int from, int to)
{
	if (send(from, ".", 1, MSG_NOSIGNAL) != 1)
		error_die_errno("send");
	if (!byte_read(to))
		error_die("recv", "end of file instead of a byte");
}

/*
 * Also has the FIN acknowledged now, not with the next segment or 40 ms later, whichever is first:
 * the order of the two ends' transitions would depend on that.
 */
void eof_expect(int fd)
{
	const int on = 1;

	if (byte_read(fd))
		error_die("recv", "a byte instead of end of file");
	option_set(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

void reset_expect(int fd)
{
	char byte;

	if (recv(fd, &byte, 1, 0) >= 0)
		error_die("recv", "no reset");
	if (errno != ECONNRESET)
		error_die_errno("recv");
}

void end_close(int fd)
{
	if (close(fd))
		error_die_errno("close");
}

/* Closes the end that closes last, returning once it is past LAST_ACK. */
void end_close_wait(int fd)
{
	linger_set(fd, STEP_SECONDS);
	end_close(fd);
}

void end_reset(int fd)
{
	linger_set(fd, 0);
	end_close(fd);
}

void end_shut(int fd)
{
	if (shutdown(fd, SHUT_WR))
		error_die_errno("shutdown");
}

/* True if a socket with such a port on either side is in a state other than LISTEN, TIME_WAIT. */
static bool table_has_ports(const char *path, unsigned int first, unsigned int last)
{
	FILE *file = fopen(path, "r");
	unsigned int lport, rport, state;
	char line[512];
	bool found = false;

	/* no tcp6 on a kernel without IPv6 */
	if (!file && errno == ENOENT)
		return false;
	if (!file)
		error_die_errno(path);
	while (!found && fgets(line, sizeof(line), file)) {
		if (sscanf(line, " %*[0-9]: %*[0-9A-F]:%x %*[0-9A-F]:%x %x", &lport, &rport,
			   &state) != 3)
			continue;
		if (state == TCP_LISTEN || state == TCP_TIME_WAIT)
			continue;
		found = (lport >= first && lport <= last) || (rport >= first && rport <= last);
	}
	if (ferror(file))
		error_die_errno(path);
	fclose(file);
	return found;
}

static time_t seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

void sockets_wait_gone(unsigned int first_port, unsigned int last_port)
{
	const time_t end = seconds_now() + STEP_SECONDS;

	while (table_has_ports("/proc/net/tcp", first_port, last_port) ||
	       table_has_ports("/proc/net/tcp6", first_port, last_port)) {
		if (seconds_now() > end)
			error_die("sockets", "a session on the port is still open");
		sched_yield();
	}
}
