/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens, closes and holds the connections of the load generator.
 *
 * The client end is closed first.  The server end is closed when it has seen that, and its close()
 * lingers until LAST_ACK is over, so the state changes are the same ones in every connection and
 * all have happened when pair_close() returns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "pairs.h"

#define CLOSE_SECONDS 10
#define SPARE_FILES   64 /* descriptors that are not an end of a connection */
#define BACKLOG	      8
#define HOLDER_PAIRS  100000 /* most connections one process holds */

/* Ends the program if the call named by what failed and left its reason in errno. */
void call_check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void linger_set(int fd, int seconds)
{
	const struct linger linger = {.l_onoff = 1, .l_linger = seconds};

	call_check(!setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), "setsockopt");
}

static int socket_open(const struct pair_source *source)
{
	int fd = socket(source->ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0);

	call_check(fd >= 0, "socket");
	return fd;
}

static void address_fill(struct pair_source *source, long index, int i)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&source->addrs[i];
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&source->addrs[i];

	if (source->ipv6) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(source->port + index * SOURCE_LISTENERS + i);
		v6->sin6_addr = in6addr_loopback;
		source->addr_size = sizeof(*v6);
	} else {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(source->port + index);
		v4->sin_addr.s_addr = htonl(0x7f000000 | (index + 1) << 8 | (i + 1));
		source->addr_size = sizeof(*v4);
	}
}

/* What the listeners accept inherits their linger time. */
void source_open(struct pair_source *source, long index)
{
	const int on = 1;

	for (int i = 0; i < SOURCE_LISTENERS; i++) {
		int fd = socket_open(source);

		address_fill(source, index, i);
		linger_set(fd, CLOSE_SECONDS);
		call_check(!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)),
			   "setsockopt");
		call_check(!bind(fd, (struct sockaddr *)&source->addrs[i], source->addr_size),
			   "bind");
		call_check(!listen(fd, BACKLOG), "listen");
		source->listeners[i] = fd;
	}
}

void source_relisten(const struct pair_source *source, long n)
{
	const int fd = source->listeners[n % SOURCE_LISTENERS];

	call_check(!shutdown(fd, SHUT_RD), "shutdown");
	call_check(!listen(fd, BACKLOG), "listen");
}

/* Makes the source's n-th connection. */
struct end_pair pair_open(const struct pair_source *source, long n)
{
	const int i = n % SOURCE_LISTENERS;
	const struct sockaddr *addr = (const struct sockaddr *)&source->addrs[i];
	struct end_pair pair = {.client = socket_open(source)};

	call_check(!connect(pair.client, addr, source->addr_size), "connect");
	pair.server = accept(source->listeners[i], NULL, NULL);
	call_check(pair.server >= 0, "accept");
	return pair;
}

void pair_close(struct end_pair pair, bool reset)
{
	char byte;

	if (reset)
		linger_set(pair.client, 0);
	close(pair.client);
	call_check(recv(pair.server, &byte, 1, 0) == 0 || (reset && errno == ECONNRESET), "recv");
	close(pair.server);
}

/* Allows this process as many files as it may have and returns how many pairs that is. */
static long files_allow(void)
{
	struct rlimit limit;
	long pairs;

	call_check(!getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	call_check(!setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
	if (limit.rlim_max > 2 * HOLDER_PAIRS + SPARE_FILES)
		return HOLDER_PAIRS;
	pairs = ((long)limit.rlim_max - SPARE_FILES) / 2;
	errno = EMFILE;
	call_check(pairs > 0, "RLIMIT_NOFILE");
	return pairs;
}

/* Opens the pairs, says so by a byte to ready, and closes them once release is at its end. */
__attribute__((noreturn)) static void holder_run(struct pair_source *source, long count, bool reset,
						 int ready, int release)
{
	struct end_pair *pairs = calloc(count, sizeof(*pairs));
	char byte = 0;

	call_check(pairs, "calloc");
	for (long i = 0; i < count; i++)
		pairs[i] = pair_open(source, i);
	call_check(write(ready, &byte, 1) == 1, "write");
	call_check(read(release, &byte, 1) == 0, "read");
	for (long i = 0; i < count; i++)
		pair_close(pairs[i], reset);
	exit(0);
}

/* Starts one holder and waits until its pairs are open. */
static pid_t holder_start(const int release[2], long count, struct pair_source source, bool reset,
			  long index)
{
	int ready[2];
	char byte;
	pid_t pid;

	call_check(!pipe(ready), "pipe");
	pid = fork();
	call_check(pid >= 0, "fork");
	if (pid == 0) {
		close(ready[0]);
		close(release[1]);
		source_open(&source, index);
		holder_run(&source, count, reset, ready[1], release[0]);
	}
	close(ready[1]);
	/* a holder that failed has said why */
	if (read(ready[0], &byte, 1) != 1)
		exit(1);
	close(ready[0]);
	return pid;
}

/* Holds the pairs in as many processes as the limit of open files asks for. */
void holders_start(struct holders *holders, long pairs, const struct pair_source *like, bool reset,
		   long first_index)
{
	const long most = files_allow();
	const long count = (pairs + most - 1) / most;
	int release[2];

	errno = EMFILE;
	call_check(first_index + count <= SOURCES_MAX, "RLIMIT_NOFILE");
	holders->pids = calloc(count + 1, sizeof(*holders->pids));
	call_check(holders->pids, "calloc");
	call_check(!pipe(release), "pipe");
	for (long i = 0; i < count; i++) {
		const long share = pairs / count + (i < pairs % count);

		holders->pids[i] = holder_start(release, share, *like, reset, first_index + i);
	}
	close(release[0]);
	holders->release = release[1];
	holders->count = count;
}

/* Lets the holders close their pairs and waits until they have. */
void holders_release(struct holders *holders)
{
	close(holders->release);
	for (long i = 0; i < holders->count; i++) {
		int status;

		call_check(waitpid(holders->pids[i], &status, 0) >= 0, "waitpid");
		if (status)
			exit(1);
	}
	free(holders->pids);
}
