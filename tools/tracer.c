/* SPDX-License-Identifier: Apache-2.0 */
#include "tracer.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "ahead.h"
#include "buffers.h"
#include "clock.h"
#include "diag.h"
#include "event.h"
#include "loader.h"
#include "message.h"
#include "notify.h"
#include "options.h"
#include "order.h"
#include "probe.h"
#include "program.h"
#include "rights.h"
#include "ring.h"
#include "sockets.h"
#include "steps.h"
#include "stuck.h"
#include "summary.h"
#include "wakeups.h"
#include "writer.h"

#define TIMER_SLACK_NS 10000 /* the usual 50 us would be felt in a lone line */

struct tracer {
	const struct options *options;
	const struct custom_text *custom; /* or NULL */
	struct loader *loader;
	struct ahead *ahead;
	struct buffers *buffers;
	struct order *order;
	struct wakeups *wakeups;
	struct sockets *sockets; /* those that are there */
	struct stuck *stuck; /* or NULL: nobody asks */
	struct steps *steps;
	struct writer writer;
	uint64_t next_tidy_ns;
	const struct probe *probe;
	uint64_t newest_ns; /* of the events taken */
	struct summary summary;
	struct timespec slack; /* until what is settled is final */
	bool tested; /* the record of the program's own test has come */
	bool quiet; /* nothing has come for long: the program will say when something does */
};

static void tracer_close(struct tracer *tracer)
{
	sockets_free(tracer->sockets);
	stuck_free(tracer->stuck);
	wakeups_free(tracer->wakeups);
	order_free(tracer->order);
	writer_close(&tracer->writer);
}

static int wakeups_make(struct tracer *tracer, struct diag *diag)
{
	const struct ring_set *const sets[] = {tracer->buffers->kicks, tracer->buffers->events};
	int err =
		wakeups_open(&tracer->wakeups, tracer->options, sets, sizeof(sets) / sizeof(*sets),
			     tracer->options->quiet ? -1 : tracer->writer.output.fd, diag);

	if (!err)
		writer_end_with(&tracer->writer, wakeups_end(tracer->wakeups));
	return err;
}

/* What a loaded program is read with. */
static int tracer_open(struct tracer *tracer, struct diag *diag)
{
	int err = buffers_give(tracer->buffers, tracer->loader, diag);

	if (err)
		return err;
	tracer->slack.tv_nsec = buffers_slack_ns(tracer->buffers);
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	tracer->order = order_new(tracer->writer.layout.size);
	if (tracer->options->stuck.after_ns)
		tracer->stuck = stuck_new(tracer->options, &tracer->writer.layout, clock_now_ns());
	if (!tracer->order || (tracer->options->stuck.after_ns && !tracer->stuck))
		return diag_errno(diag, -ENOMEM, "starting");
	err = tracer->stuck ? stuck_may_look(tracer->loader, diag) : 0;
	return err ? err : wakeups_make(tracer, diag);
}

