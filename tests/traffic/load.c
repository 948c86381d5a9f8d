/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes TCP connections over loopback as fast as it can, or at a given rate, to put a tracer under
 * load.  Every connection makes the same state changes, so a run of N of them makes a known number
 * of events.  With --listen a listener that stops and listens again takes a connection's place: two
 * changes that cost the kernel, and so the generator, far less.
 */

#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pairs.h"

#define THREADS_MAX 250
#define NSEC	    1000000000LL

#define PORT 9000 /* of the first listeners */

struct load {
	struct pair_source like; /* which the sources are to be */
	bool reset;
	bool listen; /* in place of connecting */
	long threads;
	double seconds;
	long count; /* connections per thread, or 0 to go by seconds */
	double rate; /* connections per second in all, or 0 for no limit */
	long open; /* connections held open meanwhile */
	int64_t start; /* in ns, as clock_read() */
};

struct worker {
	const struct load *load;
	long index;
	cpu_set_t cpu;
	struct pair_source source;
	pthread_t thread;
	long done;
};

__attribute__((noreturn)) static void usage_die(void)
{
	fprintf(stderr, "usage: load [-4|-6] [-t THREADS] [-s SECONDS | -n CONNECTIONS_PER_THREAD] "
			"[-r RATE] [--rst | --listen] [-k OPEN] [-p PORT]\n");
	exit(2);
}

static int64_t clock_read(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC + now.tv_nsec;
}

/* Waits until it is the turn of the worker's next connection; false if that is past the end. */
static bool turn_wait(const struct worker *w, int64_t end)
{
	const struct load *load = w->load;
	const double turn = (double)w->done * load->threads + w->index;
	const int64_t when = load->start + (int64_t)(turn / load->rate * NSEC);
	const struct timespec at = {.tv_sec = when / NSEC, .tv_nsec = when % NSEC};

	if (!load->count && when >= end)
		return false;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR)
		;
	return true;
}

static void *worker_run(void *data)
{
	struct worker *w = data;
	const struct load *load = w->load;
	const int64_t end = load->start + (int64_t)(load->seconds * NSEC);

	call_check(!sched_setaffinity(0, sizeof(w->cpu), &w->cpu), "sched_setaffinity");
	while (load->count ? w->done < load->count : clock_read() < end) {
		if (load->rate && !turn_wait(w, end))
			break;
		if (load->listen)
			source_relisten(&w->source, w->done);
		else
			pair_close(pair_open(&w->source, w->done), load->reset);
		w->done++;
	}
	return NULL;
}

/* Sets the workers up, giving each the next of the CPUs this process may run on. */
static struct worker *workers_create(const struct load *load, const cpu_set_t *cpus)
{
	struct worker *workers = calloc(load->threads, sizeof(*workers));
	int cpu = -1;

	call_check(workers, "calloc");
	for (long i = 0; i < load->threads; i++) {
		struct worker *w = &workers[i];

		do {
			cpu = (cpu + 1) % CPU_SETSIZE;
		} while (!CPU_ISSET(cpu, cpus));
		CPU_SET(cpu, &w->cpu);
		w->load = load;
		w->index = i;
		w->source = load->like;
		source_open(&w->source, i);
	}
	return workers;
}

static void load_run(struct load *load, const cpu_set_t *cpus)
{
	struct holders holders;
	struct worker *workers;
	double seconds;
	long done = 0;

	holders_start(&holders, load->open, &load->like, load->reset, load->threads);
	workers = workers_create(load, cpus);
	load->start = clock_read();
	for (long i = 0; i < load->threads; i++) {
		errno = pthread_create(&workers[i].thread, NULL, worker_run, &workers[i]);
		call_check(!errno, "pthread_create");
	}
	for (long i = 0; i < load->threads; i++) {
		pthread_join(workers[i].thread, NULL);
		done += workers[i].done;
	}
	seconds = (double)(clock_read() - load->start) / NSEC;
	holders_release(&holders);
	printf("connections=%ld seconds=%.3f rate=%.0f\n", done, seconds, done / seconds);
	free(workers);
}

static double number_parse(const char *text, double min, double max)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value >= min && value <= max))
		usage_die();
	return value;
}

static void options_parse(int argc, char **argv, struct load *load)
{
	static const struct option longs[] = {{"rst", no_argument, NULL, 'R'},
					      {"listen", no_argument, NULL, 'L'},
					      {0}};
	int c;

	while ((c = getopt_long(argc, argv, "46t:s:n:r:k:p:", longs, NULL)) != -1) {
		switch (c) {
		case '4':
		case '6':
			load->like.ipv6 = c == '6';
			break;
		case 't':
			load->threads = number_parse(optarg, 1, THREADS_MAX);
			break;
		case 's':
			load->seconds = number_parse(optarg, 0.001, 86400);
			break;
		case 'n':
			load->count = number_parse(optarg, 1, 1e9);
			break;
		case 'r':
			load->rate = number_parse(optarg, 0.001, 1e9);
			break;
		case 'k':
			load->open = number_parse(optarg, 0, 1e6);
			break;
		case 'p':
			load->like.port = number_parse(optarg, 1024, 32767);
			break;
		case 'R':
			load->reset = true;
			break;
		case 'L':
			load->listen = true;
			break;
		default:
			usage_die();
		}
	}
	if (optind != argc || (load->seconds && load->count))
		usage_die();
	if (!load->seconds && !load->count)
		load->seconds = 5;
}

int main(int argc, char **argv)
{
	struct load load = {.like.port = PORT};
	cpu_set_t cpus;

	call_check(!sched_getaffinity(0, sizeof(cpus), &cpus), "sched_getaffinity");
	load.threads = CPU_COUNT(&cpus) < THREADS_MAX ? CPU_COUNT(&cpus) : THREADS_MAX;
	options_parse(argc, argv, &load);
	load_run(&load, &cpus);
	return 0;
}
