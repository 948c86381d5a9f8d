/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Open sockets, for a trace: found when it starts, if
 * what is shown needs it, and listed whenever somebody asks. None of its failures ends the trace;
 * they are told.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stdbool.h>

struct diag;
struct loader;
struct program_spec;
struct sockets;
struct startup_log;

/*
 * Prepares to find them, if that is wanted. The spec, tracing (what is attached, or will be) and
 * the log must stay. NULL: no memory.
 */
struct sockets *sockets_new(const struct program_spec *spec, const struct loader *tracing,
			    struct startup_log *log);
void sockets_free(struct sockets *sockets);

/*
 * Finds them, if that is wanted: from here on it is known whose they are. Each is handed to
 * on_record as by scan_run(), and its answer must be 0.
 */
void sockets_find(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg);

/*
 * Prepares to list them, which needs rights that are to be given up: in a process of its own, as it
 * may take a compile. Returns a descriptor that can be read from when that is done, for
 * sockets_prepared(), or -1: it is done.
 */
int sockets_prepare(struct sockets *sockets);
void sockets_prepared(struct sockets *sockets);

/* Somebody asks. */
void sockets_ask(struct sockets *sockets);

/* If somebody has asked and it is prepared: each is handed to on_record, as by scan_run(). */
void sockets_list(struct sockets *sockets, int (*on_record)(void *arg, const void *record),
		  void *arg);

#endif
