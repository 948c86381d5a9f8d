/* SPDX-License-Identifier: Apache-2.0 */
#include "trace/scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/seen.h"
#include "base/text.h"
#include "bpf/iterator.h"
#include "bpf/loader.h"
#include "log/message.h"
#include "log/startup_log.h"
#include "program/custom_text.h"
#include "program/program.h"
#include "program/source.h"
#include "system/net_namespaces.h"
#include "trace/cgroup_marks.h"
#include "trace/companion.h"
#include "trace/trees.h"

#define PID_NS_INITIAL 0xEFFFFFFCU /* PROC_PID_INIT_INO, include/linux/proc_ns.h */

/* A changed source may keep something else in the map. */
static bool text_is_changed(const struct program_spec *spec)
{
	return spec->text && !custom_text_is_own(spec->text);
}

bool scan_is_wanted(const struct program_spec *spec)
{
	if (text_is_changed(spec))
		return false;
	return spec->summary || spec->stuck || spec->layout.wanted & 1U << OPTIONAL_OWNER;
}

static int files_load(struct loader **loader, const struct program_spec *spec,
		      const struct loader *tracing, struct startup_log *log, struct diag *diag)
{
	struct program_spec scanning = *spec;
	struct custom_text made = {0};
	int err = offsets_available(diag);

	*loader = NULL;
	if (err)
		return err;
	/* Our own source of the scan, or one made from the user's, with its filters. */
	scanning.text = NULL;
	if (spec->text && !text_is_changed(spec)) {
		err = custom_text_scan(spec->text, &scanning, &made, diag);
		scanning.text = &made;
	}
	if (text_is_changed(spec))
		tracing = NULL;
	if (!err)
		err = companion_load(loader, &scanning, &source_scan, tracing, log, diag);
	custom_text_free(&made);
	return err;
}

static int files_open(struct scan *scan, struct loader *loader, struct diag *diag)
{
	int iterator = loader_iterator(loader, diag);

	if (iterator < 0)
		return iterator;
	scan->iterator = iterator;
	return 0;
}

int scan_open(struct scan *scan, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag)
{
	struct loader *loader;
	int err = files_load(&loader, spec, tracing, log, diag);

	*scan = SCAN_NONE;
	if (!err)
		err = files_open(scan, loader, diag);
	loader_free(loader);
	return err;
}

struct reader {
	struct scan *scan;
	int iterator;
	struct diag *diag;
};

/* Each can be read once: before the scan of the files, and after it. */
enum { READ_BEFORE, READ_AFTER, READS };

static int reader_add(void *arg)
{
	struct reader *reader = arg;

	for (int i = 0; i < READS; i++) {
		int fd = iterator_start(reader->iterator, reader->diag);

		if (fd < 0)
			return fd;
		text_bytes(&reader->scan->readers, (const char *)&fd, sizeof(fd));
		if (reader->scan->readers.err) {
			close(fd);
			return diag_errno(reader->diag, -ENOMEM, "scanning");
		}
	}
	return 0;
}

static int reader_count(const struct scan *scan)
{
	return scan->readers.len / sizeof(int);
}

static int reader_at(const struct scan *scan, int i)
{
	int fd;

	memcpy(&fd, scan->readers.data + i * sizeof(fd), sizeof(fd));
	return fd;
}

static int readers_open(struct scan *scan, const struct program_spec *spec,
			const struct loader *files, struct startup_log *log, struct diag *diag)
{
	struct reader reader = {scan, -1, diag};
	struct loader *loader;
	int err = companion_load(&loader, spec, &source_tcp, files, log, diag);

	if (!err)
		err = reader.iterator = loader_iterator(loader, diag);
	loader_free(loader);
	if (err < 0)
		return err;
	err = net_namespaces_visit(reader_add, &reader, diag);
	close(reader.iterator);
	return err;
}

int scan_open_all(struct scan *scan, const struct program_spec *spec, struct startup_log *log,
		  struct diag *diag)
{
	struct diag unseen = {0};
	struct loader *files;
	int err = files_load(&files, spec, NULL, log, diag);

	*scan = SCAN_NONE;
	if (!err)
		err = trees_fill(&spec->filter, files, diag);
	if (!err)
		err = cgroup_marks_fill(&spec->filter, files, diag);
	if (!err)
		err = files_open(scan, files, diag);
	if (!err && readers_open(scan, spec, files, log, &unseen))
		message_about("sockets that no file refers to are not all listed", &unseen);
	loader_free(files);
	return err;
}

static int readers_read(const struct scan *scan, int when, const struct event_layout *layout,
			int (*on_record)(void *arg, const void *record), void *arg,
			struct diag *diag)
{
	int err = 0;

	for (int i = when; !err && i < reader_count(scan); i += READS)
		err = iterator_read(reader_at(scan, i), layout->sent, on_record, arg, diag);
	return err;
}

static int record_ignore(void *arg, const void *record)
{
	(void)arg; /* what matters is that the program has seen the socket */
	(void)record;
	return 0;
}

int scan_add_unheld(const struct program_spec *spec, const struct loader *tracing,
		    struct startup_log *log, struct diag *diag)
{
	struct scan scan = SCAN_NONE;
	int err = readers_open(&scan, spec, tracing, log, diag);

