/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/tracer.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/loader.h"
#include "bpf/order.h"
#include "bpf/ring.h"
#include "event/event.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "output/groups.h"
#include "output/summary.h"
#include "program/probe.h"
#include "system/notify.h"
#include "trace/buffers.h"
#include "trace/cgroup_marks.h"
#include "trace/groups_read.h"
#include "trace/intake.h"
#include "trace/ladder.h"
#include "trace/rights.h"
#include "trace/sockets.h"
#include "trace/summary_read.h"
#include "trace/top.h"
#include "trace/trace_config.h"
#include "trace/waiter.h"

#define RESET_MARGIN_NS 1000000 /* in which the reason of a reset follows a change to CLOSE */
#define TIMER_SLACK_NS	10000 /* the default 50 us would delay a single line visibly */

struct tracer {
	const struct trace_config *config;
	struct ladder ladder;
	const struct probe *probe; /* the ladder's result */
	const struct loader *loader; /* its programs */
	struct intake intake;
	struct waiter *waiter;
	struct stuck *stuck; /* or NULL: without --stuck */
	struct startup_log *log;
	struct writer writer;
	uint64_t next_tidy_ns;
	struct summary summary; /* the last one */
	struct groups groups; /* the last ones */
	bool others_told;
	struct top *top; /* or NULL: without --top */
	struct timespec margin; /* that output is held back by, after the horizon */
	uint64_t cgroups_lost; /* while they were followed */
	bool quiet; /* no event for long: the next one wakes the reader */
};

/* The start of a trace and of --check, up to the ladder's last step. */
static int tracer_start(struct tracer *tracer, struct diag *diag)
{
	const struct trace_config *config = tracer->config;
	struct ladder *ladder = &tracer->ladder;
	struct buffers *buffers = &ladder->prealloc.buffers;
	const struct event_layout *layout = tracer->writer.layout;
	const struct ring_set *sets[3];
	int err;

	err = intake_open(&tracer->intake, layout, buffers, &tracer->writer.losses, diag);
	if (err)
		return err;
	err = ladder_climb(ladder, diag);
	if (err || ladder->last < STEP_TEST)
		return err;
	tracer->probe = &ladder->rung->probe;
	tracer->loader = ladder->rung->loader;
	tracer->margin.tv_nsec = buffers_margin_ns(buffers);
	if (layout->wanted & 1U << OPTIONAL_RESET && tracer->margin.tv_nsec < RESET_MARGIN_NS)
		tracer->margin.tv_nsec = RESET_MARGIN_NS;
	prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
	if (config->stuck.after_ns) {
		tracer->stuck = stuck_new(&config->stuck, layout, clock_now_ns());
		if (!tracer->stuck)
			return diag_errno(diag, -ENOMEM, "starting");
	}
	sets[0] = buffers->wakeups;
	sets[1] = buffers->events;
	sets[2] = cgroup_watch_changes(ladder->cgroups);
	err = waiter_open(&tracer->waiter, config, sets, 3,
			  config->output.quiet ? -1 : tracer->writer.output.fd, diag);
	if (err)
		return err;
	writer_end_with(&tracer->writer, waiter_end(tracer->waiter));
	return 0;
}

static void event_show(void *arg, void *record)
{
	struct tracer *tracer = arg;

	writer_event(&tracer->writer, record);
}

/* Once more before the ladder forgets them. */
static void cgroups_lost_read(struct tracer *tracer)
{
	if (tracer->ladder.cgroups)
		tracer->cgroups_lost = cgroup_watch_lost(tracer->ladder.cgroups);
}

static void losses_read(struct tracer *tracer)
{
	uint64_t *counts = tracer->writer.losses.counts, counters[COUNTERS];
	/* Read first: a change is counted as missed before it is counted as recovered. */
	uint64_t recursion_misses = probe_recursion_misses(tracer->probe, tracer->loader);

	counts[LOSS_LATE] = order_late(tracer->intake.order);
	if (loader_counters(tracer->loader, "counters", counters, COUNTERS))
		return;
	counts[LOSS_BUFFER_FULL] = counters[COUNTER_LOST];
	/* The kernel's own count comes later, but before Linux 5.1 there is no other. */
	if (ring_set_lost(tracer->intake.buffers->events) > counts[LOSS_BUFFER_FULL])
		counts[LOSS_BUFFER_FULL] = ring_set_lost(tracer->intake.buffers->events);
	counts[LOSS_NO_BUFFER] = counters[COUNTER_NO_BUFFER];
	counts[LOSS_NO_ROOM] = counters[COUNTER_NO_ROOM];
	counts[LOSS_TABLE_ERROR] = counters[COUNTER_TABLE_ERROR];
	cgroups_lost_read(tracer);
	counts[LOSS_UNFOLLOWED] = counters[COUNTER_UNFOLLOWED] + tracer->cgroups_lost;
	recursion_misses += counters[COUNTER_DECLINED];
	/* More may have been recovered by now, but the missed ones stay missed. */
	if (recursion_misses > counters[COUNTER_RECOVERED] + counts[LOSS_MISSED])
		counts[LOSS_MISSED] = recursion_misses - counters[COUNTER_RECOVERED];
}

