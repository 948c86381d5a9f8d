/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/waiter.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/diag.h"
#include "bpf/ring.h"
#include "trace/trace_config.h"

enum {
	POLL_END,
	POLL_LIST,
	POLL_STDOUT,
	POLL_PREPARED,
	POLL_KEYS,
	POLL_SIZE,
	POLL_DURATION,
	POLL_SUMMARY,
	POLL_STUCK,
	POLL_RINGS
};

struct timer {
	uint64_t ns; /* or 0: none */
	bool again;
	const char *option;
	enum wake means;
};

struct waiter {
	struct timer timers[POLL_RINGS]; /* by the number of its poller */
	struct pollfd *pollers; /* the same, then the buffers of all sets */
	size_t count;
};

/* One, or two. */
static sigset_t signals_of(int signal, int other)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigaddset(&set, other);
	return set;
}

void waiter_hold_end(bool hold)
{
	sigset_t set = signals_of(SIGINT, SIGTERM);

	sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static int signals_open(int signal, int other)
{
	sigset_t set = signals_of(signal, other);

	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int waiter_open(struct waiter **waiter, const struct trace_config *config,
		const struct ring_set *const *sets, size_t count, int output, struct diag *diag)
{
	struct waiter *new = *waiter = calloc(1, sizeof(*new));
	struct pollfd *poller;

	if (!new)
		return diag_errno(diag, -ENOMEM, "starting");
	new->count = POLL_RINGS;
	for (size_t set = 0; set < count; set++)
		new->count += ring_set_count(sets[set]);
	new->pollers = calloc(new->count, sizeof(*new->pollers));
	if (!new->pollers)
		return diag_errno(diag, -ENOMEM, "starting");
	for (size_t i = 0; i < new->count; i++)
		new->pollers[i] = (struct pollfd){.fd = -1, .events = POLLIN};

	new->pollers[POLL_END].fd = signals_open(SIGINT, SIGTERM);
	new->pollers[POLL_LIST].fd = signals_open(SIGUSR1, SIGUSR1);
	if (new->pollers[POLL_END].fd < 0 || new->pollers[POLL_LIST].fd < 0)
		return diag_errno(diag, -errno, "starting");
	if (config->top) {
		new->pollers[POLL_KEYS].fd = STDIN_FILENO;
		new->pollers[POLL_SIZE].fd = signals_open(SIGWINCH, SIGWINCH);
		if (new->pollers[POLL_SIZE].fd < 0)
			return diag_errno(diag, -errno, "starting");
	}
	/* Without events: poll(2) still reports that the reader is gone. */
	new->pollers[POLL_STDOUT] = (struct pollfd){.fd = output};
	new->timers[POLL_DURATION] =
		(struct timer){config->duration_ns, false, "-d/--duration", WAKE_END};
	new->timers[POLL_SUMMARY] =
		(struct timer){config->summary_ns, true, "--summary", WAKE_SUMMARY};
	new->timers[POLL_STUCK] =
		(struct timer){stuck_period_ns(&config->stuck), true, "--stuck", WAKE_STUCK};
	for (size_t i = 0; i < POLL_RINGS; i++) {
		if (!new->timers[i].ns)
			continue;
		new->pollers[i].fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
		if (new->pollers[i].fd < 0)
			return diag_errno(diag, -errno, "%s", new->timers[i].option);
	}
	poller = &new->pollers[POLL_RINGS];
	for (size_t set = 0; set < count; set++)
		for (size_t i = 0; i < ring_set_count(sets[set]); i++)
			poller++->fd = ring_set_fd(sets[set], i);
	return 0;
}

void waiter_free(struct waiter *waiter)
{
	if (!waiter)
		return;
	for (size_t i = 0; waiter->pollers && i < POLL_RINGS; i++)
		if (i != POLL_STDOUT && i != POLL_PREPARED && i != POLL_KEYS &&
		    waiter->pollers[i].fd >= 0)
			close(waiter->pollers[i].fd);
	free(waiter->pollers);
	free(waiter);
}

int waiter_start(struct waiter *waiter, struct diag *diag)
{
	for (size_t i = 0; i < POLL_RINGS; i++) {
		const struct timer *timer = &waiter->timers[i];
		struct timespec period = {timer->ns / NS_PER_SECOND, timer->ns % NS_PER_SECOND};
		struct itimerspec spec = {.it_value = period};

		if (timer->again)
			spec.it_interval = period;
		if (timer->ns && timerfd_settime(waiter->pollers[i].fd, 0, &spec, NULL))
			return diag_errno(diag, -errno, "%s", timer->option);
	}
	return 0;
}

int waiter_end(const struct waiter *waiter)
{
	return waiter->pollers[POLL_END].fd;
}

void waiter_watch(struct waiter *waiter, int fd)
{
	waiter->pollers[POLL_PREPARED].fd = fd;
}

int waiter_wait(struct waiter *waiter, const struct timespec *pause, struct diag *diag)
{
	int ready = ppoll(waiter->pollers, waiter->count, pause, NULL), came = 0;
	struct signalfd_siginfo info;
	uint64_t expired;

	if (ready < 0 && errno != EINTR)
		return diag_errno(diag, -errno, "poll");
	if (ready <= 0)
		return 0;
	/* The signal stays pending, for waiter_end(). */
	if (waiter->pollers[POLL_END].revents || waiter->pollers[POLL_STDOUT].revents)
		came |= WAKE_END;
	if (waiter->pollers[POLL_LIST].revents &&
	    read(waiter->pollers[POLL_LIST].fd, &info, sizeof(info)) == sizeof(info))
		came |= WAKE_LIST;
	if (waiter->pollers[POLL_SIZE].revents &&
	    read(waiter->pollers[POLL_SIZE].fd, &info, sizeof(info)) == sizeof(info))
		came |= WAKE_LIST;
	if (waiter->pollers[POLL_KEYS].revents)
		came |= WAKE_KEYS;
	if (waiter->pollers[POLL_PREPARED].revents)
		came |= WAKE_PREPARED;
	for (size_t i = 0; i < POLL_RINGS; i++)
		if (waiter->timers[i].ns &&
		    read(waiter->pollers[i].fd, &expired, sizeof(expired)) > 0)
			came |= waiter->timers[i].means;
	return came;
}
