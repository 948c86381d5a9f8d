/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/sockets.h"

#include <stdlib.h>

#include "base/diag.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/program.h"
#include "system/helper.h"
#include "trace/scan.h"

struct sockets {
	const struct program_spec *spec;
	const struct loader *tracing;
	struct steps *steps;
	struct errand *errand; /* or NULL: none is under way */
	struct scan scan;
	struct diag why; /* there is none */
	bool asked;
};

struct found {
	int (*take)(void *arg, const void *record);
	void *arg;
	size_t count;
};

static void scan_fails(const struct diag *diag)
{
	message_print("the sockets that are there are not known: %s", diag->what);
}

struct sockets *sockets_new(const struct program_spec *spec, const struct loader *tracing,
			    struct steps *steps)
{
	struct sockets *sockets = calloc(1, sizeof(*sockets));

	if (!sockets)
		return NULL;
	*sockets = (struct sockets){spec, tracing, steps, .scan = SCAN_NONE};
	if (!scan_is_wanted(spec))
		return sockets;
	if (scan_open(&sockets->scan, spec, tracing, steps, &sockets->why))
		scan_fails(&sockets->why);
	return sockets;
}

void sockets_free(struct sockets *sockets)
{
	if (!sockets)
		return;
	errand_free(sockets->errand);
	scan_close(&sockets->scan);
	free(sockets);
}

static int found_count(void *arg, const void *record)
{
	struct found *found = arg;

	found->count += !!record;
	return found->take(found->arg, record);
}

void sockets_find(struct sockets *sockets, int (*take)(void *arg, const void *record), void *arg)
{
	struct found found = {take, arg, 0};
	struct diag diag = {0};

	if (sockets->scan.iterator < 0)
		return;
	if (scan_run(&sockets->scan, &sockets->spec->layout, found_count, &found, &diag))
		scan_fails(&diag);
	else
		step_done(sockets->steps, "found the %zu sockets that are there", found.count);
}

/* In a process of its own, which tells no steps. */
static int scan_fetch(void *arg, int *fd, struct diag *diag)
{
	const struct sockets *sockets = arg;
	struct steps untold = {0};
	struct scan scan;
	int err = scan_open(&scan, sockets->spec, sockets->tracing, &untold, diag);

	*fd = scan.iterator;
	return err;
}

int sockets_prepare(struct sockets *sockets)
{
	if (scan_is_wanted(sockets->spec))
		return -1;
	if (!errand_start(&sockets->errand, scan_fetch, sockets, &sockets->why))
		return errand_fd(sockets->errand);
	errand_free(sockets->errand);
	sockets->errand = NULL;
	return -1;
}

void sockets_prepared(struct sockets *sockets)
{
	if (!errand_take(sockets->errand, &sockets->scan.iterator, &sockets->why))
		step_done(sockets->steps, "ready to list the sockets that are there");
	errand_free(sockets->errand);
	sockets->errand = NULL;
}

void sockets_ask(struct sockets *sockets)
{
	sockets->asked = true;
}

void sockets_list(struct sockets *sockets, int (*take)(void *arg, const void *record), void *arg)
{
	if (!sockets->asked || sockets->errand)
		return;
	sockets->asked = false;
	if (sockets->scan.iterator < 0 ||
	    scan_run(&sockets->scan, &sockets->spec->layout, take, arg, &sockets->why))
		scan_fails(&sockets->why);
}