/* Housekeeping, once a second and before a quiet time. */
static void tracer_tidy(struct tracer *tracer, uint64_t now)
{
	if (now < tracer->next_tidy_ns && !tracer->quiet)
		return;
	losses_read(tracer);
	writer_report_losses(&tracer->writer);
	order_trim(tracer->intake.order);
	tracer->next_tidy_ns = now + NS_PER_SECOND;
}

/* is_interval: since the last round that was one. */
static int summary_print(struct tracer *tracer, bool is_interval, struct diag *diag)
{
	struct writer *writer = &tracer->writer;
	struct summary total = {.start_ns = tracer->summary.start_ns}, shown;
	int err = summary_read(&total, tracer->loader, diag);

	if (err)
		return err;
	shown = total;
	if (is_interval) {
		summary_since(&shown, &tracer->summary);
		tracer->summary = total;
	}
	writer->format->summary(&writer->line, &shown, &writer->output.lines);
	return 0;
}

static void others_tell(struct tracer *tracer, const struct groups *groups)
{
	if (tracer->others_told || !groups->other.sessions)
		return;
	message_print(
		"--by: more than %llu keys: sessions of any further key are counted as (other)",
		(unsigned long long)groups->max);
	tracer->others_told = true;
}

/* Like summary_print(), by key. */
static int groups_print(struct tracer *tracer, bool is_interval, struct diag *diag)
{
	struct writer *writer = &tracer->writer;
	struct groups groups = {.since_ns = tracer->summary.start_ns};
	int err = groups_read(&groups, tracer->config, tracer->loader, tracer->ladder.sockets,
			      &writer->line, diag);

	if (!err)
		err = groups_prepare(&groups, is_interval ? &tracer->groups : NULL,
				     tracer->config->sort, diag);
	if (!err)
		others_tell(tracer, &groups);
	if (!err)
		writer->format->groups(&writer->line, &groups, &writer->output.lines);
	if (err || !is_interval) {
		groups_free(&groups);
		return err;
	}
	groups_free(&tracer->groups);
	tracer->groups = groups;
	return 0;
}

/* came: why it is drawn. */
static int top_round(struct tracer *tracer, int came, struct diag *diag)
{
	int err;

	wall_clock_update(&tracer->writer.line.clock);
	tracer_tidy(tracer, clock_now_ns());
	err = top_draw(tracer->top, tracer->loader, tracer->ladder.sockets, came & WAKE_SUMMARY,
		       diag);
	if (err)
		return err;
	writer_flush(&tracer->writer);
	return writer_check(&tracer->writer, diag);
}

static int top_begin(struct tracer *tracer, struct diag *diag)
{
	int err = top_open(&tracer->top, tracer->config, &tracer->writer, tracer->summary.start_ns,
			   diag);

	return err ? err : top_round(tracer, WAKE_SUMMARY, diag);
}

/* Prints the counts of the program: of the interval, or since the start, as JSON always does. */
static int summary_round(struct tracer *tracer, bool is_interval, struct diag *diag)
{
	const struct trace_config *config = tracer->config;
	int err;

	is_interval = is_interval && config->output.format != FORMAT_JSON;
	wall_clock_update(&tracer->writer.line.clock);
	err = config->program.by.count ? groups_print(tracer, is_interval, diag)
				       : summary_print(tracer, is_interval, diag);
	if (err)
		return err;
	writer_flush(&tracer->writer);
	tracer_tidy(tracer, clock_now_ns());
	return writer_check(&tracer->writer, diag);
}

