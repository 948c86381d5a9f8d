/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open sockets, for a trace: scanned at its start if a shown field needs them, and listed on
 * request. A failure is reported, and does not end the trace.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stdbool.h>
#include <stdint.h>

struct diag;
struct event;
struct loader;
struct program_spec;
struct sockets;
struct startup_log;

#define ENTRIES_PER_TICK 4096 /* of the table: then the perf buffers are drained */

/*
 * Opens the scan, if the spec needs one. spec, tracing (the program that is attached, or will be)
 * and log must outlive it. NULL: no memory.
 */
struct sockets *sockets_new(const struct program_spec *spec, const struct loader *tracing,
			    struct startup_log *log);
void sockets_free(struct sockets *sockets);

/*
 * Runs the scan, if the spec needs one; their owners are known from then on. on_record as in
 * scan_run(); it must return 0.
 */
void sockets_find(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg);

/* Runs the scan again, if there is one. */
void sockets_scan(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg);

/*
 * Prepares listing and looking in a helper process, since they require privileges that are about to
 * be dropped, and perhaps a compilation. The helper also adds to the table the sockets that no file
 * refers to. Returns a descriptor that becomes readable when it is done, for sockets_prepared(), or
 * -1: there is no helper.
 */
int sockets_prepare(struct sockets *sockets);
void sockets_prepared(struct sockets *sockets);

/* Whether the helper has done its work, or there is none. */
bool sockets_is_ready(const struct sockets *sockets);

/* look_at(). */
int sockets_look(const struct sockets *sockets, uint64_t skaddr, struct event *event);

/* Requests a list. */
void sockets_ask(struct sockets *sockets);

/* Whether they can be listed: there is a scan, and the helper has done its work. */
bool sockets_can_list(const struct sockets *sockets);

/* Lists open sockets, if requested and ready. on_record as in scan_run(). */
void sockets_list(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg);

#endif
