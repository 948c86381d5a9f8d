/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ends of a loopback TCP session: opening them, moving one byte, closing them in a known
 * way and seeing that nothing of them is left.  Every call here ends the program with one line on
 * stderr when it fails, so none returns an error.
 */
#ifndef TRAFFIC_ENDS_H
#define TRAFFIC_ENDS_H

/* longest time, in seconds, any single step may take before it counts as failed */
#define STEP_SECONDS 10

enum ip_mode {
	IP_V4, /* 127.0.0.1 on both sides */
	IP_V6, /* ::1 on both sides */
	IP_MAPPED, /* AF_INET6 client to ::ffff:127.0.0.1, dual-stack AF_INET6 listener */
};

/* what a session is printed as: "FAMILY LADDR LPORT RADDR RPORT" */
struct end_names {
	char text[160];
};

__attribute__((noreturn)) void error_die(const char *what, const char *why);
__attribute__((noreturn)) void error_die_errno(const char *what);

int listener_open(enum ip_mode mode, unsigned int port);
int client_connect(enum ip_mode mode, unsigned int port);
void client_refuse(enum ip_mode mode, unsigned int port, struct end_names *names);
int server_accept(int listener);

void byte_pass(int from, int to);
void eof_expect(int fd);
void reset_expect(int fd);

void end_close(int fd);
void end_close_wait(int fd);
void end_reset(int fd);
void end_shut(int fd);

void names_read(int fd, struct end_names *names);
void sockets_wait_gone(unsigned int first_port, unsigned int last_port);

#endif