/* Reads all buffers and prints events up to the horizon; in the last round, all. */
static int events_round(struct tracer *tracer, bool last, struct diag *diag)
{
	uint64_t begin = clock_now_ns();
	struct intake *intake = &tracer->intake;
	uint64_t horizon = buffers_horizon_ns(intake->buffers, begin);
	int err = intake_drain(intake, diag);

	if (err)
		return err;
	wall_clock_update(&tracer->writer.line.clock);
	order_flush(intake->order, last ? UINT64_MAX : horizon - tracer->margin.tv_nsec, event_show,
		    tracer);
	writer_flush(&tracer->writer);
	/*
	 * An event that caused no wakeup came within QUIET_NS of one before it. Twice that again is
	 * for a delayed one, if the program does not count events in flight.
	 */
	tracer->quiet = !order_waiting(intake->order) && horizon == begin &&
			begin > intake->newest_ns + 3 * QUIET_NS;
	tracer_tidy(tracer, begin);
	return writer_check(&tracer->writer, diag);
}

/*
 * During a scan, or a poll of a large map, the buffers must be drained. A broken buffer is reported
 * in its own round.
 */
static int drain_on_record(void *arg, const void *record)
{
	struct tracer *tracer = arg;
	struct diag diag;

	if (!record)
		intake_drain(&tracer->intake, &diag);
	return 0;
}

/* A listed or stuck socket. */
static int listed_on_record(void *arg, const void *record)
{
	struct tracer *tracer = arg;

	if (record)
		intake_add(&tracer->intake, CPU_UNKNOWN, record, tracer->writer.layout->size);
	return drain_on_record(arg, record);
}

/*
 * How long to wait in a quiet time, or NULL: for the next wakeup. A change that a filter hides, or
 * that is only a part of a session, wakes nobody, but the table may have had no room for its
 * socket.
 */
static const struct timespec *quiet_pause(const struct program_spec *spec)
{
	static const struct timespec second = {.tv_sec = 1};

	if (spec->summary)
		return NULL;
	return spec->sessions || spec->text || filter_hides(&spec->filter) ? &second : NULL;
}

/*
 * Returns 0 at the end of the trace. A single event is read at once, and printed a margin later.
 * Under load, a round is made every QUIET_NS.
 */
static int tracer_loop(struct tracer *tracer, struct diag *diag)
{
	static const struct timespec period = {.tv_nsec = QUIET_NS};
	const struct timespec *quiet = quiet_pause(&tracer->config->program);
	struct sockets *sockets = tracer->ladder.sockets;
	bool woken = false;

	for (;;) {
		const struct timespec *pause = woken ? &tracer->margin : &period;
		int err = 0, came;

		came = waiter_wait(tracer->waiter, tracer->quiet ? quiet : pause, diag);
		if (came < 0 || came & WAKE_END)
			return came < 0 ? came : 0;
		cgroup_watch_follow(tracer->ladder.cgroups);
		woken = tracer->quiet;
		if (came & WAKE_PREPARED) {
			waiter_watch(tracer->waiter, -1);
			sockets_prepared(sockets);
		}
		if (tracer->config->program.summary) {
			if (came & WAKE_KEYS && !top_keys(tracer->top))
				return 0;
			if (tracer->top && came)
				err = top_round(tracer, came, diag);
			else if (came & (WAKE_SUMMARY | WAKE_LIST))
				err = summary_round(tracer, !(came & WAKE_LIST), diag);
		} else {
			if (came & WAKE_LIST)
				sockets_ask(sockets);
			sockets_list(sockets, listed_on_record, tracer);
			if (came & WAKE_STUCK)
				err = stuck_poll(tracer->stuck, tracer->loader, sockets,
						 clock_now_ns(), listed_on_record, tracer, diag);
			if (!err)
				err = events_round(tracer, false, diag);
		}
		if (err || writer_is_done(&tracer->writer))
			return err;
	}
}

static bool counters_may_read(void *arg)
{
	const struct tracer *tracer = arg;
	uint64_t counters[COUNTERS];

	return loader_counters(tracer->loader, "counters", counters, COUNTERS) != -EPERM;
}

/* The terminal is as before, and the total is a table like any other. */
static void top_end(struct tracer *tracer)
{
	top_free(tracer->top);
	tracer->top = NULL;
	tracer->writer.line.limit = tracer->config->output.limit;
	tracer->writer.line.table_width = 0;
}

