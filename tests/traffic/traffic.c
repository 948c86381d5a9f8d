/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes known TCP sessions over loopback in the network namespace it is started in, so that a
 * test knows which state changes a tracer has to report.  One thread plays both sides; it never
 * sleeps, and when it ends every transition of its sessions has happened.
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "ends.h"

/* a task's name without the final NUL */
#define NAME_MAX_BYTES 15

struct options {
	enum ip_mode mode;
	unsigned int port;
	unsigned long count;
	bool verbose;
	bool wait;
};

struct session {
	const struct options *opts;
	int listener;
	int client;
	int server;
	struct end_names names;
};

struct scenario {
	const char *name;
	bool listens;
	void (*run)(struct session *s);
};

static void line_wait(void)
{
	int c;

	do {
		c = getchar();
	} while (c != '\n' && c != EOF);
	if (c == EOF)
		error_die("stdin", ferror(stdin) ? strerror(errno) : "ended while waited for");
}

static void session_open(struct session *s)
{
	s->client = client_connect(s->opts->mode, s->opts->port);
	s->server = server_accept(s->listener);
	names_read(s->client, &s->names);
	byte_pass(s->client, s->server);
	byte_pass(s->server, s->client);
}

static void session_finish(int first, int last)
{
	end_close(first);
	eof_expect(last);
	end_close_wait(last);
}

static void session_reset(int first, int last)
{
	end_reset(first);
	reset_expect(last);
	end_close(last);
}

static void client_fin_run(struct session *s)
{
	session_open(s);
	session_finish(s->client, s->server);
}

static void server_fin_run(struct session *s)
{
	session_open(s);
	session_finish(s->server, s->client);
}

static void client_rst_run(struct session *s)
{
	session_open(s);
	session_reset(s->client, s->server);
}

static void server_rst_run(struct session *s)
{
	session_open(s);
	session_reset(s->server, s->client);
}

static void half_close_run(struct session *s)
{
	session_open(s);
	end_shut(s->client);
	eof_expect(s->server);
	byte_pass(s->server, s->client);
	end_close_wait(s->server);
	eof_expect(s->client);
	end_close(s->client);
}

/* The server keeps its end, in CLOSE_WAIT, until it is told to close. */
static void close_wait_run(struct session *s)
{
	session_open(s);
	end_close(s->client);
	eof_expect(s->server);
	line_wait();
	end_close_wait(s->server);
}

static void refused_run(struct session *s)
{
	client_refuse(s->opts->mode, s->opts->port + 1, &s->names);
}

static void listen_run(struct session *s)
{
	int fd = listener_open(s->opts->mode, s->opts->port);

	names_read(fd, &s->names);
	end_close(fd);
}

static const struct scenario scenarios[] = {
	{"client-fin", true, client_fin_run}, {"server-fin", true, server_fin_run},
	{"client-rst", true, client_rst_run}, {"server-rst", true, server_rst_run},
	{"half-close", true, half_close_run}, {"close-wait", true, close_wait_run},
	{"refused", false, refused_run},      {"listen", false, listen_run},
};

static const struct scenario *scenario_find(const char *name)
{
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		if (!strcmp(scenarios[i].name, name))
			return &scenarios[i];
	return NULL;
}

static void scenario_run(const struct scenario *scenario, const struct options *opts)
{
	struct session s = {.opts = opts};

	if (opts->wait)
		line_wait();
	if (scenario->listens)
		s.listener = listener_open(opts->mode, opts->port);
	for (unsigned long i = 0; i < opts->count; i++) {
		scenario->run(&s);
		if (opts->verbose)
			printf("%s %s\n", scenario->name, s.names.text);
	}
	if (scenario->listens)
		end_close(s.listener);
	sockets_wait_gone(opts->port, opts->port + 1);
}

__attribute__((noreturn)) static void usage_die(void)
{
	fprintf(stderr, "usage: traffic [-4|-6|-m] [-p PORT] [-n COUNT] [-c COMM] [-v] [-w] "
			"SCENARIO...\nscenarios:");
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++)
		fprintf(stderr, " %s", scenarios[i].name);
	fprintf(stderr, "\n");
	exit(2);
}

static unsigned long number_parse(const char *text, unsigned long max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end || errno || value == 0 || value > max)
		usage_die();
	return value;
}

/* Reads at most max digits of the base at *text and moves *text past them. */
static unsigned int digits_decode(const char **text, unsigned int base, int max)
{
	static const char digits[] = "0123456789abcdef";
	unsigned int value = 0;
	int n;

	for (n = 0; n < max && **text; n++) {
		const char *digit = strchr(digits, tolower((unsigned char)**text));

		if (!digit || digit - digits >= (int)base)
			break;
		value = value * base + (digit - digits);
		(*text)++;
	}
	if (n == 0 || value > 0xff)
		usage_die();
	return value;
}

/* Decodes what follows a backslash: a letter, xHH or up to three octal digits. */
static unsigned int escape_decode(const char **text)
{
	static const char letters[] = "abfnrtve\\'\"";
	static const char values[] = "\a\b\f\n\r\t\v\x1b\\'\"";
	const char *letter = **text ? strchr(letters, **text) : NULL;

	if (letter) {
		(*text)++;
		return (unsigned char)values[letter - letters];
	}
	if (**text == 'x') {
		(*text)++;
		return digits_decode(text, 16, 2);
	}
	return digits_decode(text, 8, 3);
}

/* A name that the kernel would cut, or that would end early at a NUL, is a usage error. */
static void name_set(const char *text)
{
	char name[NAME_MAX_BYTES + 1] = "";
	size_t length = 0;

	while (*text) {
		unsigned int byte = (unsigned char)*text++;

		if (byte == '\\')
			byte = escape_decode(&text);
		if (!byte || length == NAME_MAX_BYTES)
			usage_die();
		name[length++] = (char)byte;
	}
	if (prctl(PR_SET_NAME, name))
		error_die_errno("prctl");
}

static void options_parse(int argc, char **argv, struct options *opts)
{
	int c;

	while ((c = getopt(argc, argv, "46mp:n:c:vw")) != -1) {
		switch (c) {
		case '4':
			opts->mode = IP_V4;
			break;
		case '6':
			opts->mode = IP_V6;
			break;
		case 'm':
			opts->mode = IP_MAPPED;
			break;
		case 'p':
			opts->port = number_parse(optarg, 65534);
			break;
		case 'n':
			opts->count = number_parse(optarg, 1000000);
			break;
		case 'c':
			name_set(optarg);
			break;
		case 'v':
			opts->verbose = true;
			break;
		case 'w':
			opts->wait = true;
			break;
		default:
			usage_die();
		}
	}
	if (optind == argc)
		usage_die();
	for (int i = optind; i < argc; i++)
		if (!scenario_find(argv[i]))
			usage_die();
}

int main(int argc, char **argv)
{
	struct options opts = {.mode = IP_V4, .port = 8080, .count = 1};

	options_parse(argc, argv, &opts);
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	for (int i = optind; i < argc; i++)
		scenario_run(scenario_find(argv[i]), &opts);
	if (fflush(stdout) || ferror(stdout))
		error_die_errno("stdout");
	return 0;
}
