/* SPDX-License-Identifier: Apache-2.0 */
#include "tracer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "event.h"
#include "fields.h"
#include "journal_entry.h"
#include "loader.h"
#include "losses.h"
#include "options.h"
#include "order.h"
#include "output.h"
#include "probe.h"
#include "ring.h"
#include "steps.h"

#define BUFFER_PAGES 256   /* a CPU: about 10,000 events */
#define PERIOD_MS    50	   /* between rounds, at most */
#define BATCH_SIZE   65536 /* bytes of lines that are written at once */

/*
 * How long a record may take from reading the clock to being in its buffer. The program runs with
 * preemption off, so it is microseconds, but a virtual CPU can lose its processor meanwhile.
 */
#define SLACK_NS 1000000

struct tracer {
	const struct options *options;
	struct loader *loader;
	struct ring_set *rings;
	struct order *order;
	int signals;		/* signalfd */
	struct pollfd *pollers; /* the signals, stdout, then a buffer each */
	size_t poller_count;
	struct output output;
	struct line_format format;
	struct losses losses;
	int write_err;
};

enum { POLL_SIGNALS, POLL_STDOUT, POLL_RINGS };

static void tracer_close(struct tracer *tracer)
{
	if (tracer->signals >= 0)
		close(tracer->signals);
	free(tracer->pollers);
	ring_set_free(tracer->rings);
	order_free(tracer->order);
	output_free(&tracer->output);
}

static int signals_open(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static int pollers_open(struct tracer *tracer)
{
	size_t rings = ring_set_count(tracer->rings);

	tracer->poller_count = POLL_RINGS + rings;
	tracer->pollers = calloc(tracer->poller_count, sizeof(*tracer->pollers));
	if (!tracer->pollers)
		return -ENOMEM;
	tracer->pollers[POLL_SIGNALS] = (struct pollfd){.fd = tracer->signals, .events = POLLIN};
	/* No event is asked for: what is told all the same is that nobody reads any more. */
	tracer->pollers[POLL_STDOUT] = (struct pollfd){.fd = tracer->output.fd};
	for (size_t i = 0; i < rings; i++)
		tracer->pollers[POLL_RINGS + i] =
			(struct pollfd){.fd = ring_set_fd(tracer->rings, i), .events = POLLIN};
	return 0;
}

static int tracer_open(struct tracer *tracer, struct diag *diag)
{
	int err = ring_set_open(&tracer->rings, BUFFER_PAGES, diag);

	for (size_t i = 0; !err && i < ring_set_count(tracer->rings); i++) {
		err = loader_map_set(tracer->loader, "events", ring_set_cpu(tracer->rings, i),
				     ring_set_fd(tracer->rings, i));
		if (err)
			diag_errno(diag, err, "giving the perf buffers to the program");
	}
	if (err)
		return err;
	tracer->order = order_new(sizeof(struct event));
	tracer->signals = signals_open();
	if (!tracer->order || tracer->signals < 0 || pollers_open(tracer))
		return diag_errno(diag, tracer->signals < 0 ? -errno : -ENOMEM, "starting");
	return 0;
}

static void record_take(void *arg, const void *data, size_t size)
{
	struct tracer *tracer = arg;
	struct event event = {0};

	if (!event_decode(data, size, &event))
		tracer->losses.counts[LOSS_BAD_RECORD]++;
	else if (order_add(tracer->order, &event))
		tracer->losses.counts[LOSS_NO_MEMORY]++;
}

static void batch_write(struct tracer *tracer)
{
	int err = output_flush(&tracer->output);

	if (err && !tracer->write_err)
		tracer->write_err = err;
}

static void event_show(void *arg, const void *record)
{
	const struct event *event = record;
	struct tracer *tracer = arg;

	line_event(&tracer->format, event, &tracer->output.lines);
	if (tracer->output.lines.len > BATCH_SIZE)
		batch_write(tracer);
	if (tracer->options->journal && journal_entry_send(event, &tracer->format.clock))
		tracer->losses.counts[LOSS_JOURNAL]++;
}

static void losses_read(struct tracer *tracer)
{
	uint64_t counters[COUNTERS];

	tracer->losses.counts[LOSS_LATE] = order_late(tracer->order);
	if (loader_counters(tracer->loader, "counters", counters, COUNTERS))
		return;
	tracer->losses.counts[LOSS_BUFFER_FULL] = counters[COUNTER_LOST];
	tracer->losses.counts[LOSS_NO_ROOM] = counters[COUNTER_NO_ROOM];
}

/* Reads all buffers and writes what is final: after the last round, everything is. */
static int tracer_round(struct tracer *tracer, bool last, struct diag *diag)
{
	uint64_t begin = clock_now_ns();

	if (ring_set_drain(tracer->rings, record_take, tracer) < 0)
		return diag_set(diag, -EPROTO, "a perf buffer holds nonsense");
	wall_clock_update(&tracer->format.clock);
	order_flush(tracer->order, last ? UINT64_MAX : begin - SLACK_NS, event_show, tracer);
	batch_write(tracer);
	if (begin >= tracer->losses.next_ns) {
		losses_read(tracer);
		losses_tell(&tracer->losses, begin);
	}
	if (tracer->write_err && tracer->write_err != -EPIPE)
		return diag_errno(diag, tracer->write_err, "writing to stdout");
	return 0;
}

/* 0 when it is time to end. */
static int tracer_loop(struct tracer *tracer, struct diag *diag)
{
	for (;;) {
		int err, ready = poll(tracer->pollers, tracer->poller_count, PERIOD_MS);

		if (ready < 0 && errno != EINTR)
			return diag_errno(diag, -errno, "poll");
		if (ready > 0 &&
		    (tracer->pollers[POLL_SIGNALS].revents || tracer->pollers[POLL_STDOUT].revents))
			return 0;
		err = tracer_round(tracer, false, diag);
		if (err || tracer->write_err)
			return err;
	}
}

static int tracer_trace(struct tracer *tracer, const struct probe *probe, struct steps *steps,
			struct diag *diag)
{
	int err = probe_attach(probe, tracer->loader, diag);

	if (err)
		return err;
	step_done(steps, "attached");
	line_header(&tracer->format, &tracer->output.lines);
	batch_write(tracer);
	err = tracer_loop(tracer, diag);
	loader_detach(tracer->loader);
	if (!err)
		err = tracer_round(tracer, true, diag);
	losses_read(tracer);
	losses_total(&tracer->losses);
	return err;
}

int tracer_run(const struct options *options, const struct probe *probe, struct loader *loader,
	       struct steps *steps, struct diag *diag)
{
	struct tracer tracer = {
		.options = options,
		.loader = loader,
		.signals = -1,
		.output.fd = STDOUT_FILENO,
		.format.layout = options->csv	 ? LAYOUT_CSV
				 : options->wide ? LAYOUT_WIDE
						 : LAYOUT_COLUMNS,
		.format.time = options->time,
		.format.timestamp = options->timestamp,
	};
	int err = tracer_open(&tracer, diag);

	if (!err)
		err = tracer_trace(&tracer, probe, steps, diag);
	tracer_close(&tracer);
	return err;
}
