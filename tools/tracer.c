/* SPDX-License-Identifier: Apache-2.0 */
#include "tracer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"
#include "diag.h"
#include "event.h"
#include "format.h"
#include "journal_entry.h"
#include "loader.h"
#include "losses.h"
#include "options.h"
#include "order.h"
#include "output.h"
#include "probe.h"
#include "ring.h"
#include "steps.h"
#include "summary.h"

#define BATCH_SIZE 65536 /* bytes of lines that are written at once */

/*
 * How long a record may take from reading the clock to being in its buffer. The program runs with
 * preemption off, so it is microseconds, but a virtual CPU can lose its processor meanwhile.
 */
#define SLACK_NS       200000
#define TIMER_SLACK_NS 10000 /* the usual 50 us would be felt in a lone line */

struct tracer {
	const struct options *options;
	struct loader *loader;
	struct ring_set *rings; /* events */
	struct ring_set *kicks; /* words that there is one, after a quiet time */
	struct order *order;
	int signals; /* signalfd */
	int timer; /* timerfd for --duration, or -1 */
	int interval; /* timerfd for --summary, or -1 */
	struct pollfd *pollers; /* what ends it, then the buffers of both sets */
	size_t poller_count;
	struct output output;
	struct line_format line;
	const struct format *format;
	struct event_layout layout;
	uint64_t shown; /* events */
	struct losses losses;
	uint64_t next_look_ns; /* for losses */
	const struct probe *probe;
	uint64_t newest_ns; /* of the events taken */
	struct summary summary;
	bool quiet; /* nothing has come for long: the program will say when something does */
	int write_err;
};

/* Those before POLL_INTERVAL end it. */
enum { POLL_SIGNALS, POLL_STDOUT, POLL_TIMER, POLL_INTERVAL, POLL_RINGS };

static void tracer_close(struct tracer *tracer)
{
	if (tracer->signals >= 0)
		close(tracer->signals);
	if (tracer->timer >= 0)
		close(tracer->timer);
	if (tracer->interval >= 0)
		close(tracer->interval);
	free(tracer->pollers);
	ring_set_free(tracer->rings);
	ring_set_free(tracer->kicks);
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
	const struct ring_set *const sets[] = {tracer->kicks, tracer->rings};
	const size_t count = tracer->options->summary ? 0 : sizeof(sets) / sizeof(*sets);
	struct pollfd *poller;

	tracer->poller_count = POLL_RINGS;
	for (size_t set = 0; set < count; set++)
		tracer->poller_count += ring_set_count(sets[set]);
	tracer->pollers = calloc(tracer->poller_count, sizeof(*tracer->pollers));
	if (!tracer->pollers)
		return -ENOMEM;
	tracer->pollers[POLL_SIGNALS] = (struct pollfd){.fd = tracer->signals, .events = POLLIN};
	/* No event is asked for: what is told all the same is that nobody reads any more. */
	tracer->pollers[POLL_STDOUT] =
		(struct pollfd){.fd = tracer->options->quiet ? -1 : tracer->output.fd};
	tracer->pollers[POLL_TIMER] = (struct pollfd){.fd = tracer->timer, .events = POLLIN};
	tracer->pollers[POLL_INTERVAL] = (struct pollfd){.fd = tracer->interval, .events = POLLIN};
	poller = &tracer->pollers[POLL_RINGS];
	for (size_t set = 0; set < count; set++)
		for (size_t i = 0; i < ring_set_count(sets[set]); i++)
			*poller++ =
				(struct pollfd){.fd = ring_set_fd(sets[set], i), .events = POLLIN};
	return 0;
}

static int rings_open(struct tracer *tracer, struct ring_set **set, const char *map,
		      unsigned int pages, enum ring_wake wake, struct diag *diag)
{
	int err = ring_set_open(set, loader_cpus(tracer->loader), pages, wake, diag);

	if (err)
		return err;
	for (size_t i = 0; i < ring_set_count(*set); i++) {
		err = loader_map_set(tracer->loader, map, ring_set_cpu(*set, i),
				     ring_set_fd(*set, i));
		if (err)
			return diag_errno(diag, err, "giving the perf buffers to the program");
	}
	return 0;
}

/* What a summary is of stays in the kernel. */
static int sets_open(struct tracer *tracer, struct diag *diag)
{
	int err;

	if (tracer->options->summary)
		return 0;
	err = rings_open(tracer, &tracer->rings, "events", tracer->options->buffer_pages,
			 RING_WAKE_QUARTER, diag);
	return err ? err : rings_open(tracer, &tracer->kicks, "kicks", 1, RING_WAKE_RECORD, diag);
}