/* Detaches, and prints what is left. Only before that can open sockets be listed, with --by. */
static int last_round(struct tracer *tracer, struct diag *diag)
{
	const struct program_spec *program = &tracer->config->program;
	struct sockets *sockets = tracer->ladder.sockets;

	if (program->by.count) {
		if (!sockets_is_ready(sockets))
			sockets_prepared(sockets);
		return summary_round(tracer, false, diag);
	}
	ladder_detach(&tracer->ladder, tracer->ladder.rung);
	return program->summary ? summary_round(tracer, false, diag)
				: events_round(tracer, true, diag);
}

/* From the attached program to the end of the trace. */
static int tracer_trace(struct tracer *tracer, struct diag *diag)
{
	const struct trace_config *config = tracer->config;
	struct sockets *sockets = tracer->ladder.sockets;
	struct diag uncounted = {0};
	enum kept kept = KEPT_NOTHING;
	char ready[64];
	int err;

	if (!probe_counts_missed(tracer->probe, &uncounted)) {
		/* No later message can report these losses. */
		tracer->writer.losses.missed_uncounted = true;
		message_diag(&uncounted, false);
	}
	tracer->summary.start_ns = tracer->summary.now_ns = clock_now_ns();
	tracer->groups.now_ns = tracer->summary.start_ns;
	err = waiter_start(tracer->waiter, diag);
	if (err)
		return err;
	waiter_watch(tracer->waiter, sockets_prepare(sockets));
	/* No child is started from here on, which would inherit the manager's socket. */
	err = notify_open();
	if (err)
		message_print("$NOTIFY_SOCKET: %s", strerror(-err));

	if (tracer->ladder.cgroups)
		kept = KEPT_MAPS;
	else if (tracer->writer.line.cgroups)
		kept = KEPT_CGROUPS;
	if (config->top)
		kept |= KEPT_TERMINAL;
	err = rights_drop(config->keep_privileges, kept, counters_may_read, tracer, tracer->log,
			  diag);
	if (err)
		return err;
	/* Only now is anything of others read or printed. */
	sockets_find(sockets, drain_on_record, tracer);
	if (config->top)
		err = top_begin(tracer, diag);
	else
		writer_begin(&tracer->writer);
	if (err)
		return err;
	snprintf(ready, sizeof(ready), "READY=1\nSTATUS=Tracing: %s", tracer->probe->source.name);
	notify_send(ready);
	malloc_trim(0); /* what finding and loading the program took */

	err = tracer_loop(tracer, diag);
	notify_send("STOPPING=1");
	top_end(tracer);
	cgroups_lost_read(tracer);
	err = err ? err : last_round(tracer, diag);
	ladder_detach(&tracer->ladder, tracer->ladder.rung); /* also after an error */
	losses_read(tracer);
	writer_end(&tracer->writer);
	return err ? err : writer_check(&tracer->writer, diag);
}

static struct tracer *tracer_new(const struct trace_config *config, enum step last, bool peek,
				 struct startup_log *log)
{
	struct tracer *tracer = calloc(1, sizeof(*tracer));

	if (!tracer)
		return NULL;
	tracer->config = config;
	tracer->ladder = (struct ladder){config, log, last, peek, .prealloc = PREALLOC_NONE};
	tracer->log = log;
	tracer->quiet = config->program.summary; /* no events are sent */
	writer_open(&tracer->writer, &config->output, &config->program.layout);
	return tracer;
}

void tracer_free(struct tracer *tracer)
{
	if (!tracer)
		return;
	top_free(tracer->top);
	stuck_free(tracer->stuck);
	groups_free(&tracer->groups);
	waiter_free(tracer->waiter);
	ladder_free(&tracer->ladder);
	intake_close(&tracer->intake);
	writer_close(&tracer->writer);
	free(tracer);
}

int tracer_run(const struct trace_config *config, struct startup_log *log, struct diag *diag)
{
	struct tracer *tracer = tracer_new(config, STEP_TEST, false, log);
	int err;

	if (!tracer)
		return diag_errno(diag, -ENOMEM, "starting");
	writer_watch_journal(&tracer->writer);
	err = tracer_start(tracer, diag);
	if (!err)
		err = tracer_trace(tracer, diag);
	tracer_free(tracer);
	return err;
}

int tracer_check(struct tracer **tracer, const struct trace_config *config, enum step last,
		 struct startup_log *log, struct diag *diag)
{
	*tracer = tracer_new(config, last, true, log);
	if (!*tracer)
		return diag_errno(diag, -ENOMEM, "starting");
	return tracer_start(*tracer, diag);
}

const struct ladder *tracer_ladder(const struct tracer *tracer)
{
	return &tracer->ladder;
}
