/* SPDX-License-Identifier: Apache-2.0 */
/* Random events in every format, compared with a slow model made of printf and inet_ntop(3). */
#include "unit.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "event/event.h"
#include "output/lines.h"
#include "random.h"

#define EVENTS	  200000
#define OFFSET_NS (1710892800LL * NS_PER_SECOND) /* 2024-03-20 00:00:00 UTC */

/* The point of the UTF-8 sequence that is exactly len bytes long, or -1. */
static int64_t point_of(const unsigned char *bytes, size_t len)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	static const unsigned char leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
	int64_t point;

	if (len == 1)
		return bytes[0] < 0x80 ? bytes[0] : -1;
	point = bytes[0] - leads[len];
	if (point < 0 || point >= 1 << (7 - len))
		return -1;
	for (size_t i = 1; i < len; i++) {
		if ((bytes[i] & 0xc0) != 0x80)
			return -1;
		point = point << 6 | (bytes[i] & 0x3f);
	}
	if (point < least[len] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff))
		return -1;
	return point;
}

/* Whether something can follow that makes a character of it. */
static bool is_begun(const unsigned char *bytes, size_t len)
{
	for (size_t whole = len + 1; whole <= 4; whole++) {
		unsigned char low[4], high[4];

		memset(low, 0x80, 4);
		memset(high, 0xbf, 4);
		memcpy(low, bytes, len);
		memcpy(high, bytes, len);
		if (point_of(low, whole) >= 0 || point_of(high, whole) >= 0)
			return true;
	}
	return false;
}

/* The table is held to Unicode by printable.py. */
static bool is_unsafe(int64_t point)
{
	static const int64_t turns[] = {
#include "base/printable.inc"
	};
	bool unsafe = false;

	for (size_t i = 0; i < COUNT(turns) && turns[i] <= point; i++)
		unsafe = !unsafe;
	return unsafe;
}

/* A task's name in at most max columns; returns how many. */
static size_t comm_model(const struct event *event, size_t max, char *out)
{
	const unsigned char *comm = (const unsigned char *)event->comm;
	size_t len = strnlen(event->comm, sizeof(event->comm)), columns = 0, used;

	*out = '\0';
	for (size_t i = 0; i < len; i += used) {
		char shown[20] = "";
		size_t width = 1;

		for (used = 1; used <= 4 && i + used <= len; used++)
			if (point_of(comm + i, used) >= 0)
				break;
		if (used > 4 || i + used > len) {
			for (used = 1; i + used < len && is_begun(comm + i, used + 1);)
				used++;
			strcpy(shown, "\xef\xbf\xbd");
		} else if (is_unsafe(point_of(comm + i, used))) {
			for (size_t b = 0; b < used; b++)
				sprintf(shown + 4 * b, "\\x%02x", comm[i + b]);
			width = 4 * used;
		} else if (comm[i] == '\\') {
			strcpy(shown, "\\\\");
			width = 2;
		} else {
			memcpy(shown, comm + i, used);
		}
		if (columns + width > max)
			break;
		out = stpcpy(out, shown);
		columns += width;
	}
	return columns;
}

static void quoted_model(const char *value, char *out)
{
	if (!strpbrk(value, ",\"\r\n")) {
		strcpy(out, value);
		return;
	}
	*out++ = '"';
	for (; *value; value++)
		out += sprintf(out, *value == '"' ? "\"\"" : "%c", *value);
	strcpy(out, "\"");
}

static const char *state_model(unsigned int state, char *out)
{
	static const char *const names[] = {"ESTABLISHED", "SYN_SENT",	"SYN_RECV", "FIN_WAIT1",
					    "FIN_WAIT2",   "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
					    "LAST_ACK",	   "LISTEN",	"CLOSING",  "NEW_SYN_RECV"};

	if (state >= 1 && state <= COUNT(names))
		return names[state - 1];
	if (state == STATE_STILL || state == STATE_STUCK)
		return state == STATE_STILL ? "(open)" : "(stuck)";
	sprintf(out, "%u", state);
	return out;
}

/* What is before SKADDR. */
static int times_model(const struct line_format *format, const struct event *event, char *out)
{
	bool csv = format->kind == FORMAT_CSV;
	int64_t us = (int64_t)(event->ts_ns / 1000 - format->start_us);
	uint64_t distance = us < 0 ? -us : us;
	char value[64], *at = out;

	if (format->time) {
		time_t second = (format->clock.offset_ns + event->ts_ns) / NS_PER_SECOND;
		struct tm tm;

		at += strftime(at, 9, "%H:%M:%S", localtime_r(&second, &tm));
		*at++ = csv ? ',' : ' ';
	}
	if (format->timestamp) {
		snprintf(value, sizeof(value), "%s%" PRIu64 ".%06" PRIu64, us < 0 ? "-" : "",
			 distance / 1000000, distance % 1000000);
		at += sprintf(at, csv ? "%s," : "%-9s ", value);
	}
	return at - out;
}