static int timer_open(int *timer, uint64_t ns, const char *option, struct diag *diag)
{
	if (!ns)
		return 0;
	*timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	return *timer < 0 ? diag_errno(diag, -errno, "%s", option) : 0;
}

static int tracer_open(struct tracer *tracer, struct diag *diag)
{
	int err = sets_open(tracer, diag);

	if (err)
		return err;
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	tracer->order = order_new(tracer->layout.size);
	tracer->signals = signals_open();
	if (tracer->signals < 0)
		return diag_errno(diag, -errno, "starting");
	err = timer_open(&tracer->timer, tracer->options->duration_ns, "-d/--duration", diag);
	if (!err)
		err = timer_open(&tracer->interval, tracer->options->summary_ns, "--summary", diag);
	if (err)
		return err;
	if (!tracer->order || pollers_open(tracer))
		return diag_errno(diag, -ENOMEM, "starting");
	return 0;
}

static void record_take(void *arg, int cpu, const void *data, size_t size)
{
	struct tracer *tracer = arg;
	struct event *event = order_slot(tracer->order);

	if (!event) {
		tracer->losses.counts[LOSS_NO_MEMORY]++;
	} else if (!event_decode(&tracer->layout, cpu, data, size, event)) {
		tracer->losses.counts[LOSS_BAD_RECORD]++;
	} else {
		if (event->ts_ns > tracer->newest_ns)
			tracer->newest_ns = event->ts_ns;
		order_add(tracer->order);
	}
}

static void kick_take(void *arg, int cpu, const void *data, size_t size)
{
	(void)arg; /* a kick has done its work when it comes */
	(void)cpu;
	(void)data;
	(void)size;
}

static void batch_write(struct tracer *tracer)
{
	int err;

	if (tracer->options->quiet)
		text_clear(&tracer->output.lines);
	err = output_flush(&tracer->output);
	if (err && !tracer->write_err)
		tracer->write_err = err;
}

static bool count_is_reached(const struct tracer *tracer)
{
	return tracer->options->count && tracer->shown >= tracer->options->count;
}

/* That nobody reads any more is no failure. */
static int write_check(const struct tracer *tracer, struct diag *diag)
{
	if (!tracer->write_err || tracer->write_err == -EPIPE)
		return 0;
	return diag_errno(diag, tracer->write_err, "writing to stdout");
}

static void event_show(void *arg, const void *record)
{
	const struct event *event = record;
	struct tracer *tracer = arg;

	if (count_is_reached(tracer))
		return;
	tracer->format->event(&tracer->line, event, &tracer->output.lines);
	tracer->shown++;
	if (tracer->output.lines.len > BATCH_SIZE)
		batch_write(tracer);
	if (tracer->options->journal && journal_entry_send(event, &tracer->line.clock))
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
	tracer->losses.counts[LOSS_MISSED] =
		probe_missed(tracer->probe, tracer->loader, counters[COUNTER_CAUGHT]);
}

static void loss_show(void *arg, enum loss cause, uint64_t count)
{
	struct tracer *tracer = arg;

	if (tracer->format->lost)
		tracer->format->lost(&tracer->line, cause, count, &tracer->output.lines);
}

/* Looks for losses once a second, and before a time in which nobody looks. */
static void losses_look(struct tracer *tracer, uint64_t now)
{
	if (now < tracer->next_look_ns && !tracer->quiet)
		return;
	losses_read(tracer);
	losses_tell(&tracer->losses, loss_show, tracer);
	batch_write(tracer);
	tracer->next_look_ns = now + NS_PER_SECOND;
}

/* The interval of summaries is over, and not only a signal has come between. */
static bool summary_is_due(const struct tracer *tracer)
{
	uint64_t expired;

	return tracer->interval >= 0 && read(tracer->interval, &expired, sizeof(expired)) > 0;
}

/* Writes what the program has counted. */
static int summary_round(struct tracer *tracer, bool last, struct diag *diag)
{
	int err;

	if (!last && !summary_is_due(tracer))
		return 0;
	err = summary_read(&tracer->summary, tracer->loader);
	if (err)
		return diag_errno(diag, err, "reading what was counted");
	wall_clock_update(&tracer->line.clock);
	tracer->format->summary(&tracer->line, &tracer->summary, &tracer->output.lines);
	batch_write(tracer);
	losses_look(tracer, tracer->summary.now_ns);
	return write_check(tracer, diag);
}

