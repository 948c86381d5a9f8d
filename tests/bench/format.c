/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event costs as a line, without reading or writing it: nanoseconds of CPU, the best of
 * some runs, for the machine has other work. "format [EVENTS [LAYOUT [FAMILIES]]]" runs a part of
 * the table, as a counter of instructions wants it:
 *
 *   valgrind --tool=callgrind --toggle-collect=line_event build/tests/bench/bench-format \
 *       100000 columns ipv4
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "event/event.h"
#include "output/format.h"
#include "random.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
#define SESSIONS     512
#define STEPS	     6 /* state changes of a session */
#define EVENTS	     (SESSIONS * STEPS)
#define BATCH_SIZE   65536
#define RUNS	     7

static const struct row {
	const char *name;
	enum output_format kind;
	bool time, timestamp;
} rows[] = {
	{"columns", FORMAT_COLUMNS, false, false}, {"columns-tT", FORMAT_COLUMNS, true, true},
	{"wide", FORMAT_WIDE, false, false},	   {"wide-tT", FORMAT_WIDE, true, true},
	{"csv", FORMAT_CSV, false, false},	   {"csv-tT", FORMAT_CSV, true, true},
};

static const struct mix {
	const char *name;
	int every; /* one session of this many is of IPv6 */
} mixes[] = {{"ipv4", SESSIONS + 1}, {"ipv6", 1}, {"mixed", 2}};

/* Some addresses as hosts have them, short and long. */
static void address_fill(uint8_t address[16], bool ipv6)
{
	static const char *const prefixes[] = {"::1", "fe80::", "2001:db8:12:3400::", "::ffff:0:0"};
	uint64_t low = random_next();

	memset(address, 0, 16);
	if (!ipv6) {
		memcpy(address, &low, 4);
		return;
	}
	inet_pton(AF_INET6, prefixes[random_next() % COUNT(prefixes)], address);
	if (address[15])
		return;
	memcpy(address + (address[10] ? 12 : 8), &low, address[10] ? 4 : 8);
}

/* A session's changes, at its client; sessions are interleaved as a busy host shows them. */
static void session_fill(struct event *events, size_t session, bool ipv6)
{
	static const uint8_t states[STEPS + 1] = {7, 2, 1, 4, 5, 6, 7};
	static const char comms[][EVENT_COMM_LEN] = {"nginx",	  "postgres",
						     "swapper/0", "ThreadPoolForeg",
						     "curl",	  "node (v8)",
						     "sshd",	  "kworker/u8:2"};
	struct event event = {
		.skaddr = 0xffff888000000000 | (random_next() & 0x3fffffff00),
		.pid = random_next() % 5 ? random_next() % 100000 : 0,
		.lport = 32768 + random_next() % 28232,
		.rport = random_next() % 2 ? 443 : 8080,
		.family = ipv6 ? AF_INET6 : AF_INET,
	};

	address_fill(event.laddr, ipv6);
	address_fill(event.raddr, ipv6);
	memcpy(event.comm, comms[random_next() % COUNT(comms)], sizeof(event.comm));
	for (size_t step = 0; step < STEPS; step++) {
		size_t at = step * SESSIONS + session;

		event.ts_ns = 86390123456789 + at * 10000;
		event.span_ns = step ? random_next() % 3000000000 >> random_next() % 24 : 0;
		event.oldstate = states[step];
		event.newstate = states[step + 1];
		events[at] = event;
	}
}

static double lines_time(const struct row *row, const struct event *events, size_t count)
{
	struct line_format format = {
		.kind = row->kind,
		.time = row->time,
		.timestamp = row->timestamp,
	};
	_cleanup_text_ struct text text = {0};
	const struct format *lines = format_of(row->kind);
	struct timespec begin, end;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	for (size_t i = 0; i < count; i++) {
		lines->event(&format, &events[i % EVENTS], &text);
		if (text.len > BATCH_SIZE)
			text_clear(&text);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	return ((end.tv_sec - begin.tv_sec) * 1e9 + (end.tv_nsec - begin.tv_nsec)) / count;
}

int main(int argc, char **argv)
{
	static struct event events[EVENTS];
	size_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;

	for (size_t m = 0; m < COUNT(mixes); m++) {
		if (argc > 3 && strcmp(argv[3], mixes[m].name))
			continue;
		for (size_t i = 0; i < SESSIONS; i++)
			session_fill(events, i, i % mixes[m].every == mixes[m].every - 1UL);
		for (size_t r = 0; r < COUNT(rows); r++) {
			double best = 0;

			if (argc > 2 && strcmp(argv[2], rows[r].name))
				continue;
			for (int run = 0; run < (argc > 2 ? 1 : RUNS); run++) {
				double ns = lines_time(&rows[r], events, count);

				best = run && best < ns ? best : ns;
			}
			printf("%-5s %-10s %6.1f ns\n", mixes[m].name, rows[r].name, best);
		}
	}
	return 0;
}
