/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/sockets.h"

#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "base/seen.h"
#include "bpf/loader.h"
#include "event/event.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/program.h"
#include "system/helper.h"
#include "trace/accept.h"
#include "trace/look.h"
#include "trace/scan.h"

struct sockets {
	const struct program_spec *spec;
	const struct loader *tracing;
	struct startup_log *log;
	struct helper *helper; /* or NULL */
	struct loader *accept; /* sees who accepts a session, or NULL */
	struct scan scan;
	struct look look;
	struct diag why; /* of a failed scan_open() */
	bool asked;
	bool told; /* what a scan does not see */
};

struct listing {
	int (*on_record)(void *arg, const void *record);
	void *arg;
	size_t count; /* sockets found, or entries of the table */
	struct seen seen; /* sockets found */
	const struct sockets *sockets;
	struct event *event; /* room for one */
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
	*sockets = (struct sockets){spec, tracing, log, .scan = SCAN_NONE, .look = LOOK_NONE};
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
	look_close(&sockets->look);
	loader_free(sockets->accept);
	free(sockets);
}

static int found_count(void *arg, const void *record)
{
	struct listing *found = arg;

	found->count += !!record;
	return found->on_record(found->arg, record);
}

static int found_on_record(void *arg, const void *record)
{
	struct listing *listing = arg;
	const struct event *event = record;

	if (event)
		seen_add(&listing->seen, event->skaddr);
	return listing->on_record(listing->arg, record);
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
	struct listing found = {.on_record = on_record, .arg = arg};

	if (sockets_run(sockets, found_count, &found))
		startup_log_step(sockets->log, "found %zu open sockets", found.count);
}

void sockets_scan(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg)
{
	if (!sockets_run(sockets, on_record, arg))
		scan_close(&sockets->scan); /* it would fail each time */
}

enum prepared { PREPARED_SCAN, PREPARED_LOOK, PREPARED_LOOKED };

/* In a process of its own, whose steps are not printed. */
static int prepared_fetch(void *arg, int fds[HELPER_FDS], struct diag *diag)
{
	const struct sockets *sockets = arg;
	const struct program_spec *spec = sockets->spec;
	struct startup_log silent = {0};
	struct diag unseen = {0};
	int err = 0;

	if (!scan_is_wanted(spec)) {
		struct scan scan;

		err = scan_open(&scan, spec, sockets->tracing, &silent, diag);
		fds[PREPARED_SCAN] = scan.iterator;
	}
	if (err || spec->text)
		return err;
	/* Without these, sockets that no file refers to are not listed. */
	if (!spec->summary || spec->by.count)
		look_load(&fds[PREPARED_LOOK], &fds[PREPARED_LOOKED], spec, sockets->tracing,
			  &silent, &unseen);
	scan_add_unheld(spec, sockets->tracing, &silent, &unseen);
	return 0;
}

int sockets_prepare(struct sockets *sockets)
{
	if (!helper_start(&sockets->helper, prepared_fetch, sockets, &sockets->why))
		return helper_fd(sockets->helper);
	helper_free(sockets->helper);
	sockets->helper = NULL;
	return -1;
}

void sockets_prepared(struct sockets *sockets)
{
	int fds[HELPER_FDS];

	if (!helper_receive(sockets->helper, fds, &sockets->why)) {
		if (fds[PREPARED_SCAN] >= 0)
			sockets->scan.iterator = fds[PREPARED_SCAN];
		if (fds[PREPARED_LOOK] >= 0)
			look_open(&sockets->look, &sockets->spec->layout, fds[PREPARED_LOOK],
				  fds[PREPARED_LOOKED]);
		startup_log_step(sockets->log, sockets->spec->summary && !sockets->spec->by.count
						       ? "counted sockets that no file refers to"
						       : "ready to list open sockets");
	}
	helper_free(sockets->helper);
	sockets->helper = NULL;
}

bool sockets_is_ready(const struct sockets *sockets)
{
	return !sockets->helper;
}

int sockets_look(const struct sockets *sockets, uint64_t skaddr, struct event *event)
{
	return look_at(&sockets->look, &sockets->spec->layout, skaddr, event);
}

void sockets_ask(struct sockets *sockets)
{
	sockets->asked = true;
}

bool sockets_can_list(const struct sockets *sockets)
{
	return sockets->scan.iterator >= 0 && !sockets->helper;
}

/* One in the table that the scan has not found is listed, too. */
static int entry_list(void *arg, const void *key, const void *value, size_t size)
{
	struct listing *listing = arg;
	uint64_t skaddr;

	(void)value;
	(void)size;
	if (!(++listing->count % ENTRIES_PER_TICK))
		listing->on_record(listing->arg, NULL);
	memcpy(&skaddr, key, sizeof(skaddr));
	if (seen_has(&listing->seen, skaddr) ||
	    sockets_look(listing->sockets, skaddr, listing->event) <= 0)
		return 0;
	return listing->on_record(listing->arg, listing->event);
}

void sockets_list(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg)
{
	struct listing listing = {.on_record = on_record, .arg = arg, .sockets = sockets};

	if (!sockets->asked || sockets->helper)
		return;
	sockets->asked = false;
	if (sockets->scan.iterator < 0)
		scan_fails(&sockets->why);
	else
		limits_tell(sockets);
	listing.event = malloc(sockets->spec->layout.size);
	if (sockets_run(sockets, found_on_record, &listing) && listing.event)
		loader_each(sockets->tracing, "sockets", entry_list, &listing);
	free(listing.event);
	seen_free(&listing.seen);
}