	/* What is in a long queue is known the second time. */
	for (int when = 0; !err && when < READS; when++)
		err = readers_read(&scan, when, &spec->layout, record_ignore, NULL, diag);
	scan_close(&scan);
	return err;
}

void scan_close(struct scan *scan)
{
	if (scan->iterator >= 0)
		close(scan->iterator);
	for (int i = 0; i < reader_count(scan); i++)
		close(reader_at(scan, i));
	text_free(&scan->readers);
	*scan = SCAN_NONE;
}

bool scan_sees_host(struct diag *diag)
{
	struct stat ns;

	if (stat("/proc/self/ns/pid", &ns) || ns.st_ino == PID_NS_INITIAL)
		return true;
	diag_set(diag, -ENOTSUP, "sockets of processes in other PID namespaces are not found");
	diag_hint(diag, "run it in the host's (--pid=host, hostPID)");
	return false;
}

bool scan_may_read(const struct scan *scan)
{
	return iterator_may_run(scan->iterator);
}

/*
 * A socket has a record of each descriptor, and is found once. Its owner is the one that the table
 * has, if one of its descriptors is that process's; else the process of the first descriptor.
 */
struct found {
	const struct event_layout *layout;
	struct seen seen; /* sockets found */
	struct seen deferred; /* those of which the owner's descriptor may be yet to come */
	size_t missing; /* deferred ones not found */
	bool last; /* no such descriptor is to come */
	struct event *event; /* room for one */
	struct text unheld; /* events of sockets that no file referred to */
	int (*on_record)(void *arg, const void *record);
	void *arg;
};

/* Whether the event's task is its owner. */
static bool is_of_owner(const struct found *found, const struct event *event)
{
	return !(found->layout->wanted & 1U << OPTIONAL_OWNER) ||
	       event_owner(found->layout, event)->pid == event->pid;
}

/* Without memory, a duplicate is better than none. */
static int found_on_record(void *arg, const void *record)
{
	struct found *found = arg;
	struct event *event = found->event;
	struct owner holder = {.from = OWNER_SCAN};

	if (!record)
		return found->on_record(found->arg, NULL);
	event_decode(found->layout, CPU_UNKNOWN, record, found->layout->sent, event);
	if (event->newstate == STATE_TICK || seen_has(&found->seen, event->skaddr))
		return 0;
	if (!is_of_owner(found, event)) {
		if (!found->last) {
			found->missing += seen_add(&found->deferred, event->skaddr);
			return 0;
		}
		holder.pid = event->pid;
		memcpy(holder.comm, event->comm, sizeof(holder.comm));
		event_set_owner(found->layout, event, &holder);
	}
	seen_add(&found->seen, event->skaddr);
	found->missing -= seen_has(&found->deferred, event->skaddr);
	return found->on_record(found->arg, event);
}

/*
 * Before the scan of the files: one of them may be accepted meanwhile, and is then found with its
 * file.
 */
static int unheld_keep(void *arg, const void *record)
{
	struct found *found = arg;

	if (!record)
		return found->on_record(found->arg, NULL);
	event_decode(found->layout, CPU_UNKNOWN, record, found->layout->sent, found->event);
	text_bytes(&found->unheld, (const char *)found->event, found->layout->size);
	return 0;
}

static int event_show_once(struct found *found)
{
	if (!seen_add(&found->seen, found->event->skaddr))
		return 0;
	return found->on_record(found->arg, found->event);
}

/* After it: the owners of listening sockets are known now. */
static int unheld_on_record(void *arg, const void *record)
{
	struct found *found = arg;

	if (!record)
		return found->on_record(found->arg, NULL);
	event_decode(found->layout, CPU_UNKNOWN, record, found->layout->sent, found->event);
	return event_show_once(found);
}

/* Those that have ended since. */
static int unheld_show(struct found *found)
{
	int err = 0;

	for (size_t at = 0; !err && at < found->unheld.len; at += found->layout->size) {
		memcpy(found->event, found->unheld.data + at, found->layout->size);
		err = event_show_once(found);
	}
	return err;
}

int scan_run(const struct scan *scan, const struct event_layout *layout,
	     int (*on_record)(void *arg, const void *record), void *arg, struct diag *diag)
{
	struct found found = {.layout = layout, .on_record = on_record, .arg = arg};
	int err;

	found.event = malloc(layout->size);
	if (!found.event)
		return diag_errno(diag, -ENOMEM, "scanning");
	err = readers_read(scan, READ_BEFORE, layout, unheld_keep, &found, diag);
	if (!err && found.unheld.err)
		err = diag_errno(diag, found.unheld.err, "scanning");
	if (!err)
		err = iterator_run(scan->iterator, layout->sent, found_on_record, &found, diag);
	found.last = true;
	if (!err && found.missing)
		err = iterator_run(scan->iterator, layout->sent, found_on_record, &found, diag);
	if (!err)
		err = readers_read(scan, READ_AFTER, layout, unheld_on_record, &found, diag);
	if (!err)
		err = unheld_show(&found);
	text_free(&found.unheld);
	seen_free(&found.seen);
	seen_free(&found.deferred);
	free(found.event);
	return err;
}
