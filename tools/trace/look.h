/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at a socket in the table, as it is now, whether a file refers to it or not
 * (bpf_text/look.bpf.c).
 */
#ifndef LOOK_H
#define LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct diag;
struct event;
struct event_layout;
struct loader;
struct program_spec;
struct startup_log;

struct look {
	int program; /* or -1 */
	const struct event *looked; /* the map in which it leaves its event */
	size_t size;
};

#define LOOK_NONE ((struct look){.program = -1})

/*
 * Compiles (or takes from the cache) and loads the program, for the table of the one that traces.
 * Returns its descriptor and that of the map, for look_open(). -errno with diag filled: both are
 * -1.
 */
int look_load(int *program, int *map, const struct program_spec *spec, const struct loader *tracing,
	      struct startup_log *log, struct diag *diag);

/* Takes over both descriptors. -errno: the look is then closed. */
int look_open(struct look *look, const struct event_layout *layout, int program, int map);
void look_close(struct look *look);

/*
 * Whether the socket at that address is in the table, in use, and matched by the filters. event is
 * then like one of scan_run(), of no task. -errno if it is not known: without BPF_PROG_TEST_RUN for
 * raw tracepoints, Linux 5.10, or if the look is closed.
 */
int look_at(const struct look *look, const struct event_layout *layout, uint64_t skaddr,
	    struct event *event);

#endif
