/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connections of a process to itself for the load generator: where they come from, opening,
 * closing, and holding many of them open.  Calls end the program with one line on stderr when they
 * fail, so none returns an error.
 */
#ifndef TRAFFIC_PAIRS_H
#define TRAFFIC_PAIRS_H

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/types.h>

/*
 * Connections go to the listeners of a source in turn, so that those in TIME_WAIT do not use up
 * the ports: with IPv4 the listeners differ in their address in 127.0.0.0/8, with IPv6 in their
 * port.  The ephemeral ports of five are enough for the 131072 TIME_WAITs a kernel keeps.
 */
#define SOURCE_LISTENERS 16

/* most sources in a network namespace: their IPv6 ports stay below the ephemeral ones */
#define SOURCES_MAX 1400

struct pair_source {
	bool ipv6;
	int port; /* the first of all sources' */
	int listeners[SOURCE_LISTENERS];
	struct sockaddr_storage addrs[SOURCE_LISTENERS];
	socklen_t addr_size;
};

/* both ends of a connection */
struct end_pair {
	int client;
	int server;
};

/* processes that hold connections open until they are released */
struct holders {
	int release; /* closed to release them */
	long count;
	pid_t *pids;
};

void call_check(bool ok, const char *what);

/* Opens the listeners of the index-th source, whose ipv6 and port are set. */
void source_open(struct pair_source *source, long index);
/* One of the listeners closes and listens again. */
void source_relisten(const struct pair_source *source, long n);
struct end_pair pair_open(const struct pair_source *source, long n);
void pair_close(struct end_pair pair, bool reset);

/* The pairs are of sources like this one, from the first_index-th on. */
void holders_start(struct holders *holders, long pairs, const struct pair_source *like, bool reset,
		   long first_index);
void holders_release(struct holders *holders);

#endif