/* Reads all buffers and writes what is final: after the last round, everything is. */
static int tracer_round(struct tracer *tracer, bool last, struct diag *diag)
{
	uint64_t begin = clock_now_ns();

	if (tracer->options->summary)
		return summary_round(tracer, last, diag);
	if (ring_set_drain(tracer->kicks, kick_take, NULL) < 0 ||
	    ring_set_drain(tracer->rings, record_take, tracer) < 0)
		return diag_set(diag, -EPROTO, "a perf buffer holds nonsense");
	wall_clock_update(&tracer->line.clock);
	order_flush(tracer->order, last ? UINT64_MAX : begin - SLACK_NS, event_show, tracer);
	batch_write(tracer);
	/*
	 * An event that woke nobody came within QUIET_NS of one before it. Twice as long again is
	 * for one whose CPU was away between reading the clock and writing the record.
	 */
	tracer->quiet = !order_waiting(tracer->order) && begin > tracer->newest_ns + 3 * QUIET_NS;
	losses_look(tracer, begin);
	return write_check(tracer, diag);
}

/*
 * A lone event is read at once, and is final a slack later. While there are many, a round is made
 * only as often as keeps a line from waiting. When it is quiet, the next kick is waited for.
 */
static const struct timespec *tracer_pause(const struct tracer *tracer, bool kicked)
{
	static const struct timespec slack = {.tv_nsec = SLACK_NS}, period = {.tv_nsec = QUIET_NS};

	return tracer->quiet ? NULL : kicked ? &slack : &period;
}

/* A signal has come, nobody reads any more, or the time is over. */
static bool end_is_told(const struct tracer *tracer)
{
	for (size_t i = 0; i < POLL_INTERVAL; i++)
		if (tracer->pollers[i].revents)
			return true;
	return false;
}

/* 0 when it is time to end. */
static int tracer_loop(struct tracer *tracer, struct diag *diag)
{
	bool kicked = false;

	for (;;) {
		int err, ready = ppoll(tracer->pollers, tracer->poller_count,
				       tracer_pause(tracer, kicked), NULL);

		if (ready < 0 && errno != EINTR)
			return diag_errno(diag, -errno, "poll");
		if (ready > 0 && end_is_told(tracer))
			return 0;
		kicked = tracer->quiet;
		err = tracer_round(tracer, false, diag);
		if (err || tracer->write_err || count_is_reached(tracer))
			return err;
	}
}

static int timers_start(const struct tracer *tracer, struct diag *diag)
{
	uint64_t end = tracer->options->duration_ns, each = tracer->options->summary_ns;
	struct timespec period = {each / NS_PER_SECOND, each % NS_PER_SECOND};
	struct itimerspec once = {.it_value = {end / NS_PER_SECOND, end % NS_PER_SECOND}};
	struct itimerspec again = {.it_interval = period, .it_value = period};

	if (tracer->timer >= 0 && timerfd_settime(tracer->timer, 0, &once, NULL))
		return diag_errno(diag, -errno, "-d/--duration");
	if (tracer->interval >= 0 && timerfd_settime(tracer->interval, 0, &again, NULL))
		return diag_errno(diag, -errno, "--summary");
	return 0;
}

static int tracer_trace(struct tracer *tracer, struct steps *steps, struct diag *diag)
{
	int err = probe_attach(tracer->probe, tracer->loader, diag);

	tracer->summary.start_ns = clock_now_ns();
	if (!err)
		err = timers_start(tracer, diag);
	if (err)
		return err;
	step_done(steps, "attached");
	wall_clock_update(&tracer->line.clock);
	if (!tracer->options->no_header || tracer->line.layout >= LAYOUT_JSON)
		tracer->format->begin(&tracer->line, &tracer->output.lines);
	batch_write(tracer);
	err = tracer_loop(tracer, diag);
	loader_detach(tracer->loader);
	if (!err)
		err = tracer_round(tracer, true, diag);
	losses_read(tracer);
	losses_tell(&tracer->losses, loss_show, tracer);
	losses_total(&tracer->losses);
	if (tracer->format->end)
		tracer->format->end(&tracer->line, tracer->shown, &tracer->losses,
				    &tracer->output.lines);
	batch_write(tracer);
	return err ? err : write_check(tracer, diag);
}

int tracer_run(struct options *options, const struct probe *probe, struct loader *loader,
	       struct steps *steps, struct diag *diag)
{
	struct tracer tracer = {
		.options = options,
		.probe = probe,
		.loader = loader,
		.signals = -1,
		.timer = -1,
		.interval = -1,
		.quiet = options->summary, /* no event comes */
		.output.fd = STDOUT_FILENO,
	};
	int err;

	options_format(options, &tracer.line);
	event_layout_init(&tracer.layout, field_list_extras(&options->fields));
	tracer.line.extras = &tracer.layout;
	tracer.format = options->summary ? format_of_summary(tracer.line.layout)
					 : format_of(tracer.line.layout);
	err = tracer_open(&tracer, diag);
	if (!err)
		err = tracer_trace(&tracer, steps, diag);
	tracer_close(&tracer);
	return err;
}