static void record_take(void *arg, int cpu, const void *data, size_t size)
{
	struct tracer *tracer = arg;
	struct event *event = order_slot(tracer->order);

	if (!event) {
		tracer->writer.losses.counts[LOSS_NO_MEMORY]++;
	} else if (!event_decode(&tracer->writer.layout, cpu, data, size, event)) {
		tracer->writer.losses.counts[LOSS_BAD_RECORD]++;
	} else {
		if (event->ts_ns > tracer->newest_ns)
			tracer->newest_ns = event->ts_ns;
		if (event->skaddr == SELF_TEST_SK)
			tracer->tested = true; /* after it, too, the program wakes nobody at once */
		else
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

static void event_show(void *arg, void *record)
{
	struct tracer *tracer = arg;

	writer_event(&tracer->writer, record);
}

static void losses_read(struct tracer *tracer)
{
	uint64_t *counts = tracer->writer.losses.counts, counters[COUNTERS];
	/* First: an event is passed over, and caught after that. */
	uint64_t passed_over = probe_passed_over(tracer->probe, tracer->loader);

	counts[LOSS_LATE] = order_late(tracer->order);
	if (loader_counters(tracer->loader, "counters", counters, COUNTERS))
		return;
	counts[LOSS_BUFFER_FULL] = counters[COUNTER_LOST];
	/* The kernel's own count comes later, but before Linux 5.1 there is no other. */
	if (ring_set_lost(tracer->buffers->events) > counts[LOSS_BUFFER_FULL])
		counts[LOSS_BUFFER_FULL] = ring_set_lost(tracer->buffers->events);
	counts[LOSS_NO_BUFFER] = counters[COUNTER_NO_BUFFER];
	counts[LOSS_NO_ROOM] = counters[COUNTER_NO_ROOM];
	counts[LOSS_TABLE_ERROR] = counters[COUNTER_TABLE_ERROR];
	passed_over += counters[COUNTER_DECLINED];
	/* More may have been caught by now, but what was missed stays so. */
	if (passed_over > counters[COUNTER_CAUGHT] + counts[LOSS_MISSED])
		counts[LOSS_MISSED] = passed_over - counters[COUNTER_CAUGHT];
}

/* What is done once a second, and before a time in which nobody does it. */
static void tracer_tidy(struct tracer *tracer, uint64_t now)
{
	if (now < tracer->next_tidy_ns && !tracer->quiet)
		return;
	losses_read(tracer);
	writer_tell_losses(&tracer->writer);
	order_trim(tracer->order);
	tracer->next_tidy_ns = now + NS_PER_SECOND;
}

/* Writes what the program has counted. */
static int summary_round(struct tracer *tracer, struct diag *diag)
{
	int err = summary_read(&tracer->summary, tracer->loader, diag);

	if (err)
		return err;
	wall_clock_update(&tracer->writer.line.clock);
	tracer->writer.format->summary(&tracer->writer.line, &tracer->summary,
				       &tracer->writer.output.lines);
	writer_flush(&tracer->writer);
	tracer_tidy(tracer, tracer->summary.now_ns);
	return writer_check(&tracer->writer, diag);
}

static int rings_drain(struct tracer *tracer, struct diag *diag)
{
	if (ring_set_drain(tracer->buffers->kicks, kick_take, NULL) < 0 ||
	    ring_set_drain(tracer->buffers->events, record_take, tracer) < 0)
		return diag_set(diag, -EPROTO, "a perf buffer holds nonsense");
	return 0;
}

/* A summary's program has counted its test in the place of a state that no socket is in. */
static int summary_test(struct tracer *tracer, struct diag *diag)
{
	struct summary_row row;
	int err = summary_read_row(&row, tracer->loader, STATE_SELF_TEST, diag);

	tracer->tested = !err && row.unknown;
	return err;
}

/*
 * That a program loads and attaches does not yet mean that what it sends arrives: so it is run
 * once. A text of the user's own need not know the test, nor do all kernels and probes have it.
 */
static int test_run(struct tracer *tracer, bool *ran, struct diag *diag)
{
	int err =
		tracer->options->bpf_text ? -EOPNOTSUPP : probe_test(tracer->probe, tracer->loader);

	*ran = !err;
	return err && err != -EOPNOTSUPP ? diag_errno(diag, err, "running the program") : 0;
}

/* Its CPU has come online since, or its buffer was full: the program counts that, so it works. */
static bool test_is_lost(const struct tracer *tracer)
{
	uint64_t counters[COUNTERS];

	return !loader_counters(tracer->loader, "counters", counters, COUNTERS) &&
	       (counters[COUNTER_NO_BUFFER] || counters[COUNTER_LOST]);
}

/* And its record must have come, which is read as all others are: without privileges. */
static int test_judge(struct tracer *tracer, struct diag *diag)
{
	int err = tracer->options->summary ? summary_test(tracer, diag) : rings_drain(tracer, diag);

	if (err || tracer->tested || test_is_lost(tracer))
		return err;
	diag_set(diag, -EIO, "the program runs here, but no record of it arrives");
	diag_hint(diag, "--probe chooses another; please report it with what -v and --check say");
	return -EIO;
}

/* Reads all buffers and writes what is final: after the last round, everything is. */
static int events_round(struct tracer *tracer, bool last, struct diag *diag)
{
	uint64_t begin = clock_now_ns();
	uint64_t settled = buffers_settled_ns(tracer->buffers, begin);
	int err = rings_drain(tracer, diag);

	if (err)
		return err;
	wall_clock_update(&tracer->writer.line.clock);
	order_flush(tracer->order, last ? UINT64_MAX : settled - tracer->slack.tv_nsec, event_show,
		    tracer);
	writer_flush(&tracer->writer);
	/*
	 * An event that woke nobody came within QUIET_NS of one before it. Twice as long again is
	 * for one that took its time, where the program does not tell that it is on its way.
	 */
	tracer->quiet = !order_waiting(tracer->order) && settled == begin &&
			begin > tracer->newest_ns + 3 * QUIET_NS;
	tracer_tidy(tracer, begin);
	return writer_check(&tracer->writer, diag);
}

/*
 * A lone event is read at once, and is final a slack later. While there are many, a round is made
 * only as often as keeps a line from waiting. When it is quiet, the next kick is waited for.
 */
static const struct timespec *tracer_pause(const struct tracer *tracer, bool kicked)
{
	static const struct timespec period = {.tv_nsec = QUIET_NS};

	return tracer->quiet ? NULL : kicked ? &tracer->slack : &period;
}

/*
 * A scan, or a look through a large table, takes its time: in between, the buffers must not fill. A
 * broken one is told of in its round.
 */
static int found_take(void *arg, const void *record)
{
	struct tracer *tracer = arg;
	struct diag diag;

	if (!record)
		rings_drain(tracer, &diag);
	return 0;
}

/* A line that no event brings. */
static int still_take(void *arg, const void *record)
{
	struct tracer *tracer = arg;

	if (record)
		record_take(tracer, CPU_UNKNOWN, record, tracer->writer.layout.size);
	return found_take(arg, record);
}

/* What came, and then the events. */
static int tracer_round(struct tracer *tracer, int came, struct diag *diag)
{
	int err = 0;

	if (tracer->options->summary)
		return came & (WAKEUP_SUMMARY | WAKEUP_LIST) ? summary_round(tracer, diag) : 0;
	if (came & WAKEUP_LIST)
		sockets_ask(tracer->sockets);
	if (came & WAKEUP_PREPARED) {
		wakeups_watch(tracer->wakeups, -1);
		sockets_prepared(tracer->sockets);
	}
	sockets_list(tracer->sockets, still_take, tracer);
	if (came & WAKEUP_STUCK)
		err = stuck_look(tracer->stuck, tracer->loader, clock_now_ns(), still_take, tracer,
				 diag);
	return err ? err : events_round(tracer, false, diag);
}

/* 0 when it is time to end. */
static int tracer_loop(struct tracer *tracer, struct diag *diag)
{
	bool kicked = false;

	for (;;) {
		int err, came = wakeups_wait(tracer->wakeups, tracer_pause(tracer, kicked), diag);

		if (came < 0 || came & WAKEUP_END)
			return came < 0 ? came : 0;
		kicked = tracer->quiet;
		err = tracer_round(tracer, came, diag);
		if (err || writer_is_done(&tracer->writer))
			return err;
	}
}

static bool may_read(void *arg)
{
	const struct tracer *tracer = arg;
	uint64_t counters[COUNTERS];

	return loader_counters(tracer->loader, "counters", counters, COUNTERS) != -EPERM;
}

/* From here on no child is made, which would have the manager's socket. */
static void manager_connect(void)
{
	int err = notify_open();

	if (err)
		message_print("$NOTIFY_SOCKET: %s", strerror(-err));
}

/* After the drop: what others are shows here for the first time. */
static void tracer_begin(struct tracer *tracer)
{
	char lines[64];

	sockets_find(tracer->sockets, found_take, tracer);
	writer_begin(&tracer->writer);
	snprintf(lines, sizeof(lines), "READY=1\nSTATUS=Tracing: %s", probe_name(tracer->probe));
	notify_tell(lines);
	malloc_trim(0); /* what finding and loading the program took */
}

static int tracer_trace(struct tracer *tracer, struct diag *diag)
{
	bool ran = false;
	int err;

	tracer->sockets =
		sockets_new(tracer->options, tracer->custom, tracer->loader, tracer->steps);
	if (!tracer->sockets)
		return diag_errno(diag, -ENOMEM, "starting");
	err = probe_attach(tracer->probe, tracer->loader, diag);
	tracer->summary.start_ns = clock_now_ns();
	if (!err)
		err = wakeups_start(tracer->wakeups, diag);
	if (!err)
		err = test_run(tracer, &ran, diag);
	if (err)
		return err;
	step_done(tracer->steps, "attached");
	ahead_end(tracer->ahead);
	if (!tracer->options->summary)
		wakeups_watch(tracer->wakeups, sockets_prepare(tracer->sockets));
	manager_connect();
	err = rights_drop(tracer->options, tracer->writer.line.cgroups, may_read, tracer,
			  tracer->steps, diag);
	if (!err && ran)
		err = test_judge(tracer, diag);
	if (err)
		return err;
	if (tracer->tested)
		step_done(tracer->steps, "tested");
	tracer_begin(tracer);
	err = tracer_loop(tracer, diag);
	notify_tell("STOPPING=1");
	sockets_free(tracer->sockets); /* and what they hold of the attachments */
	tracer->sockets = NULL;
	loader_detach(tracer->loader);
	if (!err)
		err = tracer->options->summary ? summary_round(tracer, diag)
					       : events_round(tracer, true, diag);
	losses_read(tracer);
	writer_end(&tracer->writer);
	return err ? err : writer_check(&tracer->writer, diag);
}

/* The compiler ends meanwhile. What its end says is why the object does not load. */
static int tracer_load(struct tracer *tracer, struct program *program, struct diag *diag)
{
	const struct text *object = &program->object;
	int err = loader_open(&tracer->loader, object->data, object->len, diag), settled;

	if (!err)
		err = loader_take(tracer->loader, ahead_table(tracer->ahead), diag);
	if (!err)
		err = loader_load(tracer->loader, diag);
	settled = program_settle(program, diag);
	if (settled)
		return settled;
	if (!err)
		step_done(tracer->steps, "loaded");
	return err ? err : ahead_buffers(tracer->ahead, diag);
}

/* What is not counted is told at the start, since nothing else will tell it. */
static void untold_tell(struct tracer *tracer)
{
	struct diag untold = {0};

	if (probe_counts_missed(tracer->probe, &untold))
		return;
	tracer->writer.losses.missed_untold = true;
	message_diag(&untold, false);
}

int tracer_run(struct options *options, const struct probe *probe, const struct custom_text *custom,
	       struct program *program, struct ahead *ahead, struct steps *steps, struct diag *diag)
{
	struct tracer tracer = {
		.options = options,
		.custom = custom,
		.ahead = ahead,
		.buffers = &ahead->buffers,
		.probe = probe,
		.steps = steps,
		.quiet = options->summary, /* no event comes */
	};
	int err;

	writer_open(&tracer.writer, options);
	untold_tell(&tracer);
	err = tracer_load(&tracer, program, diag);
	if (!err && !options->summary)
		step_done(steps, "perf buffers of %d CPUs take %zu kB", ahead->buffers.cpus,
			  buffers_memory(&ahead->buffers) >> 10);
	if (!err)
		err = tracer_open(&tracer, diag);
	if (!err)
		err = tracer_trace(&tracer, diag);
	tracer_close(&tracer);
	loader_free(tracer.loader);
	return err;
}

int tracer_check(struct options *options, const struct probe *probe, struct loader *loader,
		 bool *tested, struct diag *diag)
{
	struct buffers buffers;
	struct tracer tracer = {
		.options = options,
		.loader = loader,
		.buffers = &buffers,
		.probe = probe,
	};
	bool ran = false;
	int err;

	writer_open(&tracer.writer, options);
	buffers_init(&buffers, options);
	err = buffers_open(&buffers, diag);
	if (!err)
		err = tracer_open(&tracer, diag);
	if (!err)
		err = loader_may_attach(loader, diag);
	if (!err)
		err = loader_set_tails(loader, diag);
	if (!err)
		err = test_run(&tracer, &ran, diag);
	/* It is not attached: there is nothing else to read. */
	if (!err && ran)
		err = test_judge(&tracer, diag);
	*tested = tracer.tested;
	tracer_close(&tracer);
	buffers_free(&buffers);
	return err;
}
