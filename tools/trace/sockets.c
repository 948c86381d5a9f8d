/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/sockets.h"

#include <stdlib.h>

#include "base/diag.h"
#include "bpf/loader.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/program.h"
#include "system/helper.h"
#include "trace/accept.h"
#include "trace/scan.h"

struct sockets {
	const struct program_spec *spec;
	const struct loader *tracing;
	struct startup_log *log;
	struct helper *helper; /* or NULL */
	struct loader *accept; /* sees who accepts a session, or NULL */
	struct scan scan;
	struct diag why; /* of a failed scan_open() */
	bool asked;
	bool told; /* what a scan does not see */
};

struct listing {
	int (*on_record)(void *arg, const void *record);
	void *arg;
	size_t count;
};

static void scan_fails(const struct diag *diag)
{
	message_print("open sockets are not known: %s", diag->what);
}

static void limits_tell(struct sockets *sockets)
{
	struct diag diag = {0};

	if (!sockets->told && !scan_sees_host(&diag))
		message_diag(&diag, false);
	sockets->told = true;
}

struct sockets *sockets_new(const struct program_spec *spec, const struct loader *tracing,
			    struct startup_log *log)
{
	struct sockets *sockets = calloc(1, sizeof(*sockets));
	struct diag unseen = {0};

	if (!sockets)
		return NULL;
	*sockets = (struct sockets){spec, tracing, log, .scan = SCAN_NONE};
	if (!scan_is_wanted(spec))
		return sockets; /* which is so for a map of sockets that is not ours */
	if (spec->layout.wanted & 1U << OPTIONAL_OWNER &&
	    accept_watch(&sockets->accept, spec, tracing, log, &unseen))
		startup_log_step(log, "accept() is not seen: %s", unseen.what);
	if (scan_open(&sockets->scan, spec, tracing, log, &sockets->why))
		scan_fails(&sockets->why);
	else
		limits_tell(sockets);
	return sockets;
}

void sockets_free(struct sockets *sockets)
{
	if (!sockets)
		return;
	helper_free(sockets->helper);
	scan_close(&sockets->scan);
	loader_free(sockets->accept);
	free(sockets);
}

static int found_count(void *arg, const void *record)
{
	struct listing *found = arg;

	found->count += !!record;
	return found->on_record(found->arg, record);
}

static bool sockets_run(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
			void *arg)
{
	if (sockets->scan.iterator < 0)
		return false;
	if (!scan_run(&sockets->scan, &sockets->spec->layout, on_record, arg, &sockets->why))
		return true;
	scan_fails(&sockets->why);
	return false;
}

void sockets_find(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg)
{
	struct listing found = {on_record, arg, 0};

	if (sockets_run(sockets, found_count, &found))
		startup_log_step(sockets->log, "found %zu open sockets", found.count);
}

void sockets_scan(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg)
{
	if (!sockets_run(sockets, on_record, arg))
		scan_close(&sockets->scan); /* it would fail each time */
}

/* In a process of its own, whose steps are not printed. */
static int scan_fetch(void *arg, int *fd, struct diag *diag)
{
	const struct sockets *sockets = arg;
	struct startup_log silent = {0};
	struct scan scan;
	int err = scan_open(&scan, sockets->spec, sockets->tracing, &silent, diag);

	*fd = scan.iterator;
	return err;
}

int sockets_prepare(struct sockets *sockets)
{
	if (scan_is_wanted(sockets->spec))
		return -1;
	if (!helper_start(&sockets->helper, scan_fetch, sockets, &sockets->why))
		return helper_fd(sockets->helper);
	helper_free(sockets->helper);
	sockets->helper = NULL;
	return -1;
}

void sockets_prepared(struct sockets *sockets)
{
	if (!helper_receive(sockets->helper, &sockets->scan.iterator, &sockets->why))
		startup_log_step(sockets->log, "ready to list open sockets");
	helper_free(sockets->helper);
	sockets->helper = NULL;
}

void sockets_ask(struct sockets *sockets)
{
	sockets->asked = true;
}

void sockets_list(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg)
{
	if (!sockets->asked || sockets->helper)
		return;
	sockets->asked = false;
	if (sockets->scan.iterator < 0)
		scan_fails(&sockets->why);
	else
		limits_tell(sockets);
	sockets_run(sockets, on_record, arg);
}