static void line_model(const struct line_format *format, const struct event *event, char *out)
{
	int ip = event->family == AF_INET ? AF_INET : AF_INET6, version = ip == AF_INET ? 4 : 6;
	char laddr[INET6_ADDRSTRLEN], raddr[INET6_ADDRSTRLEN], comm[80], quoted[160], states[2][16];
	const char *old = state_model(event->oldstate, states[0]),
		   *new = state_model(event->newstate, states[1]);
	uint64_t us = event->span_ns == UINT64_MAX ? 0 : event->span_ns / 1000;
	bool wide = format->kind == FORMAT_WIDE;
	size_t columns;

	inet_ntop(ip, event->laddr, laddr, sizeof(laddr));
	inet_ntop(ip, event->raddr, raddr, sizeof(raddr));
	out += times_model(format, event, out);
	if (format->kind == FORMAT_CSV) {
		comm_model(event, SIZE_MAX, comm);
		quoted_model(comm, quoted);
		sprintf(out, "%llx,%u,%s,%d,%s,%u,%s,%u,%s,%s,%" PRIu64 ".%03" PRIu64 "\n",
			event->skaddr, event->pid, quoted, version, laddr, event->lport, raddr,
			event->rport, old, new, us / 1000, us % 1000);
		return;
	}
	columns = comm_model(event, wide ? 16 : 10, comm);
	out += sprintf(out, "%-16llx %-5u %s%*s ", event->skaddr, event->pid, comm,
		       (int)((wide ? 16 : 10) - columns), "");
	out += wide ? sprintf(out, "%-2d ", version) : 0;
	sprintf(out, "%-*s %-5u %-*s %-5u %-11s -> %-11s %" PRIu64 ".%03" PRIu64 "\n",
		wide ? 39 : 15, laddr, event->lport, wide ? 39 : 15, raddr, event->rport, old, new,
		us / 1000, us % 1000);
}

static void bytes_fill(void *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		((unsigned char *)bytes)[i] = random_next() >> 32;
}

/* Plain names most of all; else pieces that have a meaning somewhere, or any bytes. */
static void comm_fill(char comm[EVENT_COMM_LEN])
{
	static const char *const pieces[] = {
		",",
		"\"",
		"\n",
		"\r",
		"\t",
		"\x1b[m",
		"\xc3\xa9",
		"\xe2\x82",
		"\xe2\x80\xae",
		"\xc2\x85",
		"\xf0\x9f\x98\x80",
		"\xed\xa0",
		" ",
		"\x7f",
		"\xff",
		"\\",
		"%s",
		"ab",
	};
	size_t len = random_next() % (EVENT_COMM_LEN + 1), at = 0, kind = random_next() % 4;

	bytes_fill(comm, EVENT_COMM_LEN);
	for (size_t i = 0; kind < 2 && i < EVENT_COMM_LEN; i++)
		comm[i] = ' ' + (unsigned char)comm[i] % ('~' - ' ' + 1);
	while (kind == 2 && at < EVENT_COMM_LEN) {
		const char *piece = pieces[random_next() % COUNT(pieces)];

		for (; *piece && at < EVENT_COMM_LEN; piece++)
			comm[at++] = *piece;
	}
	if (len < EVENT_COMM_LEN)
		comm[len] = '\0'; /* and what was there behind it */
}

static void event_fill(struct event *event)
{
	*event = (struct event){
		.ts_ns = random_next() % 2 ? random_next() % (1ULL << 50)
					   : (1ULL << 45) + random_sized() % (1ULL << 40),
		.skaddr = random_sized(),
		.span_ns = random_next() % 8 ? random_sized() : SPAN_UNKNOWN,
		.pid = random_sized(),
		.lport = random_sized(),
		.rport = random_sized(),
		.family = random_next() % 2 ? AF_INET : AF_INET6,
		.oldstate = random_next() % (random_next() % 8 ? 14 : 256),
		.newstate = random_next() % (random_next() % 8 ? 14 : 256),
	};
	comm_fill(event->comm);
	bytes_fill(event->laddr, sizeof(event->laddr));
	bytes_fill(event->raddr, sizeof(event->raddr));
	if (random_next() % 2)
		memset(event->laddr + random_next() % 8, 0, random_next() % 9);
	if (random_next() % 4 == 0) /* an IPv4 address within, or close to it */
		memset(event->raddr, 0, 10 + random_next() % 4);
	if (random_next() % 8 == 0)
		memset(event->raddr + 10, 0xff, 2);
}

static void lines_are_the_models(void **state)
{
	enum { VARIANTS = FORMAT_JSON * 4 };
	struct line_format formats[VARIANTS];
	_cleanup_text_ struct text text = {0};
	struct event event;

	for (int f = 0; f < VARIANTS; f++)
		formats[f] = (struct line_format){.kind = f % FORMAT_JSON,
						  .time = f / FORMAT_JSON & 1,
						  .timestamp = f / FORMAT_JSON & 2,
						  .clock.offset_ns = OFFSET_NS};
	for (int i = 0; i < EVENTS; i++) {
		event_fill(&event);
		/* One of the four in each format; all of them at first. */
		for (int f = i < 5000 ? 0 : i % 4 * FORMAT_JSON;
		     f < (i < 5000 ? (int)VARIANTS : (i % 4 + 1) * FORMAT_JSON); f++) {
			char expected[1024];

			text_clear(&text);
			line_event(&formats[f], &event, &text);
			line_model(&formats[f], &event, expected);
			if (strcmp(text.data, expected))
				print_error("event %d\n-%s+%s", i, expected, text.data);
			text_assert(&text, expected, strlen(expected));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_the_models),
	};

	setenv("TZ", "TEST-5:30", 1);
	tzset();
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
